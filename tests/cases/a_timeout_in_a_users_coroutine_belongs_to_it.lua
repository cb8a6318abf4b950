-- A coroutine that the user made is a task of its own from its first wait on, and so is what waits
-- in its timeout: the task that resumed it may end, and the timeout goes on.
local neap = require "neap"

local function slow(name)
  neap.finally(print, name, "is closed")
  neap.sleep(10)
end

local coroutine_task
local outer = neap.spawn(function()
  local thread = coroutine.create(function()
    local ok, err = pcall(neap.timeout, 2, slow, "the slow call")
    coroutine_task = neap.current()
    print("the coroutine got", ok, err, "of the limit", coroutine_task:timed_out())
  end)
  coroutine.resume(thread)
  neap.sleep(10)
end)
neap.sleep(1)
print("outer cancelled", outer:cancel())
neap.sleep(2)
print("another task than outer", coroutine_task ~= outer)

-- When the coroutine itself is cancelled, so is what waits in its timeout.
local thread = task.spawn(function()
  neap.timeout(5, slow, "the other call")
end)
neap.sleep(1)
print("cancelled", task.cancel(thread))
neap.sleep(1)

-- The next timeout starts anew, whatever the one before came to.
print(neap.timeout(1, function(...) return ... end, "in time", nil, 3))
print(pcall(neap.timeout, 1, error, "an error", 0))
print(pcall(neap.timeout, 1, neap.sleep, 2))
print(neap.timeout(3, function() return pcall(neap.timeout, 1, neap.sleep, 2) end))
print(neap.timeout(1, neap.sleep, 0.5), neap.current():timed_out())
