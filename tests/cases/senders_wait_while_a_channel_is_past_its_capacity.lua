-- Handed-back values may fill a channel past its capacity: senders wait until it is below that.
local neap = require "neap"

local channel, receivers = neap.channel(1), {}
for i = 1, 3 do
  receivers[i] = neap.spawn(function() channel:wait() end)
end
neap.yield()
for i = 1, 3 do channel:send(i) end
for i = 1, 3 do receivers[i]:cancel() end
print("kept: " .. channel:len())

neap.spawn(function() print("4 is sent", channel:send(4)) end)
neap.spawn(function() print("5 is sent", neap.select { channel:sending(5) }) end)
neap.yield()
for _ = 1, 5 do
  print("received", channel:wait())
  neap.yield()
  print("kept: " .. channel:len())
end
