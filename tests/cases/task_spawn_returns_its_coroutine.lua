-- task.spawn, and task.defer too, return the coroutine in which the function runs.
local inside
local thread = task.spawn(function()
  inside = coroutine.running()
  task.wait(1)
end)
print("spawn returns a " .. type(thread))
print("the one it runs in: " .. tostring(thread == inside))
print("while it waits: " .. coroutine.status(thread))

local deferred
deferred = task.defer(function()
  print("defer's is the one it runs in: " .. tostring(coroutine.running() == deferred))
end)
print("defer returns a " .. type(deferred))
task.wait(2)
print("in the end: " .. coroutine.status(thread) .. ", " .. coroutine.status(deferred))
