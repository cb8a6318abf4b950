-- (same cause as spawned_task_is_lost_after_a_cancel)
-- A join from outside runs the task now, and what it joins; other tasks stay where they are.
local aa = require "async_await"
local function start(name, fn)
  local task = aa.task_create(function()
    print(name .. " begins")
    if fn then fn() end
    print(name .. " ends")
  end)
  aa.task_start(task)
  return task
end
local other = start("other")
local leaf = start("leaf")
local branch = start("branch", function() aa.task_join(leaf) end)
local root = start("root", function()
  aa.task_join(branch)
  aa.task_yield()
  print("root: a yield returned at once")
  aa.task_join(leaf)
end)
aa.task_join(root)
print("script: root is " .. root.state .. ", other is " .. other.state)
aa.task_join(root)
print("script: a second join does nothing; it waits")
require "neap".yield()
print("script: other is " .. other.state)
