-- async.spawn queues its function with the arguments; wait gives all its results.
local async = require "ward.async"
local t = async.spawn(function(x, y)
  print("task: runs when the script waits")
  return x + 1, "ok", y
end, 41, nil)
print("script: done yet? " .. tostring(t:done()))
print(t:wait())
print("script: done now? " .. tostring(t:done()))
print(select("#", async.spawn(function() return nil, nil end):wait()))
print(select("#", async.spawn(function() end):wait()))
