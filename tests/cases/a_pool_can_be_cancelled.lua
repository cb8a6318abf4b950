-- pool:cancel() ends all jobs, those that wait for room, too; a pool of a scope's ends with the
-- scope.
local neap = require "neap"

local pool = neap.pool(2)
local jobs = {}
for i = 1, 4 do
  jobs[i] = pool:submit(function()
    neap.finally(print, "finalizer of job " .. i)
    neap.sleep(10)
  end)
end
neap.yield()
print(tostring(pool))
pool:cancel()
pool:wait()
for i, job in ipairs(jobs) do print(i, pcall(job.wait, job)) end
print("it goes on", pool:submit(function() return "a job" end):wait(), tostring(pool))

print(pcall(neap.scope, function(scope)
  local crews = scope:pool(1)
  crews:submit(function()
    neap.finally(print, "the first is cancelled with the scope")
    neap.sleep(10)
  end)
  crews:submit(print, "never runs")
  neap.sleep(1)
  print("select", neap.select({ crews }, 1))
  scope:spawn(error, "the scope fails", 0)
end))
print(#neap.tasks() .. " task is left")
print(neap.scope(function(scope)
  local crews = scope:pool(2)
  for i = 1, 3 do crews:submit(neap.sleep, i) end
  return "a scope waits for its pool's jobs", tostring(crews)
end))
print(pcall(neap.scope, function(scope) scope:cancel() neap.sleep(1) end))
