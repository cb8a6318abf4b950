-- A receiver is cancelled after it was handed a value, before it ran: the next one gets the value.
local neap = require "neap"

local channel = neap.channel(0)
local function receive(name)
  print(name .. " received", channel:wait())
end
local first = neap.spawn(receive, "first")
neap.spawn(receive, "second")
neap.spawn(receive, "third")
neap.yield()

print("hand over to the first", channel:try_send("a"))
print("cancel it", first:cancel())
print("hand over to the next", channel:try_send("b"))
print("nobody else waits", channel:try_send("c"))
neap.yield()

print("the same with a select, and with nil")
local selecting = neap.spawn(function()
  print("never printed", neap.select { neap.future(), channel })
end)
neap.spawn(function()
  print("the next one, a select too", neap.select { channel, neap.timer(9) })
end)
neap.yield()
print("hand over to the select", channel:try_send(nil))
print("cancel it", selecting:cancel())
neap.yield()
