-- A channel keeps as many values as its capacity; a sender waits until there is room.
local neap = require "neap"

local channel = neap.channel(2)
neap.spawn(function()
  for i = 1, 4 do
    local sent = channel:send(i)
    print("sent " .. i, sent, "kept: " .. channel:len())
  end
end)
neap.sleep(1)
print("the sender waits")
for _ = 1, 4 do
  print("received", channel:wait())
  neap.sleep(1)
end
print("kept: " .. channel:len())
