-- A delayed or deferred coroutine that its user resumes by hand, and that then waits, is woken by
-- what it waits for and by nothing else.
local neap = require "neap"
local delayed = coroutine.create(function() print(("slept %g"):format(neap.sleep(5))) end)
task.delay(1, delayed)
coroutine.resume(delayed)

local deferred = coroutine.create(function() print(("slept %g, too"):format(neap.sleep(6))) end)
task.defer(deferred)
coroutine.resume(deferred)

local channel = neap.channel()
local receiver = task.spawn(function()
  coroutine.yield()
  print("received", (channel:wait()))
end)
task.delay(1, receiver)
coroutine.resume(receiver)
neap.sleep(20)
print("sent", (channel:try_send("late")))
