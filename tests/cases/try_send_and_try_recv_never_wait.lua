-- They do what can be done at once, and tell why not: "full", "empty" or "closed".
local neap = require "neap"

neap.spawn(function() print("another task ran") end)

local channel = neap.channel(1)
print("empty", channel:try_recv())
print("room for one", channel:try_send("a"))
print("full", channel:try_send("b"))
print("there is one", channel:try_recv())
local direct = neap.channel(0)
print("nobody receives", direct:try_send("c"))
print("nobody sends", direct:try_recv())
print("main waits for the first time")
neap.yield()

neap.spawn(function() print("the receiver got", direct:wait()) end)
neap.yield()
print("a receiver waits", direct:try_send("d"))
print("it has got one already", direct:try_send("e"))
neap.yield()
neap.spawn(function() print("the sender returns", direct:send("f")) end)
neap.yield()
print("a sender waits", direct:try_recv())
print("it has sent already", direct:try_recv())
neap.yield()
direct:close()
print("closed", direct:try_send("g"))
print("closed", direct:try_recv())
