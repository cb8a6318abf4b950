-- try_send and try_recv never wait: they say "full", "empty" or "closed".
local async = require "ward.async"
local ch = async.channel(2)
print("receive from an empty one:", ch:try_recv())
print("send:", ch:try_send("a"))
print("send nil:", ch:try_send(nil))
print("send to a full one:", ch:try_send("c"))
print("receive:", ch:try_recv())
print("a nil value has no error:", select("#", ch:try_recv()))
print("closed:", ch:close(), ch:close())
print("send:", ch:try_send("d"))
print("send, waiting:", ch:send("e"))
print("receive:", ch:try_recv())
print("receive, waiting:", ch:wait())
