--- Sleeping, and awaitables that are ready at a time.
--
-- A timer is no more than a deadline: nothing is set before somebody waits, so there is nothing to
-- cancel when a timer is dropped.

---@diagnostic disable: param-type-mismatch
local awaitable = require "neap.kernel.awaitable"
local duration = require "neap.duration"
local clock = require "neap.kernel.clock"
local kinds = require "neap.kinds"
local runs = require "neap.kernel.runs"
local tasks = require "neap.task.task"

local getmetatable, setmetatable, type = getmetatable, setmetatable, type
local now, sleep, state, wait = clock.now, tasks.sleep, runs.state, tasks.wait

local timer = {}

--- Suspends the caller for a while; other tasks run meanwhile. A sleep of 0 lets them run too.
---@param time number|string  a duration
---@return number seconds  that have passed
function timer.sleep(time)
  local is_seconds = type(time) == "number" and time >= 0
  return sleep(is_seconds and time or duration(time, 1, "sleep"))
end

---@class neap.inside.Timer
---@field private deadline number
local Timer = {}
Timer.__index = Timer

--- An awaitable that is ready at a deadline, which counts from this call.
---@param time number|string  a duration
---@return neap.inside.Timer
function timer.timer(time)
  return setmetatable({ deadline = now() + duration(time, 1, "timer") }, Timer)
end


--- Waits for the deadline; returns at once if it has passed.
---@return true
function Timer:wait()
  if getmetatable(self) ~= Timer then kinds.check(self, "timer", "wait") end
  if state.is_cancelling then tasks.checkpoint() end
  if now() < self.deadline then wait(state.timers, self.deadline) end
  return true
end


--- Whether the deadline has passed.
---@return boolean
function Timer:done()
  kinds.check(self, "timer", "done")
  return now() >= self.deadline
end

function Timer:is_ready() return now() >= self.deadline end
function Timer:place_to_wait() return state.timers, self.deadline end
function Timer.claim() return true end

--- What it is, and how many seconds are left.
function Timer:__tostring()
  local left = self.deadline - now()
  return left > 0 and ("timer (due in %g s)"):format(left) or "timer (over)"
end

awaitable.declare(Timer, "timer")
kinds.suggest(Timer)

return timer
