-- A finalizer of the user's, which the collector may call at any allocation, cancels a task of many
-- that an event wakes, also between the moment in which it leaves the event and the one in which it
-- is ready: it is woken or cancelled, and the others are woken. (Where this Lua has no finalizers,
-- the script calls it.)
local neap = require "neap"

-- The tests check before each tick that who is ready lives; one that was cancelled then may not.
require("neap.kernel.scheduler").set_order(nil)

local newproxy = rawget(_G, "newproxy")

local function on_collection(fn)
  if newproxy then
    local made, proxy = pcall(newproxy, true)
    if made then getmetatable(proxy).__gc = fn return end
  end
  setmetatable({}, { __gc = fn })
end

local WAITERS, ROUNDS = 40, 50
local woken, cancelled, both, told, garbage = 0, 0, 0, 0, nil

pcall(collectgarbage, "setpause", 1)
pcall(collectgarbage, "setstepmul", 10000)
for round = 1, ROUNDS do
  local event, tasks, has_run = neap.event(), {}, {}
  local function cancel_last()
    if tasks[WAITERS]:cancel() then told = told + 1 end
  end
  for i = 1, WAITERS do
    tasks[i] = neap.spawn(function()
      event:wait()
      has_run[i] = true
    end)
  end
  neap.yield()
  collectgarbage()
  on_collection(cancel_last)
  for i = 1, round do garbage = { i } end
  event:set()
  cancel_last()
  neap.yield()
  neap.yield()
  for i = 1, WAITERS do
    local was_cancelled = not pcall(tasks[i].wait, tasks[i])
    if has_run[i] then woken = woken + 1 end
    if was_cancelled then cancelled = cancelled + 1 end
    if has_run[i] and was_cancelled then both = both + 1 end
  end
end
pcall(collectgarbage, "setpause", 200)
pcall(collectgarbage, "setstepmul", 200)

print("woken or cancelled", woken + cancelled == WAITERS * ROUNDS, both, garbage ~= nil)
print("each cancel is told", told >= cancelled)
print("tasks left", #neap.tasks() - 1)
