-- The same channel, future or timer may stand in a list more than once; each value is taken once.
local neap = require "neap"

local channel, future = neap.channel(0), neap.future()
neap.spawn(function()
  print("select", neap.select { channel, channel, channel })
end)
neap.yield()
print("one value is taken", channel:try_send("a"))
print("one only", channel:try_send("b"))
neap.yield()

neap.spawn(function() future:resolve("settled") end)
print("select", neap.select { future, future })
local timer = neap.timer(1)
print("select", neap.select { timer, timer })

neap.spawn(function()
  print("select", neap.select { channel:sending("x"), channel:sending("y") })
end)
neap.yield()
print("received", channel:try_recv())
print("one only", channel:try_recv())
