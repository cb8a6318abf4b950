-- A task that has cancelled itself ends at a plain coroutine.yield, too.
local neap = require "neap"
task.spawn(function()
  neap.finally(print, "its finalizer runs")
  print("cancel", task.cancel(coroutine.running()))
  coroutine.yield()
  print("never printed")
end)
print("the script ends")
