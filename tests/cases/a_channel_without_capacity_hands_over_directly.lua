-- With capacity 0, the default, a send ends when a receiver has taken the value.
local neap = require "neap"

local channel = neap.channel()
neap.spawn(function()
  for i = 1, 2 do
    print("sending " .. i)
    print("sent " .. i, channel:send(i))
  end
end)
neap.sleep(1)
print("the sender waits; kept: " .. channel:len())
print("received", channel:wait())
neap.sleep(1)
print("received", channel:wait())
neap.sleep(1)

local early = neap.spawn(function()
  print("the receiver waits")
  print("received", channel:wait())
end)
neap.sleep(1)
print("sent to one who waits, at once", channel:send("a value"))
print("the receiver has not run yet: " .. early:status())
