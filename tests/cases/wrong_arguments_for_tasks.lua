-- What a wrong argument gets is Lua's own words, at the line of the call: spawn, async, finally...
local neap = require "neap"

local function caught(fn)
  print((select(2, pcall(fn))))
end

caught(function() neap.spawn() end)
caught(function() neap.spawn(nil, 1) end)
caught(function() neap.spawn("a name") end)
caught(function() neap.spawn({}) end)
caught(function() neap.async(1) end)
caught(function() neap.async() end)
caught(function() neap.await() end)
caught(function() neap.await("text") end)
caught(function() neap.await({}) end)
caught(function() neap.await({ wait = 5 }) end)
caught(function() neap.finally() end)
caught(function() neap.finally(true) end)
caught(function() neap.on_error("stderr") end)
caught(function() neap.current():name(5) end)
caught(function() neap.current():name({}) end)

local callable = setmetatable({}, { __call = function(_, ...) return "called with", ... end })
print("what can be called is as good as a function", neap.spawn(callable, 1, 2):wait())
print("async, too", neap.async(callable)(3):wait())
