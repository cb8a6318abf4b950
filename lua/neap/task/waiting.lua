--- How those wait who are not a task in its own thread.
--
-- - The host thread runs the scheduler until its wait is over.
-- - A coroutine that the user made becomes a task of its own: it yields nothing to whoever resumed
--   it, and is resumed by the scheduler. Here it is parked before the yield, for no scheduler
--   receives that; if the VM refuses the yield, the task's next wait, or its end, undoes it.
-- - Where nothing may wait (in a handler of errors, while the loop is at work) an error says so.

---@diagnostic disable: access-invisible
local Waiters = require "neap.kernel.waiters"
local clock = require "neap.kernel.clock"
local deadlock = require "neap.task.deadlock"
local ending = require "neap.task.ending"
local loop = require "neap.task.loop"
local registry = require "neap.kernel.registry"
local runs = require "neap.kernel.runs"
local scheduler = require "neap.kernel.scheduler"
local user = require "neap.task.user"
local vm = require "neap.kernel.vm"

local co_yield, error, pairs, setmetatable = vm.coroutine.yield, error, pairs, setmetatable
local status = vm.coroutine.status
local current_thread, running, state = scheduler.current_thread, vm.running, runs.state

local waiting = {}

--- The request of a task that was cancelled while it ran.
local DIE = {}
scheduler.requests[DIE] = function(task) return task:kill() end

--- Ends the running task. Never returns.
local function request_death()
  co_yield(DIE)
  while true do co_yield() end
end


--- What stands for the host thread where it waits.
local HostWaiter = { giver = false }
HostWaiter.__index = HostWaiter

function HostWaiter:wake(giver, value)
  self.giver, self.value, self.is_reached = giver or false, value, true
  scheduler.tell("woken", self)
  if self.home ~= state.home then clock.rouse(self.home) end
end


local function wait_in_host(place, argument)
  local barred = loop.refusal()
  if barred then error(barred, 0) end
  if not clock.host().sleep then
    error("this host cannot sleep: wait in a task, and call neap.step() from the host's loop", 0)
  end
  local waiter = setmetatable({
    is_reached = false, home = state.home, place = false, index = false,
  }, HostWaiter)
  scheduler.tell("waits", waiter, place, argument)
  place:park(waiter, argument)
  local ok, woken, report = loop.enter(function()
    if loop.drive(waiter) then return true end
    return false, deadlock.resolve(waiter)
  end)
  scheduler.tell("runs", waiter)
  if ok and woken then return waiter end
  Waiters.withdraw(waiter)
  error(ok and report or woken, 0)
end


--- Tells whether a thread is a task's of this copy of neap. The other copies in this Lua ask.
local this_copy = {
  owns = function(thread) return scheduler.find(registry.root_of(thread)) ~= nil end,
}
local copies = vm.copies() or {}
copies[#copies + 1] = this_copy

--- Says why a coroutine may not wait that has no task and is in none: set by a host that resumes
-- coroutines of its own, which would be waited in for ever.
---@type (fun(): string?)?
waiting.refusal = nil

local function is_of_another_copy(thread)
  for _, copy in pairs(copies) do
    if copy ~= this_copy and copy.owns(thread) then return true end
  end
  return false
end


--- Waits in a coroutine that is not the scheduler's.
---@param of_thread fun(thread: thread): neap.inside.UserTask, boolean  finds its task, or makes it
local function wait_in_coroutine(of_thread, me, place, argument)
  local is_outside = state.home == runs.first and not state.has_run
  if not (is_outside or vm.can_yield()) then vm.refuse_yield() end
  local root = registry.root_of(me)
  if ending.is_over(root) then
    while true do co_yield() end
  end
  if is_outside then
    error("attempt to wait outside of neap.run, on a host where each run has its own tasks", 0)
  end
  if is_of_another_copy(me) then
    error("another copy of neap waits here, in a task of the first: let both require one", 0)
  end
  local refusal = waiting.refusal and not current_thread() and waiting.refusal()
  if refusal then error(refusal, 0) end
  local task, is_new = of_thread(root)
  if task.cancel_requested then
    task:leave()
    task:kill()
    while true do co_yield() end
  end
  if not is_new then
    task:leave()
    user.unregister(task)
  end
  user.register(task, me)
  task.target, task.thread, task.state = me, false, "started"
  -- What it was to begin with, or go on with, has come to nothing: its user has resumed it.
  if task.value ~= nil then task.count, task.value = nil, nil end
  if is_new then scheduler.count(task) end
  scheduler.tell("waits", task, place, argument)
  place:park(task, argument)
  co_yield()
  while current_thread() ~= me do co_yield() end
  return task
end


--- Whether a thread is not what runs although it was resumed last: an error in the midst of that,
-- in a task which has begun another at once, was caught by the former.
local function is_left_behind(thread)
  local activity = status(thread)
  return activity ~= "running" and activity ~= "normal"
end


--- Makes what a wait does where the caller is not a task in its own thread (see `scheduler.waits`).
---@param of_thread fun(thread: thread): neap.inside.UserTask, boolean  finds or makes its task
---@return fun(me: thread?, place: table, argument: any): table
function waiting.elsewhere(of_thread)
  return function(me, place, argument)
    if state.bar then error(state.bar, 0) end
    local current, task = current_thread(), state.task_of[me or false]
    if current and is_left_behind(current) and task and task.thread == me then
      current = me
      scheduler.set_current(me)
    end
    if registry.is_within(me, current) then
      if scheduler.find(current).cancel_requested then request_death() end
      return scheduler.suspend(me, place, argument)
    elseif not task and loop.is_host() then
      return wait_in_host(place, argument)
    end
    return wait_in_coroutine(of_thread, me, place, argument)
  end
end


--- Called by a blocking function that is not going to suspend, while `state.is_cancelling`: the
-- running task ends here if it is the one that was cancelled.
function waiting.checkpoint()
  local current = current_thread()
  if registry.is_within(running(), current) and scheduler.find(current).cancel_requested then
    request_death()
  end
end

return waiting
