-- A task that has not begun never runs when it is cancelled.
local deferred = task.defer(function() print("never printed") end)
print("cancelled: " .. tostring(task.cancel(deferred)))
print("again: " .. tostring(task.cancel(deferred)))
local thread = coroutine.create(function() print("never printed") end)
task.defer(thread)
print("given as a coroutine: " .. tostring(task.cancel(thread)))
task.defer(function() print("the others run") end)
