-- A task that task_schedule has run out of its turn, and that is cancelled then, has its finalizers
-- run one in each tick: its old entry in the queue is gone.
local neap, face = require "neap", require "async_await"

local sleeper
local entry = face.task_create(function()
  sleeper = neap.current()
  neap.finally(print, "first finalizer")
  neap.finally(print, "second finalizer")
  neap.sleep(10)
end)
face.task_start(entry)
face.task_schedule()
print("cancel", sleeper:cancel())
for tick = 1, 3 do
  neap.yield()
  print("tick " .. tick, sleeper:status())
end
