-- A delay that cancels itself and sets itself anew, 5,000 times, leaves no coroutine and no task.
local neap = require "neap"

local threads = setmetatable({}, { __mode = "k" })
local fired, id = 0, nil
local function tick()
  fired = fired + 1
  threads[coroutine.running()] = true
  local is_cancelled = task.cancel(id)
  if fired <= 2 then print("cancelled by its own callback", is_cancelled) end
  if fired < 5000 then
    task.cancel(task.delay(100, tick))
    id = task.delay(0.25, tick)
  end
end
id = task.delay(0.25, tick)
neap.sleep(5000 * 0.25 + 1)
print("fired", fired)

for _ = 1, 4 do
  collectgarbage()
  neap.yield()
end
local kept = 0
for _ in pairs(threads) do kept = kept + 1 end
print("coroutines kept, of 5000: fewer than 100", kept < 100)
print("tasks besides main", #neap.tasks() - 1)
