-- An arm made by channel:sending(v) is ready when the value can be sent, and sends it if it wins.
local neap = require "neap"

local outbox, inbox = neap.channel(1), neap.channel(1)
print("room", neap.select { inbox, outbox:sending("a") })
print("kept: " .. outbox:len())
neap.spawn(function()
  neap.sleep(1)
  print("make room", outbox:wait())
end)
print("wait for room", neap.select { inbox, outbox:sending("b") })
print("kept", outbox:try_recv())

local direct = neap.channel(0)
neap.spawn(function() print("received", direct:wait()) end)
neap.yield()
print("to one who waits", neap.select { direct:sending("c"), inbox })
neap.spawn(function() print("received", direct:wait()) end)
print("to one who comes", neap.select { direct:sending("d"), inbox })
neap.yield()

outbox:send("kept")
inbox:send("mail")
print("a sending arm that loses", neap.select { outbox:sending("lost"), inbox })
print("nothing of it was sent", outbox:try_recv())
print("nor now", outbox:try_recv())

local sending = outbox:sending("twice")
print("by itself", sending:wait(), outbox:try_recv())
print("by await", neap.await(sending), outbox:try_recv())
