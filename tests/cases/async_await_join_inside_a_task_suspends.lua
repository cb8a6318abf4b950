-- A join inside a task suspends it until the other is dead; others run meanwhile.
local aa = require "async_await"
local function start(fn)
  local task = aa.task_create(fn)
  aa.task_start(task)
  return task
end
local slow = start(function()
  for turn = 1, 3 do
    print("slow: turn " .. turn)
    aa.task_yield()
  end
end)
for i = 1, 2 do
  start(function()
    print("joiner " .. i .. ": waits")
    aa.task_join(slow)
    print("joiner " .. i .. ": slow is " .. slow.state)
  end)
end
start(function() print("somebody else runs") end)
print("script: ends, and the scheduler runs them")
