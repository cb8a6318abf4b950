-- The task face takes any function, also one that is not written in Lua.
task.spawn(print, "spawned", 1)
task.defer(print, "deferred", 2)
task.delay(1, print, "delayed", 3)
