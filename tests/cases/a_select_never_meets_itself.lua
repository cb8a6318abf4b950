-- Both ends of a channel may stand in one select: it waits for somebody else at either.
local neap = require "neap"

local channel = neap.channel(0)
local function both(name)
  print(name, neap.select({ channel, channel:sending("from " .. name) }, 1))
end

print("alone, either way round")
both("alone")
print("alone", neap.select({ channel:sending("x"), channel }, 1))

print("one sends")
neap.spawn(both, "a")
neap.yield()
print("main sent", channel:send("from main"))
neap.yield()

print("one receives")
neap.spawn(both, "b")
neap.yield()
print("main received", channel:wait())
neap.yield()

print("two of them meet")
neap.spawn(both, "c")
neap.spawn(both, "d")
neap.sleep(2)
print("nothing is left", channel:try_recv())
print("nobody waits", channel:try_send("x"))
