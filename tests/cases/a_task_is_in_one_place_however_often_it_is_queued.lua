-- A parked thread that is deferred, spawned, deferred again or cancelled goes on once: each call
-- takes it from where the one before had put it.
local neap = require "neap"

local function parked(name)
  return task.spawn(function()
    print(name .. ": body")
    neap.finally(print, name .. ": first finalizer")
    neap.finally(print, name .. ": second finalizer")
    print(name .. ": goes on with", coroutine.yield())
  end)
end

local thread = parked("deferred, spawned")
task.defer(thread, "a defer")
task.spawn(thread, "a spawn")
task.wait(1)

thread = parked("deferred twice")
task.defer(thread, "the first")
task.defer(thread, "the second")
task.wait(1)

thread = parked("delayed, deferred")
task.delay(1, thread, "a delay")
task.defer(thread, "a defer")
task.wait(2)

thread = parked("deferred, cancelled")
task.defer(thread, "a defer")
print("cancel", task.cancel(thread))
task.wait(1)
