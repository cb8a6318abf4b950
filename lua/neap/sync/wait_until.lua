--- Waiting at a place, but no longer than to a deadline.
--
-- The task is parked at a timed wait, which stands for it in two places: the timed wait itself is
-- parked at the place that the task waits for, its alarm at the timers. Whichever is woken first
-- takes the other out.

---@diagnostic disable: access-invisible
local runs = require "neap.kernel.runs"
local tasks = require "neap.task.task"

local setmetatable, state, wait = setmetatable, runs.state, tasks.wait

---@class neap.TimedWait: neap.Waiter
---@field private wanted table  the place that the task waits for
---@field private alarm table
---@field private task table|false  who waits
---@field private is_late boolean
local TimedWait = {}
TimedWait.__index = TimedWait

--- The waiter at the timers.
local Alarm = {}
Alarm.__index = Alarm


function TimedWait:park(task, deadline)
  task.place, self.task = self, task
  self.wanted:park(self)
  state.timers:park(self.alarm, deadline)
end

function TimedWait:remove(task)
  task.place = false
  if self.place then self.place:remove(self) end
  if self.alarm.place then self.alarm.place:remove(self.alarm) end
end

function TimedWait:describe() return self.wanted:describe(self) end
function TimedWait:due() return self.alarm.place:due(self.alarm) end


function TimedWait:wake(giver, value)
  local task = self.task
  self:remove(task)
  if giver then task.order = self.order end
  return task:wake(giver, value)
end


--- The deadline has come.
function Alarm:wake()
  local timed = self.timed
  timed.is_late = true
  timed:remove(timed.task)
  return timed.task:wake()
end


--- Waits at a place until it wakes the caller, or until a deadline.
---@param place table  one whose `park` takes no argument
---@param deadline number  on the host's clock, in seconds
---@return table? waiter  the caller, with what it was handed; nil if the deadline came first
return function(place, deadline)
  local self = setmetatable({
    wanted = place, alarm = false, task = false, is_late = false, place = false, index = false,
  }, TimedWait)
  self.alarm = setmetatable({ timed = self, place = false, index = false }, Alarm)
  local waiter = wait(self, deadline)
  if self.is_late then return nil end
  return waiter
end
