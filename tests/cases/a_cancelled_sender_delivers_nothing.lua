-- A sender that is cancelled while it waits takes its value with it.
local neap = require "neap"

local channel = neap.channel(1)
channel:send("kept")
local senders = {}
for i = 1, 3 do
  senders[i] = neap.spawn(function()
    channel:send("value " .. i)
    print("sender " .. i .. " has sent")
  end)
end
neap.yield()
print("cancel the second", senders[2]:cancel())
for _ = 1, 3 do print("received", channel:wait()) end
print("and then", channel:try_recv())
