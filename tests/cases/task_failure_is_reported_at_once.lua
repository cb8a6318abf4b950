-- A spawned task that fails is reported at once, with the error as it was raised; others go on.
local neap = require "neap"
neap.on_error(function(err) print("on_error:", type(err) == "table" and err.code or err) end)
print("script: spawns")
task.spawn(function() error("fails in spawn", 0) end)
print("script: goes on")
task.spawn(function()
  task.wait(1)
  error({ code = 42 })
end)
task.delay(2, function() error(false) end)
task.defer(function() error("fails at a position") end)
task.wait(3)
print("script: ends")
