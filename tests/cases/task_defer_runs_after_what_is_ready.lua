-- task.defer runs its function when the script, and whoever else is ready, has had its turn: in the
-- same tick, in order, and so before a wait of the script's ends.
local neap = require "neap"
print("script: before defer")
task.defer(function(word) print(word .. " first") end, "deferred:")
neap.spawn(function() print("spawned: a tick later") end)
task.defer(function()
  print("deferred: second")
  task.defer(function() print("deferred by the second: a tick later, after what is ready") end)
  neap.spawn(function() print("spawned by the second: a tick later") end)
end)
task.defer(function() print("deferred: third") end)
print("script: after defer")
task.wait()
print("script: after a wait")
