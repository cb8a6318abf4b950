-- A finalizer may wait for what others wait for, too: a task, a future, an event. Each gets its
-- turn, and nobody is forgotten.
local neap = require "neap"

local function after(time, value)
  neap.sleep(time)
  return value
end

local function wait_and_tell(name, awaited)
  print(name, awaited:wait())
end

local future, event = neap.future(), neap.event()
local things = { task = neap.spawn(after, "20ms", "ebb"), future = future, event = event }
for _, kind in ipairs { "task", "future", "event" } do
  neap.spawn(wait_and_tell, kind .. ", first", things[kind])
  neap.spawn(function()
    neap.finally(wait_and_tell, kind .. ", a finalizer", things[kind])
  end)
  neap.spawn(wait_and_tell, kind .. ", last", things[kind])
end
neap.sleep("30ms")
future:resolve("flood")
event:set()
neap.sleep("10ms")
print(#neap.tasks() .. " task is left")

-- It may wait for several at once.
local one, two = neap.spawn(after, "10ms", "ebb"), neap.spawn(after, "20ms", "flood")
neap.spawn(function()
  neap.finally(function() print("any", neap.any { one, two }) end)
  neap.finally(function()
    local both = neap.all { one, two }
    print("all", both[1], both[2])
  end)
end)
neap.sleep("30ms")
print(#neap.tasks() .. " task is left")
