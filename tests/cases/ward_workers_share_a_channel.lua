-- Values go to the workers in the order in which those wait, each to one; senders go in turn, too.
local async = require "ward.async"
local time = require "ward.time"
local jobs, results = async.channel(2), async.channel()
local workers = {}
for id = 1, 3 do
  workers[id] = async.spawn(function()
    while true do
      local job, closed = jobs:wait()
      if closed then return end
      time.sleep(job * 0.25):wait()
      results:send(("worker %d did job %d"):format(id, job))
    end
  end)
end
local producer = async.spawn(function()
  for job = 1, 7 do jobs:send(job) end
  jobs:close()
end)
async.await(producer)
for id = 1, 3 do workers[id]:wait() end
results:close()
while true do
  local line, closed = results:wait()
  if closed then break end
  print(line)
end
