-- A task cancels the one that spawned it, which stands below it: that ends at its next wait.
local neap = require "neap"
local parent
parent = task.spawn(function()
  neap.finally(function() print("parent: finalizer") end)
  parent = coroutine.running()
  task.spawn(function()
    print("child: cancels its parent: " .. tostring(task.cancel(parent)))
    task.wait(1)
    print("child: goes on by itself")
  end)
  print("parent: still runs")
  task.wait(1)
  print("never printed")
end)
task.wait(2)
print("the parent is gone: " .. tostring(task.cancel(parent)))
