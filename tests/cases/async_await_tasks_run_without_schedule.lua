-- Under neap run started tasks run like all others when the script waits; a pending one never does.
local aa = require "async_await"
local neap = require "neap"
local started = aa.task_create(function()
  print("started: runs")
  aa.task_yield()
  print("started: runs again")
end)
local pending = aa.task_create(function() print("never printed") end)
aa.task_start(started)
neap.spawn(function() print("spawned: runs between its turns") end)
print("script: sleeps")
neap.sleep(1)
print("started is " .. started.state .. ", pending is " .. pending.state)
