-- run and step belong to the host: inside a task they raise, and the task goes on.
local neap = require "neap"
local function attempts(where)
  print(where .. ", run:", select(2, pcall(function() neap.run(print) end)))
  print(where .. ", step:", select(2, pcall(function() neap.step() end)))
end
attempts("script")
neap.spawn(attempts, "spawned task"):wait()
task.spawn(attempts, "spawned thread")
coroutine.wrap(attempts)("a coroutine of the user's")
local t = neap.spawn(function()
  neap.finally(attempts, "finalizer")
end)
t:wait()
