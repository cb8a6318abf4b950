-- submit gives a task for each job; so many run at a time, in the order they were submitted.
local neap = require "neap"
local clock = require("neap.hosts.virtual").now

local pool = neap.pool(2)
local running, most = 0, 0
local function job(name, seconds)
  running = running + 1
  most = math.max(most, running)
  print(("%g s: %s begins"):format(clock(), name))
  neap.sleep(seconds)
  running = running - 1
  return name .. "'s result", nil
end

local tasks = {}
for i, name in ipairs { "a", "b", "c", "d", "e" } do
  tasks[i] = pool:submit(job, name, i % 2 + 1)
end
print("nothing has begun", tasks[1]:status(), tasks[5]:status())
print("a job's results", tasks[1]:wait())
pool:wait()
print(("%g s: all are done, most at a time: %d"):format(clock(), most))
print("a job's results", tasks[5]:wait())
pool:wait()
print("an idle pool is not waited for, and takes jobs", pool:submit(job, "f", 1):wait())
