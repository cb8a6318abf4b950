--- Has the scheduler's invariant checked at the beginning of each tick: a task that lives stands in
-- exactly one place (see lua/neap/kernel/scheduler.lua), and as many live as are counted.
--
-- It looks into the scheduler through one of its seams, `set_order`, and changes nothing.

local listing = require "neap.kernel.listing"
local registry = require "neap.kernel.registry"
local runs = require "neap.kernel.runs"
local scheduler = require "neap.kernel.scheduler"

local state = runs.state

--- With more tasks than this the check would take longer than the test.
local MANY = 2000

local living = { pending = true, started = true, ending = true }


--- Whether a place has a waiter where the waiter says that it stands.
local function holds(place, waiter)
  local index, holder = waiter.index, place.task or place.caller or place.joiner
  if holder ~= nil then return holder == waiter end
  if place.deadlines and place.waiters[index] == waiter then return true end
  local list = place.queue and place or place.list or place.waiters
  return type(list) ~= "table" or list.queue[index] == waiter
end


local function check(ready, count)
  if registry.alive() > MANY then return end
  local entries, alive = {}, 0
  local function expect(condition, task, what)
    if not condition then
      error(("invariant: %s (%s, %s) %s"):format(tostring(task), task.state,
        task.place and task.place:describe(task) or "at no place", what), 0)
    end
  end

  for i = 1, count do
    local task = ready[i]
    if task then
      expect(not entries[task], task, "is in the ready queue twice")
      entries[task] = true
      expect(living[task.state], task, "is in the ready queue")
    end
  end
  for _, task in ipairs(listing.all()) do
    alive = alive + 1
    expect(living[task.state], task, "is listed")
    if task.place then
      expect(not entries[task], task, "is in the ready queue, too")
      expect(holds(task.place, task), task, "is not where it says")
    else
      expect(entries[task], task, "is lost")
    end
    local thread = task.thread
    expect(not thread or state.task_of[thread] == task, task, "runs on a thread of another's")
    expect(task.state ~= "pending" or not thread, task, "has a thread before it begins")
    expect(not task.giver or entries[task], task, "was handed something and is not woken")
  end
  for task in pairs(entries) do expect(not task.place, task, "is in the ready queue") end
  if alive ~= registry.alive() then
    error(("invariant: %d tasks live, %d are counted"):format(alive, registry.alive()), 0)
  end
end

-- A finalizer that the collector called meanwhile might wake tasks.
scheduler.set_order(function(ready, count)
  collectgarbage("stop")
  check(ready, count)
  collectgarbage("restart")
end)

return check
