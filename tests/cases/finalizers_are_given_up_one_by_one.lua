-- Finalizers that wait for what can never come are given up one at a time: who waits for one of
-- them goes on when that is over.
local neap = require "neap"

neap.on_error(function(err, task) print("reported", tostring(task), err) end)

local never = neap.future()
local first = neap.spawn(function()
  neap.finally(function() never:wait() end)
  neap.sleep(1)
end)
local second = neap.spawn(function()
  neap.finally(function()
    print("second: waits for the first", pcall(first.wait, first))
    neap.sleep(1)
    print("second: its finalizer ends")
  end)
  neap.sleep(1)
end)
local third = neap.spawn(function()
  neap.finally(function() print("third: waits for the second", pcall(second.wait, second)) end)
  neap.sleep(1)
end)
neap.sleep(0.5)
first:cancel()
second:cancel()
third:cancel()
print("main ends")
