-- task.defer runs its function once the script and all ready tasks have had their turn, in order.
local neap = require "neap"
print("script: before defer")
task.defer(function(word) print(word .. " first") end, "deferred:")
neap.spawn(function() print("spawned: was ready, so it precedes what is deferred") end)
task.defer(function()
  print("deferred: second")
  task.defer(function() print("deferred by the second: a tick later") end)
  neap.spawn(function() print("spawned by the second: a tick later, and before the deferred") end)
end)
task.defer(function() print("deferred: third") end)
print("script: after defer")
