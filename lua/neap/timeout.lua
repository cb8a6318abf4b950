--- `timeout`: a call that is cancelled when it takes too long.

local Task = require "neap.task"
local awaitable = require "neap.awaitable"
local check = require "neap.check"
local duration = require "neap.duration"
local scheduler = require "neap.scheduler"
local select = require "neap.select"

local error, setmetatable = error, setmetatable

--- The end of a task as an awaitable: it is ready when the task is dead, and raises nothing.
local Ending = {}
Ending.__index = Ending

function Ending:is_ready()
  return self.task:done()
end

function Ending:place()
  return self.task:place()
end

function Ending.claim()
  return true
end

Ending.wait = Ending.claim

awaitable.declare(Ending)


local function wait_for_end(child)
  if not child:done() then scheduler.wait(child:place()) end
end


--- The finalizer of the caller: the child does not outlive it.
local function close(child)
  child:cancel()
  wait_for_end(child)
end


--- Calls a function in a child task, which is cancelled if it has not ended in time.
---@param limit number|string  a duration
---@param fn function
---@param ... any  its arguments
---@return any ...  its results
-- Raises its error, or "timeout" once it is cancelled and its finalizers have run.
local function timeout(limit, fn, ...)
  local seconds = duration(limit, 1, "timeout")
  check.callable(fn, 2, "timeout")
  if scheduler.doomed then scheduler.checkpoint() end
  local child, owner = Task.spawn(fn, ...), scheduler.current_task()
  local finalizer = owner and owner:add_finalizer(close, 1, child)
  local is_late = not select({ setmetatable({ task = child }, Ending) }, seconds)
  if is_late then close(child) end
  if owner then owner:remove_finalizer(finalizer) end
  if is_late and child.state == "cancelled" then error("timeout", 0) end
  return child:wait()
end

return timeout
