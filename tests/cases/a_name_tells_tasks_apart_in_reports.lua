-- A task is called by its number, or by the name it was given.
local neap = require "neap"

local first = neap.spawn(function() end)
local second = neap.spawn(function() error("out of ink", 0) end)
print("main is " .. tostring(neap.current()))
print("tasks are numbered: " .. tostring(first) .. ", " .. tostring(second))
print("no name yet: " .. tostring(second:name()))
print("name gives the task back: " .. tostring(second:name("printer") == second))
print("its name: " .. second:name())
print("as text: " .. tostring(second))

neap.on_error(function(err, failed)
  if failed == second then print("reported: " .. tostring(failed) .. " failed with " .. err) end
end)
