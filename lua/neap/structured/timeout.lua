--- `timeout`: a call that is cancelled when it takes too long.
--
-- The caller waits at a guard: a place of its own that stands in the timers, and watches the child.
-- Whichever comes first wakes the caller, and nothing of the other is left. The child does not
-- outlive the caller: if the caller is cancelled while it waits here, or while it waits for a late
-- child to end, it closes the child in a finalizer. Most children end in time: that costs no
-- finalizer, and the next timeout gets the same guard.

---@diagnostic disable: access-invisible, param-type-mismatch
local check = require "neap.check"
local clock = require "neap.kernel.clock"
local duration = require "neap.duration"
local group = require "neap.structured.group"
local runs = require "neap.kernel.runs"
local scheduler = require "neap.kernel.scheduler"
local tasks = require "neap.task.task"

local error, setmetatable, type = error, setmetatable, type
local now, state, wait = clock.now, runs.state, tasks.wait

---@class neap.Guard: neap.Waiter
---@field private caller neap.inside.Task|table|false  who has called: a task, or the host thread
---@field private child neap.inside.Task|false
---@field is_late boolean  whether the deadline came first
---@field private limit number|string  the duration as it was given, for reports
local Guard = {}
Guard.__index = Guard

--- One that is not in use.
runs.declare_near { idle_guard = false }

--- Only now does the child get its function: if the VM had refused the wait, nobody would end it.
function Guard:park(caller, fn)
  caller.place, self.caller, self.child.fn = self, caller, fn
  state.timers:park(self, self.deadline)
end

function Guard.describe() return "the end of its timeout" end
function Guard:due() return self.place and self.place:due(self) end

--- In the tree of living tasks the guard stands between the child and its caller.
function Guard:__tostring() return "timeout (" .. self.limit .. ")" end
Guard.above = group.above


--- The finalizer of the caller.
local function close(child)
  child:cancel()
  if not child:done() then wait(child:place_to_wait()) end
end

--- Has the caller close the child when it ends. The host thread, which has no `id`, does not end.
local function close_with(caller, child)
  if caller.id then caller:add_finalizer(close, nil, child) end
end


--- The caller is cancelled.
function Guard:remove(caller)
  caller.place = false
  if self.place then self.place:remove(self) end
  close_with(caller, self.child)
end


--- The deadline has come.
function Guard:wake()
  local caller = self.caller
  close_with(caller, self.child) -- first: the collector may call what cancels the caller
  if caller.place ~= self then return end
  self.is_late, caller.place = true, false
  caller:wake()
end


--- The child is dead.
function Guard:ended()
  local caller = self.caller
  if not caller or caller.place ~= self then return end
  caller.place = false
  self.place:remove(self)
  caller:wake()
end


--- Calls a function in a child task, which is cancelled if it has not ended in time.
---@param limit number|string  a duration
---@param fn function
---@param ... any  its arguments
---@return any ...  its results
-- Raises its error, or "timeout" once it is cancelled and its finalizers have run.
local function timeout(limit, fn, ...)
  local is_seconds = type(limit) == "number" and limit >= 0
  local seconds = is_seconds and limit or duration(limit, 1, "timeout")
  if type(fn) ~= "function" then check.callable(fn, 2, "timeout") end
  local child, guard, deadline = tasks.new(fn, ...), state.idle_guard, now() + seconds
  if guard then
    state.idle_guard, guard.child, guard.limit, guard.deadline = false, child, limit, deadline
  else
    guard = setmetatable({
      caller = false, child = child, is_late = false, limit = limit,
      place = false, index = false, order = 0, deadline = deadline,
    }, Guard)
  end
  child.observer, child.is_observed = guard, true
  -- Only after all that allocates, for the collector may call a finalizer that cancels the caller.
  if state.is_cancelling then tasks.checkpoint() end
  scheduler.admit(child)
  child.fn = false
  local caller = wait(guard, fn)
  if guard.is_late then
    close(child)
    if caller.id then caller:remove_finalizer(close, child) end
    if child.state == "cancelled" then
      caller.late = limit
      error("timeout", 0)
    end
  else
    guard.caller, guard.child, child.observer = false, false, nil
    state.idle_guard = guard
  end
  if caller.late then caller.late = nil end
  return child:wait()
end

return timeout
