--- How a task ends.
--
-- A task that ends with finalizers keeps its end in `final`, and is only dead, for those who wait
-- for it, when they have run: they run as the same task, on a fresh thread.
--
-- To cancel is to kill: the thread is never resumed again, and what it waited for forgets it. A
-- task that runs at that moment is doomed instead: it ends at its next blocking call, or when it
-- returns.

local Waiters = require "neap.kernel.waiters"
local failures = require "neap.task.failures"
local owned = require "neap.task.owned"
local registry = require "neap.kernel.registry"
local scheduler = require "neap.kernel.scheduler"
local vm = require "neap.kernel.vm"

local rawequal, tostring, type = rawequal, tostring, type
local status = coroutine.status
local conclude, enqueue_start = scheduler.conclude, scheduler.enqueue_start

local task_of, callers
registry.on_shrink(function()
  task_of, callers = registry.task_of, registry.callers
end)

--- What a finalizer gets that yields by itself.
local YIELDED = "attempt to yield from a finalizer: use neap.yield()"

--- How many tasks are doomed.
local doomed = 0

local ends = { returned = true, failed = true, cancelled = true }

--- The methods that a task has from here.
local methods = {}


--- Whether a task is dead.
local function has_ended(task)
  return ends[task.state] or false
end


--- Marks a task that runs as cancelled.
function methods:doom()
  self.doomed, self.bonds, doomed = true, 2, doomed + 1
  scheduler.set_doomed(true)
end


local function next_finalizer(task)
  local finalizers = task.finalizers
  local count = finalizers.count
  if count == 0 then
    local final = task.final
    task.final = nil
    return conclude(task, final.state, final.count, final.value)
  end
  finalizers.count = count - 3
  task.fn, task.count, task.value =
    finalizers[count - 2], finalizers[count - 1], finalizers[count]
  finalizers[count - 2], finalizers[count] = nil, nil
  enqueue_start(task)
end


local function finish(task, state, count, value)
  local thread = task.thread
  if thread then task_of[thread], task.thread = nil, false end
  if task.doomed then
    task.doomed, doomed = nil, doomed - 1
    if doomed == 0 then scheduler.set_doomed(false) end
    if state == "failed" then failures.report(value, task, task.traceback, tostring(task)) end
    state, count, value = "cancelled", 0, nil
  end
  local is_reported = state == "failed" and task.is_loud and not task:is_awaited()
  if state == "failed" then failures.record(task, value) end
  task.fn = nil
  if task.finalizers then
    task.final = { state = state, count = count, value = value }
    next_finalizer(task)
  else
    conclude(task, state, count, value)
  end
  if is_reported then failures.report_now(task) end
end


--- Ends the thread of a task, which is suspended or dead, and those of the pcalls that it stands
-- in.
local function close(task, closer, err)
  local thread = task.thread
  while thread do
    local caller = callers[thread]
    if vm.can_close then
      local _, ok, raised = scheduler.call_barred("attempt to wait in a task that is being closed",
        closer, thread, err)
      if not ok then
        failures.report(raised, task, nil, "a to-be-closed variable of " .. tostring(task))
      end
    end
    callers[thread], task_of[thread] = nil, nil
    owned.kill(thread)
    thread = caller
  end
  task.thread = false
end


--- The thread has returned, and there is more to do (called by the scheduler, as are the next
-- three).
function methods:returned(count, value)
  if self.final then
    task_of[self.thread], self.thread = nil, false
    return next_finalizer(self)
  end
  return finish(self, "returned", count, value)
end


--- The thread has raised an error.
function methods:failed(err, thread)
  local traceback = vm.traceback(thread)
  local raised = self.raised
  if raised and rawequal(raised.value, err) then
    -- It came through a wait: where it was raised comes first.
    traceback = (raised.traceback or "") .. "\nwaited for by " .. tostring(self) .. ":\n"
      .. traceback:gsub("^%s*%[C%][^\n]*\n", "")
  end
  close(self, vm.close_failed, err)
  if type(err) == "string" then err = vm.strip_own_position(err) end
  if self.final then
    failures.report(err, self, traceback, "a finalizer of " .. tostring(self))
    return next_finalizer(self)
  end
  self.traceback = traceback
  return finish(self, "failed", 1, err)
end


--- The thread has come to a blocking call after it was cancelled.
function methods:killed()
  close(self, vm.close)
  return finish(self, "cancelled", 0)
end


--- The thread has yielded by itself.
function methods:yielded()
  local message = self.yield_error
  if self.final then
    local traceback = vm.traceback(self.thread)
    close(self, vm.close)
    failures.report(YIELDED, self, traceback, "a finalizer of " .. tostring(self))
    return next_finalizer(self)
  elseif self.doomed then
    return self:killed()
  elseif message then
    local traceback = vm.traceback(self.thread)
    close(self, vm.close)
    self.traceback = traceback
    return finish(self, "failed", 1, message)
  end
  owned.park(self)
end


--- Gives up a finalizer that waits for ever.
function methods:give_up()
  Waiters.withdraw(self)
  close(self, vm.close)
  return next_finalizer(self)
end


--- Whether a thread that is not of the pool can be resumed now. One that the user has resumed to
-- its end meanwhile cannot; nor one whose wait the VM had refused, which went on by itself.
---@param thread thread
---@return boolean
function methods:is_resumable(thread)
  local state = status(thread)
  if self.state == "entering" and not vm.is_suspended_here(thread) then
    Waiters.withdraw(self)
    self.state, self.value = "started", nil
    if state == "suspended" then
      self:yielded()
      return false
    end
  end
  if state == "dead" then
    -- A second entry in the queue of those that are to begin means nothing any more.
    self.parked = false
    finish(self, "returned", 0)
  end
  return state == "suspended"
end

return { methods = methods, has_ended = has_ended }
