-- A thread that was deferred twice, and that its user has resumed to its end meanwhile, is over.
local thread = task.defer(function(...)
  print("runs with", ...)
end, "the arguments of defer")
task.defer(thread, "other arguments")
print("script: resume returns", coroutine.resume(thread, "the arguments of resume"))
task.wait(1)
print("script: it is " .. coroutine.status(thread))
