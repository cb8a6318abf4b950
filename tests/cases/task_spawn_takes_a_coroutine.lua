-- spawn, defer and delay take a coroutine in place of a function; the arguments go to its resume.
local function report(...)
  print("begins with", ...)
  print("goes on with", coroutine.yield())
  print(("waits %g"):format(task.wait(1)))
end
local one = coroutine.create(report)
print("spawn returns it: " .. tostring(task.spawn(one, "a", nil, "b") == one))
task.spawn(one, "a second spawn")

local two = coroutine.create(report)
print("defer returns it: " .. tostring(task.defer(two, "deferred") == two))
task.wait(0)
task.wait(0)
task.defer(two, "deferred again")

local three = coroutine.create(report)
task.delay(10, three, "delayed")
task.wait(20)
task.delay(10, three, "delayed again")
