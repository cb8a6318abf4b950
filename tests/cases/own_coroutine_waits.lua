-- A user's own coroutine becomes a task at its first wait: it yields nothing to its resumer, and
-- the scheduler resumes it.
local neap = require "neap"
local co = coroutine.create(function(...)
  print("coroutine: begins with", ...)
  neap.sleep(1)
  print("coroutine: has slept")
  task.wait(1)
  print("coroutine: has waited")
  return "a result that is dropped"
end)
print("script: resume returns", coroutine.resume(co, "a", nil))
print("script: the coroutine is " .. coroutine.status(co))
print("script: a resume while it waits returns", coroutine.resume(co, "not for the sleep"))
neap.sleep(1.5)
print("script: another returns", coroutine.resume(co))
neap.sleep(1)
print("script: the coroutine is " .. coroutine.status(co))

local wrapped = coroutine.wrap(function()
  neap.sleep(1)
  print("coroutine.wrap's: has slept")
end)
print("script: the wrapped one returns", select("#", wrapped()))
