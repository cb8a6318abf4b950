-- A user who has kept the thread of a task that is over may close it: neither the next task nor the
-- next finalizer is lost with it.
local neap = require "neap"

local function close_idle_thread()
  local thread
  neap.spawn(function() thread = coroutine.running() end)
  neap.yield()
  local close = rawget(coroutine, "close")
  if close then close(thread) end
end

close_idle_thread()
print(neap.spawn(function(...) return ... end, "with", "arguments"):wait())
close_idle_thread()
print(neap.spawn(function() return "without" end):wait())

local sleeper = neap.spawn(function()
  neap.finally(print, "its finalizer")
  neap.sleep(1)
end)
neap.yield()
close_idle_thread()
sleeper:cancel()
neap.yield()
print("left", #neap.tasks() - 1)
