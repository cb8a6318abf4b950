-- Tasks wait for an event until it is set; while it is set, nobody waits; clear closes it again.
local neap = require "neap"

local event = neap.event()
local function waiter(name)
  return neap.spawn(function() print(name .. " goes on", event:wait()) end)
end
waiter("one")
local two = waiter("two")
waiter("three")
neap.yield()
print("two is cancelled", two:cancel())
print("set", event:set(), event:set(), event:done())
print("main does not wait", event:wait(), neap.await(event))
neap.yield()
print("clear", event:clear(), event:clear(), event:done())
waiter("four")
neap.sleep(1)
print("four still waits; set and clear lets it through", event:set(), event:clear())
neap.yield()
print("in a select", neap.select({ event }, 1))
neap.spawn(event.set, event)
print("in a select", neap.select({ neap.future(), event }, 1))
