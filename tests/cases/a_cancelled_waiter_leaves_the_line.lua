-- One who is cancelled while waiting for a task or a future disturbs neither it nor the others.
local neap = require "neap"

local future = neap.future()
local job = neap.spawn(function() return "result of", future:wait() end)
local waiters = {}
for i = 1, 4 do
  waiters[i] = neap.spawn(function()
    local awaited = i % 2 == 0 and job or future
    print("waiter " .. i, awaited:wait())
  end)
end
neap.yield()
print("cancel", waiters[1]:cancel(), waiters[2]:cancel())
print("the task that was waited for is " .. job:status())
future:resolve("settled")
job:wait()
neap.yield()
for i = 1, 4 do print(i, pcall(waiters[i].wait, waiters[i])) end
