-- A receiver that is cancelled while it waits is forgotten: the next value goes to the next one.
local neap = require "neap"

local channel, receivers = neap.channel(0), {}
for i = 1, 6 do
  receivers[i] = neap.spawn(function()
    print("receiver " .. i .. " received", channel:wait())
  end)
end
neap.yield()
for _, i in ipairs { 2, 3, 6, 1 } do
  print("cancel receiver " .. i, receivers[i]:cancel(), receivers[i]:cancel())
end
for i = 1, 3 do print("send " .. i, channel:try_send("value " .. i)) end
neap.yield()
for i = 1, 6 do print("receiver " .. i, pcall(receivers[i].wait, receivers[i])) end
