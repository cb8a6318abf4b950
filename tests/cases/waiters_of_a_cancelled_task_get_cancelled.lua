-- Whoever waits for a cancelled task gets the error "cancelled", in the order in which they came.
local neap = require "neap"

local job = neap.spawn(neap.sleep, "1h")
for i = 1, 2 do
  neap.spawn(function() print("waiter " .. i, pcall(job.wait, job)) end)
end
neap.spawn(function() print("awaiting", pcall(neap.await, job)) end)
local passive = neap.spawn(function() return job:wait() end)
neap.yield()
print("cancel", job:cancel())
print("nobody has run yet")
neap.yield()
print("one who comes later", pcall(job.wait, job))
local ok, err = pcall(passive.wait, passive)
print("one who did not catch it failed with it", ok, err, passive:status())
print("exactly that text", err == "cancelled")
