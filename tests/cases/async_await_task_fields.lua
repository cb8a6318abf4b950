-- What became of a task: result, a table of its results, if there were any; else error, if it
-- failed.
local aa = require "async_await"
local function run(label, fn, ...)
  local task = aa.task_create(fn, ...)
  aa.task_start(task)
  print(label .. ", before it runs:", task.error, task.result)
  aa.task_join(task)
  local result = task.result
  if result then
    print(label .. ": " .. result.n .. " results:", result[1], result[2], result[3])
  else
    print(label .. ": no result; error:", type(task.error), tostring(task.error):match("^[^:]*$"))
  end
end
run("several", function(...) return ... end, "a", nil, "c")
run("one", function() return "single" end)
run("one nil", function() return nil end)
run("another count", function() return nil, nil end)
run("none", function() end)
run("a string raised", function() error("reason", 0) end)
run("false raised", function() error(false) end)
local raised = {}
local failed = aa.task_create(function() error(raised) end)
aa.task_start(failed)
aa.task_join(failed)
print("a table raised is the same table: " .. tostring(failed.error == raised))
local failed_with_nil = aa.task_create(function() error(nil) end)
aa.task_start(failed_with_nil)
aa.task_join(failed_with_nil)
print("nil raised: a " .. type(failed_with_nil.error) .. ", and a failure")
