-- A script that parks itself with coroutine.yield is continued by a user's plain coroutine.resume.
local script = coroutine.running()
task.delay(1, function() print("task: resume returns", coroutine.resume(script, "by hand")) end)
print("script: parks itself")
print("script: got", coroutine.yield())
