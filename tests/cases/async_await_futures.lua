-- future_get gives a task's results any number of times, or raises its error, the same value.
local aa = require "async_await"
local task = aa.task_create(function(a, b)
  print("task runs once")
  return a, nil, b
end, 1, 2)
local future = aa.future_create(task)
print("not started:", pcall(aa.future_get, future))
aa.task_start(task)
print("get:", aa.future_get(future))
print("again:", aa.future_get(future))
print("another future:", aa.future_get(aa.future_create(task)))
print("none: " .. select("#", aa.future_get(aa.async(function() end)())))

local raised = { "a table" }
local failing = aa.async(function() error(raised) end)()
for _ = 1, 2 do
  local ok, err = pcall(aa.future_get, failing)
  print("failed:", ok, err == raised)
end
local failing_with_false = aa.async(function() error(false) end)()
print("false raised:", pcall(aa.future_get, failing_with_false))
