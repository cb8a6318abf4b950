-- A thread of neap's that waits yields at once when its user resumes it, and sleeps on.
local neap = require "neap"
local thread = task.spawn(function()
  print(("slept %g seconds"):format(task.wait(2)))
  local channel = neap.channel()
  task.delay(2, function() channel:send("a value") end)
  print("received", (channel:wait()))
end)
for _ = 1, 3 do
  print("resume returns", coroutine.resume(thread, "by hand"))
  task.wait(0.5)
end
task.wait(1)
print("resume returns", coroutine.resume(thread, "not the value"))
task.wait(2)
print("the thread is " .. coroutine.status(thread))
print("a resume of a dead one succeeds: " .. tostring((coroutine.resume(thread))))
