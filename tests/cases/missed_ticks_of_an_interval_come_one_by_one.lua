-- One who comes late gets the ticks that were missed at once, one for each wait.
local neap = require "neap"
local clock = require("neap.hosts.virtual").now

local interval = neap.interval(1)
neap.sleep(3.5)
for _ = 1, 5 do
  local tick = interval:wait()
  print(("tick %d at %g s"):format(tick, clock()))
end

print("two tasks share an interval: each tick goes to one of them")
for i = 1, 2 do
  neap.spawn(function()
    local tick = interval:wait()
    print(("task %d got tick %d at %g s"):format(i, tick, clock()))
  end)
end
