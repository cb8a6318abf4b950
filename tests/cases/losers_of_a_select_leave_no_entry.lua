-- 20,000 selects that another arm wins leave nothing in what lost, though that never moves.
local neap = require "neap"

-- Compiled traces take memory too, but it is not a wait's.
local jit = rawget(_G, "jit")
if jit then jit.off() end

local idle, future, event = neap.channel(), neap.future(), neap.event()
local full, winner = neap.channel(1), neap.channel(1)
full:send("first")
local function race(count)
  for i = 1, count do
    neap.spawn(winner.send, winner, i)
    local index = neap.select({ idle, future, event, full:sending(i), winner }, 1000)
    if index ~= 5 then print("lost", index) end
  end
end
local function memory()
  for _ = 1, 4 do
    collectgarbage()
    neap.yield()
  end
  return collectgarbage("count")
end

race(1000)
local before = memory()
race(20000)
print("memory is where it was, within 200 KiB", memory() - before < 200)
print("nobody is left to receive", idle:try_send("a value"))
print("nobody is left to send", full:wait(), full:try_recv())
future:resolve()
event:set()
neap.yield()
print("tasks besides main", #neap.tasks() - 1)
