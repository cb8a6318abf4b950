-- As in every Luau runtime: what is deferred runs before a wait of no length ends, and before a
-- task that was spawned at the same time and has to wait for its turn.
local neap = require "neap"

task.defer(print, "deferred")
task.wait()
print("after the wait")

task.defer(function()
  print("deferred again")
  task.defer(print, "deferred by that: a tick later")
end)
neap.spawn(print, "spawned")
task.wait()
print("after the second wait")
