-- A user's coroutine that waits can be cancelled, by its thread or by its task, alone.
local neap = require "neap"
local function start(name)
  local own
  local co = coroutine.create(function()
    neap.sleep(1)
    own = neap.current()
    neap.finally(function() print(name .. ": finalizer") end)
    neap.sleep(10)
    print("never printed")
  end)
  coroutine.resume(co)
  return co, function() return own end
end
local first = start("first")
local _, second = start("second")
neap.sleep(2)
print("by its thread: " .. tostring(task.cancel(first)))
print("by its task: " .. tostring(second():cancel()))
neap.sleep(1)
print("again: " .. tostring(task.cancel(first)), second():cancel(), second():status())
