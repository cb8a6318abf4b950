--- Waiting at a place, but no longer than to a deadline.
--
-- The task waits at its patience, which stands for it in two places: itself in the one that the
-- task wants, and its alarm at the timers. Whichever is woken first takes the other out.

---@diagnostic disable: access-invisible
local runs = require "neap.kernel.runs"
local tasks = require "neap.task.task"

local setmetatable, state, wait = setmetatable, runs.state, tasks.wait

---@class neap.Patience: neap.Waiter
---@field private wanted table  the place
---@field private alarm table
---@field private task table|false  who waits
---@field private is_late boolean
local Patience = {}
Patience.__index = Patience

local Alarm = {}
Alarm.__index = Alarm


function Patience:park(task, deadline)
  task.place, self.task = self, task
  self.wanted:park(self)
  state.timers:park(self.alarm, deadline)
end

function Patience:remove(task)
  task.place = false
  if self.place then self.place:remove(self) end
  if self.alarm.place then self.alarm.place:remove(self.alarm) end
end

function Patience:describe() return self.wanted:describe(self) end
function Patience:due() return self.alarm.place:due(self.alarm) end


function Patience:wake(giver, value)
  local task = self.task
  self:remove(task)
  if giver then task.order = self.order end
  return task:wake(giver, value)
end


--- The deadline has come.
function Alarm:wake()
  local patience = self.patience
  patience.is_late = true
  patience:remove(patience.task)
  return patience.task:wake()
end


--- Waits at a place until it wakes the caller, or to a deadline.
---@param place table
---@param deadline number
---@return table? waiter  who waited: holds what it was handed; nil if the deadline came first
return function(place, deadline)
  local self = setmetatable({
    wanted = place, alarm = false, task = false, is_late = false, place = false, index = false,
  }, Patience)
  self.alarm = setmetatable({ patience = self, place = false, index = false }, Alarm)
  local waiter = wait(self, deadline)
  if self.is_late then return nil end
  return waiter
end
