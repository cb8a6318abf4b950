-- task_schedule runs the task that has been runnable longest, until it ends, yields or waits.
local aa = require "async_await"
local function start(name, turns)
  local task = aa.task_create(function()
    for turn = 1, turns do
      print("  " .. name .. ": turn " .. turn)
      if turn < turns then aa.task_yield() end
    end
  end)
  aa.task_start(task)
  return task
end
local tasks = { start("a", 2), start("b", 1), start("c", 3) }
for call = 1, 7 do
  print("schedule " .. call)
  aa.task_schedule()
end
print(tasks[1].state, tasks[2].state, tasks[3].state)
