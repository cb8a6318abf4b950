-- A select over the future of a task that was not started raises what its wait raises; others go
-- on.
local neap = require "neap"
local async_await = require "async_await"
local future = async_await.future_create(async_await.task_create(print, "never printed"))
neap.spawn(function()
  neap.sleep(1)
  print("another task goes on")
end)
print(pcall(neap.select, { future, neap.timer(2) }))
neap.sleep(2)
