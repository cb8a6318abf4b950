-- A task that was woken, but has not run yet, is cancelled where it waited: it never goes on.
local neap = require "neap"

local function waits(fn)
  return neap.spawn(function()
    fn()
    print("never printed")
  end)
end

local future, channel, jobs = neap.future(), neap.channel(), {}
local canceller = neap.spawn(function()
  neap.sleep(1)
  future:resolve()
  channel:close()
  print("all are woken now; cancel all but the last")
  for i = 1, 5 do print(i, jobs[i]:status(), jobs[i]:cancel(), jobs[i]:status()) end
end)
neap.yield()

jobs[1] = waits(function() neap.sleep(1) end)
jobs[2] = waits(function() neap.timer(1):wait() end)
jobs[3] = waits(function() neap.select { neap.future(), neap.timer(1) } end)
jobs[4] = waits(function() future:wait() end)
jobs[5] = waits(function() channel:wait() end)
jobs[6] = neap.spawn(function()
  neap.sleep(1)
  print("the last one runs")
end)
for i, job in ipairs(jobs) do
  neap.spawn(function() print("task " .. i, pcall(job.wait, job)) end)
end
canceller:wait()
