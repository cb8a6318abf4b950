--- Sleeping, and awaitables that are ready at a time.
--
-- A timer is no more than a deadline: nothing is set before somebody waits, so there is nothing to
-- cancel when a timer is dropped.

local awaitable = require "neap.awaitable"
local check = require "neap.check"
local duration = require "neap.duration"
local scheduler = require "neap.scheduler"

local setmetatable = setmetatable
local timers, now = scheduler.timers, scheduler.now

local timer = {}


--- Suspends the caller for a while; other tasks run meanwhile. A sleep of 0 lets them run too.
---@param time number|string  a duration
---@return number seconds  that have passed
function timer.sleep(time)
  local start = now()
  scheduler.wait(timers, start + duration(time, 1, "sleep"))
  return now() - start
end


---@class neap.Timer
---@field private deadline number
local Timer = {}
Timer.__index = Timer


--- An awaitable that is ready at a deadline, which counts from this call.
---@param time number|string  a duration
---@return neap.Timer
function timer.timer(time)
  return setmetatable({ deadline = now() + duration(time, 1, "timer") }, Timer)
end


--- Waits for the deadline; returns at once if it has passed.
---@return true
function Timer:wait()
  if scheduler.doomed then scheduler.checkpoint() end
  if now() < self.deadline then scheduler.wait(timers, self.deadline) end
  return true
end


--- Whether the deadline has passed.
---@return boolean
function Timer:is_ready()
  return now() >= self.deadline
end
Timer.done = Timer.is_ready

function Timer:place()
  return timers, self.deadline
end

function Timer.claim()
  return true
end

awaitable.declare(Timer)


---@class neap.Interval
---@field private start number
---@field private period number
---@field private taken integer  the number of the tick that was given last
local Interval = {}
Interval.__index = Interval


--- An awaitable that ticks: tick n is due at n periods after this call, however late the others
-- were.
---@param period number|string  a duration above zero
---@return neap.Interval
function timer.interval(period)
  local seconds = duration(period, 1, "interval")
  if seconds == 0 then check.fail(1, "interval", "a duration above zero expected") end
  return setmetatable({ start = now(), period = seconds, taken = 0 }, Interval)
end


local function due(self)
  return self.start + (self.taken + 1) * self.period
end


--- Waits for the next tick. One who comes late gets the ticks that were missed one by one, at once.
---@return integer tick  1, 2, 3 and so on; each is given once
function Interval:wait()
  if scheduler.doomed then scheduler.checkpoint() end
  while now() < due(self) do scheduler.wait(timers, due(self)) end
  self.taken = self.taken + 1
  return self.taken
end


function Interval:is_ready()
  return now() >= due(self)
end

function Interval:place()
  return timers, due(self)
end

function Interval:claim()
  return self:wait()
end

awaitable.declare(Interval)

return timer
