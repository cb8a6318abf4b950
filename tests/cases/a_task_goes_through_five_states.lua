-- The states of a task: pending, runnable, running, suspended, dead.
local neap = require "neap"

local job, inside
job = neap.spawn(function()
  inside = job:status()
  neap.sleep(1)
  neap.yield()
  return "done"
end)

local function show(moment)
  print(moment .. ": " .. job:status() .. (job:done() and ", done" or ", not done"))
end

show("spawned")
neap.yield()
print("seen from inside: " .. inside)
show("it sleeps")
neap.sleep(1)
show("its sleep is over")
neap.yield()
show("a tick later, it has returned")

local failed = neap.spawn(error, "an error", 0)
print("failing", pcall(failed.wait, failed))
print("failed: " .. failed:status(), failed:done())

local cancelled = neap.spawn(neap.sleep, 1)
cancelled:cancel()
print("cancelled: " .. cancelled:status(), cancelled:done())

local queued = neap.spawn(function() neap.yield() end)
neap.yield()
print("after a yield: " .. queued:status())

print("this very task: " .. neap.current():status())
