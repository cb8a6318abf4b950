--- How a task ends.
--
-- Whatever ends a task, `scheduler.finish` is called with its outcome. Where that concerns anybody,
-- what follows is here, in `conclude`: an outcome is fixed, a failure is recorded, and finalizers
-- run one after another, as the same task, on a fresh thread each; then the task is dead, for those
-- who wait for it (`scheduler.die`).
--
-- To cancel is to kill: the thread is never resumed again, and what it waited for forgets it. A
-- task that runs at that moment has its end requested instead: it ends at its next blocking call,
-- or when it returns, and is cancelled either way.

---@diagnostic disable: param-type-mismatch
local call_barred = require "neap.kernel.barred"
local failures = require "neap.task.failures"
local own = require "neap.kernel.own"
local registry = require "neap.kernel.registry"
local runs = require "neap.kernel.runs"
local scheduler = require "neap.kernel.scheduler"
local vm = require "neap.kernel.vm"
local Waiters = require "neap.kernel.waiters"

local rawequal, tostring, type = rawequal, tostring, type
local ended, killed, state, status =
  scheduler.ended, registry.killed, runs.state, vm.coroutine.status

--- How many tasks are to end at their next blocking call.
runs.declare { cancel_requests = 0 }


--- What a finalizer gets that yields by itself.
local YIELDED = "attempt to yield from a finalizer: use neap.yield()"

--- The methods that a task has from here.
---@class (partial) neap.inside.Task
local methods = {}

--- Whether a task is dead.
local function has_ended(task) return ended[task.state] or false end

--- Whether a thread has ended or was killed.
local function is_over(thread) return killed.map[thread] or status(thread) == "dead" end


local function count_cancel_requests() state.is_cancelling = state.cancel_requests > 0 end

--- Has a task that runs end at its next blocking call.
function methods:request_cancel()
  self.cancel_requested, self.is_observed, self.has_epilogue = true, true, true
  state.cancel_requests = state.cancel_requests + 1
  runs.change(count_cancel_requests)
end


--- Has the next finalizer run, last one first; when there is none left, the task is dead.
local function finalize(task)
  local finalizer, outcome, thread = task.finalizers, task.outcome, task.thread
  if not finalizer then
    scheduler.die(task, outcome.state, outcome.count, outcome.value)
    task.outcome = nil
    return
  end
  task.fn, task.count, task.value = finalizer.fn, finalizer.count, finalizer.value
  task:wake()
  if thread then state.task_of[thread], task.thread = nil, false end
  task.finalizers = finalizer.earlier
end


--- Sees to all that the end of a task, or of one of its finalizers, concerns.
---@param outcome "returned"|"failed"|"cancelled"
function methods:conclude(outcome, count, value)
  if has_ended(self) then return end -- the collector has just called what has ended it
  self.is_concluding = true
  -- A user may have closed its thread, so that it has not gone on with what it was handed.
  Waiters.withdraw(self)
  if self.value ~= nil then self.count, self.value = nil, nil end
  if self.state == "ending" then return finalize(self) end
  if self.cancel_requested then
    self.cancel_requested = false
    state.cancel_requests = state.cancel_requests - 1
    runs.change(count_cancel_requests)
    if outcome == "failed" then failures.report(value, self, self.origin, tostring(self)) end
    outcome, count, value = "cancelled", nil, nil
  end
  local is_told = outcome == "failed" and self.detached and not self:is_awaited()
  if outcome == "failed" then failures.record(self, value) end
  if self.finalizers then
    self.outcome = { state = outcome, count = count, value = value }
    self.state = "ending"
    finalize(self)
  else
    scheduler.die(self, outcome, count, value)
  end
  if is_told then failures.report_now(self) end
end


--- The next of a task's threads, outwards. (On Lua 5.1, where the VM has refused its wait, the
-- pcalls that it stood in may serve others by now.)
local function outer(task, thread, number)
  local chain, task_of = task.chain, state.task_of
  if not chain then return thread and registry.callers.map[thread], number end
  repeat number = number + 1 until not chain[number] or task_of[chain[number]] == task
  return chain[number], number
end


--- Closes the thread of a task, which is suspended or dead, and those of the pcalls that it stands
-- in (on Lua 5.1). The last is left to it.
local function close(task, closer, err)
  local thread, number = task.thread or task.target, 0
  if task.chain then thread, number = outer(task, thread, number) end
  while thread do
    if vm.can_close then
      local _, ok, raised = call_barred("attempt to wait in a task that is being closed",
        closer, thread, err)
      if not ok then
        failures.report(raised, task, nil, "a to-be-closed variable of " .. tostring(task))
      end
    end
    registry.let_go(killed, thread, true)
    local caller
    caller, number = outer(task, thread, number)
    if caller then registry.callers.map[thread], state.task_of[thread] = nil, nil end
    task.thread, thread = caller or thread, caller
  end
end


--- Ends a task that stands nowhere and does not run: its code is never resumed again.
function methods:kill()
  self.is_concluding = true
  close(self, vm.close)
  return scheduler.finish(self, "cancelled")
end


--- Ends a task, or one of its finalizers, with an error.
local function fail(task, err, traceback)
  if task.state == "ending" then
    failures.report(err, task, traceback, "a finalizer of " .. tostring(task))
    return scheduler.finish(task, "returned")
  end
  task.origin = traceback
  return scheduler.finish(task, "failed", nil, err)
end


--- The traceback of an error that a task has met: where it was raised comes first, if it came
-- through a wait, or was caught by us and raised again.
---@param traceback string  of where it was met
local function whole_traceback(task, err, traceback)
  local raised = task.raised
  if not raised or not rawequal(raised.value, err) then return traceback end
  local arm = task.raised_arm and ", arm " .. task.raised_arm .. " of a select" or ""
  local link = raised.raiser ~= task and "waited for by " .. tostring(task) .. arm .. ":\n" or ""
  return (raised.origin or "") .. "\n" .. link .. traceback:gsub("^%s*%[C%][^\n]*\n", "")
end


--- Ends a task whose thread has raised an error.
function methods:failed(err, thread)
  self.is_concluding = true
  local traceback = whole_traceback(self, err, vm.traceback(thread, 0, err))
  close(self, vm.close_failed, err)
  if type(err) == "string" then err = own.strip_position(err) end
  return fail(self, err, traceback)
end


--- Ends a task whose thread has yielded by itself.
function methods:yielded()
  if self.cancel_requested then return self:kill() end
  self.is_concluding = true
  local traceback = vm.traceback(self.thread)
  close(self, vm.close)
  return fail(self, self.state == "ending" and YIELDED or self.yield_error, traceback)
end

return {
  methods = methods,
  has_ended = has_ended,
  is_over = is_over,
  whole_traceback = whole_traceback,
}
