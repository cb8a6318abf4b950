-- What a thread was deferred with comes to nothing when its user resumes it before: it does not
-- pass for the outcome of its next wait.
local neap = require "neap"

local channel = neap.channel()
local thread = task.defer(function(...)
  print("begins with", ...)
  print("send", channel:send("a value"))
end, "deferred")
coroutine.resume(thread, "by hand")
neap.yield()
neap.yield()
print("status", coroutine.status(thread))
channel:close()
neap.yield()
print("tasks", #neap.tasks())
