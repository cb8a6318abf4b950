-- Only one task's code runs at a time: where one runs another at once, its run is two slices.
local neap = require "neap"
local trace = require "neap.trace"

local recording = trace.start { json = function(text) print((text:match "^%s*(.-)%s*$")) end }
local parked
local outer = coroutine.create(function()
  parked = task.spawn(function()
    task.wait(0.01)
    coroutine.yield()
  end)
  task.spawn(function() end)
  task.wait(0.02)
  task.spawn(parked)
end)
task.spawn(outer)
task.defer(function() task.wait(0.01) end)
task.delay(0.015, function() end)
local late = task.spawn(function() coroutine.yield() end)
task.delay(0.05, late)
local own = coroutine.wrap(function() neap.sleep("10ms") end)
own()
neap.sleep("30ms")
recording:stop()
task.cancel(late)
