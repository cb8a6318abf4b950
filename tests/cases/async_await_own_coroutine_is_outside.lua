-- A user's own coroutine is outside of every task, even inside one: its join runs the task now.
local aa = require "async_await"
local function start(name)
  local task = aa.task_create(function()
    print("  " .. name .. " begins")
    aa.task_yield()
    print("  " .. name .. " ends")
  end)
  aa.task_start(task)
  return task
end
local outer = aa.task_create(function()
  local joined = start("joined")
  local co = coroutine.create(function()
    aa.task_join(joined)
    return "joined is " .. joined.state
  end)
  print("outer resumes its coroutine", coroutine.resume(co))
  print("outer yields")
  aa.task_yield()
  print("outer ends")
end)
aa.task_start(outer)
local queued = start("queued")
aa.task_schedule()
print("script: queued is " .. queued.state)
