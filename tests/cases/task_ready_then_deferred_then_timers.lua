-- Within one tick: tasks that are ready, then deferred ones, then timers that are due.
local neap = require "neap"
neap.spawn(function()
  print("1. what was ready")
  task.delay(0, function() print("5. a timer that was due at the end of that tick") end)
  task.defer(function()
    print("3. what was deferred by then")
    task.defer(function() print("6. what was deferred by that") end)
  end)
  neap.spawn(function() print("4. what became ready during that tick") end)
end)
neap.spawn(function() print("2. what else was ready") end)
task.wait(1)
for i = 1, 3 do
  task.delay(1, function() print("equal deadlines, in the order they were set: " .. i) end)
end
task.delay(0.5, function() print("an earlier deadline, though it was set last") end)
