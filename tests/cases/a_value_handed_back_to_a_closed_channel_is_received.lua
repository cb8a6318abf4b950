-- A value that a cancelled receiver had been handed is received by the next one, though the channel
-- was closed meanwhile and that one had been woken already.
local neap = require "neap"
local channel = neap.channel(2)
local function receive(name) print(name, channel:wait()) end
local first, second = neap.spawn(receive, "first"), neap.spawn(receive, "second")
neap.yield()
print("send", (channel:send("value")))
channel:close()
print("cancel", first:cancel())
second:wait()
print("now", channel:try_recv())
