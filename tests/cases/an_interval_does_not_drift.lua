-- Ticks come at multiples of the period, however long the work between them takes.
local neap = require "neap"
local clock = require("neap.hosts.virtual").now

local interval = neap.interval("1s")
for _ = 1, 4 do
  local tick = interval:wait()
  print(("tick %d at %g s"):format(tick, clock()))
  neap.sleep(0.75)
end

print("by await", neap.await(interval))
print("in a select", neap.select { neap.future(), interval })
print(("at %g s"):format(clock()))
