--- The `ward.time` face: deadlines as awaitables.

local ward = require "ward.async"
local awaitable = require "neap.kernel.awaitable"
local check = require "neap.check"
local duration = require "neap.duration"
local select = require "neap.structured.select"
local Interval = require "neap.sync.interval"
local timer = require "neap.sync.timer"

local error = error

local time = {}


--- An awaitable that gives true at a deadline, which counts from this call.
---@param delay number|string  a duration
---@return neap.Timer
function time.sleep(delay) return timer.timer(duration(delay, 1, "sleep")) end


--- Calls fn after a while, in a task of its own that lives without its handle.
---@param delay number|string  a duration
---@param fn function
---@return ward.Task  gives fn's results
function time.after(delay, fn)
  local deadline = timer.timer(duration(delay, 1, "after"))
  check.callable(fn, 2, "after")
  local handle = ward.spawn(function()
    deadline:wait()
    return fn()
  end)
  handle:detach()
  return handle
end


--- An awaitable that ticks: 1, 2, 3 and so on, without drift.
---@param period number|string  a duration above zero
---@return neap.Interval
function time.interval(period)
  local seconds = duration(period, 1, "interval")
  if seconds == 0 then check.fail(1, "interval", "a duration above zero expected") end
  return Interval.new(seconds)
end


local function in_time(index, ...)
  if not index then error("timeout", 0) end
  return ...
end


--- Waits for an awaitable, but no longer than a while. What is waited for goes on after a timeout.
---@param awaited any
---@param limit number|string  a duration
---@return any ...  what its `wait` returns
-- Raises "timeout".
function time.timeout(awaited, limit)
  awaitable.check(awaited, 1, "timeout")
  return in_time(select({ awaited }, duration(limit, 2, "timeout")))
end


--- Sleeps here and now, without an awaitable.
---@param delay number|string  a duration
---@return number seconds  that have passed
function time.sleep_blocking(delay) return timer.sleep(duration(delay, 1, "sleep_blocking")) end

return time
