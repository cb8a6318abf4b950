--- `timeout`: a call that is cancelled when it takes too long.
--
-- The caller waits at a guard: a place of its own that stands in the timers, and watches the child.
-- Whichever comes first wakes the caller, and nothing of the other is left.

local check = require "neap.check"
local clock = require "neap.kernel.clock"
local duration = require "neap.duration"
local runs = require "neap.kernel.runs"
local scheduler = require "neap.kernel.scheduler"
local tasks = require "neap.task.task"

local error, setmetatable, type = error, setmetatable, type
local now, state, wait = clock.now, runs.state, tasks.wait

---@class neap.Guard
---@field private caller table|false  while it waits here
---@field is_late boolean
---@field private owner neap.Task?  who called
---@field private limit number|string
local Guard = {}
Guard.__index = Guard

function Guard:park(caller, deadline)
  caller.place, self.caller = self, caller
  state.timers:park(self, deadline)
end

function Guard:remove(caller)
  caller.place, self.caller = false, false
  if self.place then self.place:remove(self) end
end

function Guard.describe() return "the end of its timeout" end
function Guard:due() return self.place and self.place:due(self) end

--- What the child stands below, in the tree of those who live, and who stands above that.
function Guard:__tostring() return "timeout (" .. self.limit .. ")" end
function Guard:above() return self.owner end


--- The deadline has come.
function Guard:wake()
  local caller = self.caller
  self.is_late = true
  self:remove(caller)
  caller:wake()
end


--- The child is dead.
function Guard:ended()
  local caller = self.caller
  if not caller then return end
  self:remove(caller)
  caller:wake()
end


--- The finalizer of the caller: the child does not outlive it.
local function close(child)
  child:cancel()
  if not child:done() then wait(child:place_to_wait()) end
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
  if state.is_cancelling then tasks.checkpoint() end
  local owner, child = scheduler.current_task(), tasks.spawn(fn, ...)
  local guard = setmetatable({
    caller = false, is_late = false, place = false, index = false, order = 0, deadline = 0,
    owner = owner, limit = limit,
  }, Guard)
  child.observer, child.is_observed = guard, true
  if owner then owner:add_finalizer(close, nil, child) end
  wait(guard, now() + seconds)
  if guard.is_late then close(child) end
  if owner then owner:remove_finalizer(close, child) end
  if guard.is_late and child.state == "cancelled" then
    if owner then owner.late = limit end
    error("timeout", 0)
  end
  if owner and owner.late then owner.late = nil end
  return child:wait()
end

return timeout
