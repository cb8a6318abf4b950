--- `select`: wait for several things at once and take the first.
--
-- First every arm is asked, in order, whether it is ready; the first that is wins, and nothing else
-- has happened. Otherwise the task is parked on all of them, through one arm each; whoever wakes an
-- arm takes the others out of their places, so that the losers are left as if never asked.
-- Something of somebody else's that has only a `wait` method is waited for by a helper task, which
-- is cancelled when it loses. (What such a `wait` had taken already, when the select itself is
-- cancelled, is not given back: nobody here knows how.)

local awaitable = require "neap.awaitable"
local clock = require "neap.clock"
local duration = require "neap.duration"
local scheduler = require "neap.scheduler"
local Task = require "neap.task"

local pairs, setmetatable = pairs, setmetatable

--- One place that a choosing task is parked at.
local Arm = {}
Arm.__index = Arm

function Arm:wake(grantor, value)
  local task = self.task
  task.parked:remove(task)
  task.winner, task.count = self.index, self.count
  return task:wake(grantor, value)
end


--- The place of a task that is parked on all arms of a `select`.
local Choice = {}
Choice.__index = Choice

function Choice:park(task)
  task.parked, task.slot = self, true
  local list = self.list
  for i = 1, #list do
    local awaited = list[i]
    if not awaitable.is_own(awaited) then
      awaited = Task.spawn(awaitable.wait, awaited)
      self.helpers = self.helpers or {}
      self.helpers[i] = awaited
    end
    local arm = setmetatable({
      task = task, index = i, awaited = awaited,
      parked = false, slot = false, value = nil, count = 0,
    }, Arm)
    self[i] = arm
    local place, argument = awaited:place()
    place:park(arm, argument)
  end
  if self.deadline then
    local arm = setmetatable({
      task = task, index = 0, parked = false, slot = false, value = nil, count = 0,
    }, Arm)
    self[#list + 1] = arm
    scheduler.timers:park(arm, self.deadline)
  end
end


function Choice:remove(task)
  task.slot = false
  for i = 1, #self do
    local arm = self[i]
    if arm.slot then arm.parked:remove(arm) end
  end
  if not self.helpers then return end
  for _, helper in pairs(self.helpers) do helper:cancel() end
end


function Choice:describe()
  local count = #self.list
  return "select over " .. count .. (count == 1 and " arm" or " arms")
end


local function choose(list, deadline)
  while true do
    for i = 1, #list do
      if awaitable.is_own(list[i]) and list[i]:is_ready() then return i, list[i]:wait() end
    end
    local choice = setmetatable({ list = list, deadline = deadline, helpers = nil }, Choice)
    local waiter = scheduler.wait(choice)
    local winner = waiter.winner
    if winner == 0 then return nil, "timeout" end
    local awaited = choice[winner].awaited
    if waiter.parked or waiter.value or awaited:is_ready() then
      return winner, awaited:claim(waiter)
    end
  end
end


--- Waits for the first of several awaitables that is ready.
---@param list table[]  awaitables, and `Channel:sending(v)`
---@param timeout? number|string  a duration
---@return integer? index  in the list; the lowest of several that are ready; nil after the timeout
---@return any ...  what its `wait` returns; "timeout"
-- Raises the error of the arm that is ready, if its `wait` would.
local function select(list, timeout)
  awaitable.check_list(list, "select", timeout ~= nil)
  local deadline = timeout ~= nil and clock.now() + duration(timeout, 2, "select") or nil
  if scheduler.doomed then scheduler.checkpoint() end
  return choose(list, deadline)
end

return select
