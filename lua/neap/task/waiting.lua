--- How those wait who are not a task in its own thread.
--
-- - The host thread runs the scheduler until its wait is over.
-- - A coroutine that the user made becomes a task of its own: it yields nothing to whoever resumed
--   it, and is resumed by the scheduler. Here it is parked before the yield, for no scheduler
--   receives that; if the VM refuses the yield, the task's next wait, or its end, undoes it.
-- - Where nothing may wait (in a handler of errors, while the loop is at work) an error says so.

local clock = require "neap.kernel.clock"
local loop = require "neap.task.loop"
local registry = require "neap.kernel.registry"
local Waiters = require "neap.kernel.waiters"
local owned = require "neap.task.owned"
local scheduler = require "neap.kernel.scheduler"
local UserTask = require "neap.task.user_task"
local deadlock = require "neap.task.deadlock"
local vm = require "neap.kernel.vm"

local co_yield, error, setmetatable = coroutine.yield, error, setmetatable

local task_of, callers
registry.on_shrink(function()
  task_of, callers = registry.task_of, registry.callers
end)

--- What stands for the host thread in a list of waiters.
local HostWaiter = { thread = false }
HostWaiter.__index = HostWaiter

function HostWaiter:wake(grantor, value)
  self.parked, self.value, self.is_reached = grantor or false, value, true
end


local function wait_in_host(place, argument)
  local barred = loop.refusal()
  if barred then error(barred, 0) end
  if not clock.host().sleep then
    error("this host cannot sleep: wait in a task, and call neap.step() from the host's loop", 0)
  end
  local waiter = setmetatable({ parked = false, slot = false, value = nil, count = 0,
    is_reached = false }, HostWaiter)
  place:park(waiter, argument)
  local ok, woken, report = loop.enter(function()
    if loop.drive(waiter) then return true end
    return false, deadlock.resolve(waiter)
  end)
  if ok and woken then return waiter end
  Waiters.withdraw(waiter)
  error(ok and report or woken, 0)
end


local function wait_in_coroutine(me, place, argument)
  local root = registry.root_of(me)
  local task = not owned.is_over(root) and UserTask.of_thread(root)
  if not task or task.doomed then
    if task then task:killed() end
    while true do co_yield() end
  end
  if not vm.can_yield() then co_yield() end
  task:unqueue()
  local thread = me
  while thread do
    task_of[thread] = task
    thread = callers[thread]
  end
  task.thread, task.state = me, "entering"
  place:park(task, argument)
  co_yield()
  while scheduler.current_thread() ~= me do co_yield() end
  task.state = "started"
  return task
end


function scheduler.wait_elsewhere(me, current, place, argument)
  if scheduler.bar then error(scheduler.bar, 0) end
  local is_current = me == current or scheduler.adopt(me)
  local task = task_of[me or false]
  if is_current then
    if task.doomed then scheduler.die() end
    return scheduler.suspend(me, place, argument)
  elseif not task and loop.is_host() then
    return wait_in_host(place, argument)
  end
  return wait_in_coroutine(me, place, argument)
end
