-- Inside a pcall, task_yield and task_join are those of the task.
local async_await = require "async_await"
local function start(fn, ...)
  local task = async_await.task_create(fn, ...)
  async_await.task_start(task)
  return task
end
local function steps(name)
  for i = 1, 3 do
    pcall(function()
      print(name, i)
      async_await.task_yield()
    end)
  end
end
local a, b = start(steps, "a"), start(steps, "b")
start(function()
  pcall(async_await.task_join, a)
  pcall(async_await.task_join, b)
  print("joined")
end)
