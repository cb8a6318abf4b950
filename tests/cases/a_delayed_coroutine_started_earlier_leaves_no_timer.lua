-- A delayed coroutine that is spawned before its time has come runs once, and leaves no timer.
local thread = coroutine.create(function(...) print("runs", ...) end)
task.delay(1, thread, "delayed")
task.spawn(thread, "spawned")
print(("slept %g"):format(task.wait(2)))
