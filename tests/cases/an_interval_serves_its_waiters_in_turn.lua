-- Several tasks wait for one interval: each tick goes to the one that has waited longest, and that
-- of a cancelled one to the next.
local neap = require "neap"
local interval = neap.interval(1)
local waiters = {}
for i = 1, 3 do
  waiters[i] = neap.spawn(function()
    while true do print("waiter " .. i, "tick " .. interval:wait()) end
  end)
end
neap.sleep(4.5)
print("cancel", waiters[2]:cancel())
neap.sleep(2)
waiters[1]:cancel()
waiters[3]:cancel()
print("then", interval:wait())
