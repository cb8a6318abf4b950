-- Of nested timeouts task:timed_out() tells which one was late, and from a function that raises
-- "timeout" by itself; the error is "timeout" each time.
local neap = require "neap"

local function try(what, fn, ...)
  local ok, err = neap.pcall(fn, ...)
  print(what, ok, err, neap.current():timed_out())
end

try("the only one", neap.timeout, "1s", neap.sleep, 5)
try("the inner", neap.timeout, "9s", neap.timeout, "2s", neap.sleep, 5)
try("the outer", neap.timeout, "2s", neap.timeout, "9s", neap.sleep, 50)
try("in time", neap.timeout, "2s", neap.timeout, "9s", neap.sleep, 1)
try("the function itself", neap.timeout, "2s", error, "timeout", 0)
local task = neap.spawn(neap.timeout, "3s", neap.sleep, 5)
try("by a task", task.wait, task)
print("of the task", task:timed_out())
