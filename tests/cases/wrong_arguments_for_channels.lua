-- A capacity is a whole number from 0 up, or math.huge; each takes a function.
local neap = require "neap"

local function caught(fn)
  print((select(2, pcall(fn))))
end

caught(function() neap.channel(-1) end)
caught(function() neap.channel(1.5) end)
caught(function() neap.channel("4") end)
caught(function() neap.channel({}) end)
caught(function() neap.channel(false) end)
print("not a number", (pcall(neap.channel, 0 / 0)), (pcall(neap.channel, -math.huge)))

local channel = neap.channel(nil)
print("no capacity is capacity 0", channel:try_send("x"))
caught(function() channel:each() end)
caught(function() channel:each("print") end)
print("a full number may be a float", neap.channel(2.0):try_send("x"))
