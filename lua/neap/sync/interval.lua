--- Ticks that do not drift.
--
-- Tick n is due n periods after the interval was made. Each tick goes to one waiter, first come
-- first served; the interval is in the timers only while somebody waits. A tick that was given to a
-- waiter that is cancelled before it ran goes to the next one.

---@diagnostic disable: need-check-nil
local awaitable = require "neap.kernel.awaitable"
local check = require "neap.check"
local clock = require "neap.kernel.clock"
local duration = require "neap.duration"
local kinds = require "neap.kinds"
local runs = require "neap.kernel.runs"
local tasks = require "neap.task.task"
local Waiters = require "neap.kernel.waiters"

local getmetatable, setmetatable = getmetatable, setmetatable
local insert, remove, sort = table.insert, table.remove, table.sort
local now, state, wait = clock.now, runs.state, tasks.wait

---@class neap.inside.Interval: neap.Waiter
---@field private start number  when it was made, or reset
---@field private period number  how many seconds
---@field private taken integer  the number of the tick that was given last
---@field private returned integer[]  ticks given back, earliest first
---@field private waiters neap.Waiters
local Interval = {}
Interval.__index = Interval


--- Makes an interval; with a period of 0 it ticks without waiting.
---@param seconds number  0 or more
---@return neap.inside.Interval
function Interval.every(seconds)
  local self = setmetatable({
    start = now(), period = seconds, taken = 0, returned = {}, waiters = nil,
    place = false, index = false, order = 0, deadline = 0,
  }, Interval)
  self.waiters = Waiters.new(self)
  return self
end


--- An awaitable that ticks: tick n is due at n periods after this call, however late the others
-- were.
---@param period number|string  a duration above zero
---@return neap.inside.Interval
function Interval.new(period)
  local seconds = duration(period, 1, "interval")
  if seconds == 0 then check.fail(1, "interval", "a duration above zero expected") end
  return Interval.every(seconds)
end


--- When the next tick is due.
local function due(self) return self.start + (self.taken + 1) * self.period end


--- Takes the next tick: one that was given back, or a new one.
local function take(self)
  if self.returned[1] then return remove(self.returned, 1) end
  self.taken = self.taken + 1
  return self.taken
end


--- Parks the interval itself in the timers (it is a waiter as well as a place), for the first in
-- line. Where several runs share the interval, these are the timers of that waiter's run.
local function set_timer(self)
  local home = self.waiters:head().home
  local timers = home and home ~= state.home and home.timers or state.timers
  timers:park(self, due(self))
  if timers ~= state.timers then clock.rouse(home) end
end


--- Parks a waiter.
function Interval:park(waiter)
  -- What stands for a task here, as an arm of a `select` does, has no home of its own.
  if state.home and not waiter.home then waiter.home = state.home end
  self.waiters:park(waiter)
  waiter.place = self
  if not self.place then set_timer(self) end
end


function Interval:remove(waiter)
  local was_first = waiter == self.waiters:head()
  self.waiters:remove(waiter)
  if not (was_first and self.place) then return end
  self.place:remove(self)
  if self.waiters:head() then set_timer(self) end
end


--- Gives a tick to a waiter, which has been taken out.
local function give(self, waiter, tick)
  waiter.order = self.start -- by this `pass_on` sees whether the interval has started again
  return waiter:wake(self, tick)
end


--- The next tick is due (called by the timers).
function Interval:wake()
  local waiter = self.waiters:head()
  self.waiters:remove(waiter)
  give(self, waiter, take(self))
  if self.waiters:head() and not self.place then set_timer(self) end
end


--- Takes back the tick of a waiter that is cancelled, unless the interval has started again.
function Interval:pass_on(waiter)
  if waiter.order ~= self.start then return end
  local tick, next_waiter = waiter.value, self.waiters:head()
  if next_waiter then
    self:remove(next_waiter)
    return give(self, next_waiter, tick)
  end
  insert(self.returned, tick)
  sort(self.returned)
end


--- Starts again: the next tick is the first, a period from now, also for those who wait already.
function Interval:reset()
  kinds.check(self, "interval", "reset")
  self.start, self.taken, self.returned = now(), 0, {}
  if not self.place then return end
  self.place:remove(self)
  set_timer(self)
end


--- Waits for the next tick. Ticks that were missed are given one by one, without waiting.
---@return integer tick  1, 2, 3 and so on; each is given once
function Interval:wait()
  if getmetatable(self) ~= Interval then kinds.check(self, "interval", "wait") end
  if state.is_cancelling then tasks.checkpoint() end
  if self:is_ready() then return take(self) end
  return self:claim(wait(self))
end


--- Whether a tick can be had without waiting.
---@return boolean
function Interval:is_ready()
  return not self.waiters:head() and (self.returned[1] ~= nil or now() >= due(self))
end

function Interval:place_to_wait() return self end

function Interval.claim(_, waiter)
  local tick = waiter.value
  waiter.giver, waiter.value = false, nil
  return tick
end


function Interval:__tostring()
  return ("interval (every %g s, ticks taken: %d)"):format(self.period, self.taken)
end

function Interval.describe() return "an interval" end

return awaitable.declare(Interval, "interval")
