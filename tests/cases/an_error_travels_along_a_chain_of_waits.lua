-- A failure travels along a chain of waits: each waiter fails with it unless it catches it.
local neap = require "neap"

neap.on_error(function(err) print("reported: " .. tostring(err)) end)

local reason = setmetatable({}, { __tostring = function() return "the reason" end })
local deepest = neap.spawn(function()
  neap.sleep(1)
  error(reason)
end)
local middle = neap.spawn(function()
  neap.finally(print, "the middle one cleans up")
  return deepest:wait()
end)
local catcher = neap.spawn(function()
  local ok, err = pcall(middle.wait, middle)
  print("caught", ok, err == reason)
  return "recovered"
end)
print("main got", catcher:wait())
print("states", deepest:status(), middle:status(), catcher:status())

neap.spawn(function() return deepest:wait() end)
neap.sleep(1)
print("main ends; the one that passed the error on was not waited for")
