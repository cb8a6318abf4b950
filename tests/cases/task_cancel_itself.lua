-- A task that cancels itself goes on to its next wait, and ends there.
local thread = task.spawn(function()
  print("cancels itself: " .. tostring(task.cancel(coroutine.running())))
  print("again: " .. tostring(task.cancel(coroutine.running())))
  print("goes on, up to its next wait")
  task.wait(0)
  print("never printed")
end)
task.wait(1)
print("a later cancel finds nothing: " .. tostring(task.cancel(thread)))

local neap = require "neap"
local returns = neap.spawn(function()
  print("cancels itself: " .. tostring(neap.current():cancel()))
  return "dropped"
end)
print("who waits for one that returns first:", pcall(returns.wait, returns))
