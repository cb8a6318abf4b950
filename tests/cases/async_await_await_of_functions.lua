-- await of an async function calls it in the current task; of a future it waits for its task.
local aa = require "async_await"
local current = require "neap".current
local who = aa.async(function(...)
  return current(), ...
end)
local main = aa.async(function()
  local here = current()
  local task, a, b = aa.await(who, 1, nil)
  print("a function: the same task: " .. tostring(task == here), a, b)
  task, a = aa.await(who(2))
  print("a future: the same task: " .. tostring(task == here), a)
  print("a plain function:", aa.await(function(...) return "called", ... end, 3))
  local ok, err = pcall(aa.await, aa.async(function() error("raised", 0) end))
  print("one that fails:", ok, err)
end)
aa.await(main())
local outside = aa.await(who)
print("from outside, too: " .. tostring(outside == current()))
print((pcall(aa.await, 42)))
