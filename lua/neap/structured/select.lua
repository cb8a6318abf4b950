--- `select`: wait for several things at once and take the first.
--
-- First every arm is asked, in order, whether it is ready; the first that is wins, and nothing else
-- has happened. Otherwise the task is parked on all of them, through one arm each; whoever wakes an
-- arm takes the others out of their places, so that the losers are left as if never asked.
-- Something of somebody else's that has only a `wait` method is waited for by a helper task, which
-- is cancelled when it loses. (What such a `wait` had taken already, when the select itself is
-- cancelled, is not given back: nobody here knows how.)

local awaitable = require "neap.kernel.awaitable"
local clock = require "neap.kernel.clock"
local duration = require "neap.duration"
local scheduler = require "neap.kernel.scheduler"
local Task = require "neap.task.task"

local setmetatable = setmetatable
local is_own, timers = awaitable.is_own, scheduler.timers

--- One place that a choosing task is parked at.
local Arm = {}
Arm.__index = Arm

--- Makes the arm for an index of the list; 0 is that of the timeout.
local function new_arm(choice, index)
  local arm = setmetatable({
    choice = choice, index = index, awaited = false,
    parked = false, slot = false, value = nil, count = 0,
  }, Arm)
  choice[index] = arm
  return arm
end

function Arm:wake(grantor, value)
  local choice = self.choice
  local task = choice.task
  choice.winner, choice.awaited, task.count = self.index, self.awaited, self.count
  choice:remove(task)
  return task:wake(grantor, value)
end


--- The place of a task that is parked on all arms of a `select`.
---@class neap.Choice
---@field [integer] table  its arms; there may be more of them than the list has
---@field private list table[]
---@field private count integer  of the list
---@field private is_own boolean  whether all in the list are neap's own
---@field private deadline number?
---@field private helpers neap.Task[]|false
---@field private task table  who waits
---@field private winner integer  the index of the arm that was woken
---@field private awaited table  what that waited for
local Choice = {}
Choice.__index = Choice

--- One that is not in use, with its arms, if they are not too many to keep: who selects in a loop
-- gets the same again.
local idle, MANY = false, 64


function Choice:park(task)
  task.parked, task.slot, self.task = self, true, task
  local list, is_all_own = self.list, self.is_own
  for i = 1, self.count do
    local arm, awaited = self[i] or new_arm(self, i), list[i]
    if not (is_all_own or is_own(awaited)) then
      awaited = Task.spawn(awaitable.wait, awaited)
      self.helpers = self.helpers or {}
      self.helpers[#self.helpers + 1] = awaited
    end
    arm.awaited = awaited
    local place, argument = awaited:place()
    place:park(arm, argument)
  end
  if self.deadline then timers:park(self[0] or new_arm(self, 0), self.deadline) end
end


function Choice:remove(task)
  task.slot = false
  for i = self.deadline and 0 or 1, self.count do
    local arm = self[i]
    if arm.slot then arm.parked:remove(arm) end
    arm.awaited, arm.value = false, nil
  end
  local helpers = self.helpers
  if not helpers then return end
  for i = 1, #helpers do helpers[i]:cancel() end
end


function Choice:describe()
  return "select over " .. self.count .. (self.count == 1 and " arm" or " arms")
end


local function choose(list, count, is_all_own, deadline)
  while true do
    for i = 1, count do
      local awaited = list[i]
      if (is_all_own or is_own(awaited)) and awaited:is_ready() then return i, awaited:wait() end
    end
    local choice = idle or setmetatable({
      list = false, count = 0, is_own = true, deadline = nil, helpers = false,
      task = false, winner = 0, awaited = false,
    }, Choice)
    idle = false
    choice.list, choice.count, choice.is_own = list, count, is_all_own
    choice.deadline, choice.helpers = deadline, false
    local waiter = scheduler.wait(choice)
    local winner, awaited = choice.winner, choice.awaited
    choice.list, choice.helpers, choice.task, choice.awaited = false, false, false, false
    if count <= MANY then idle = choice end
    if winner == 0 then return nil, "timeout" end
    if waiter.parked or waiter.value or awaited:is_ready() then
      return winner, awaited:claim(waiter)
    end
    -- The list is its user's, who may have changed it meanwhile.
    count, is_all_own = #list, false
  end
end


--- Waits for the first of several awaitables that is ready.
---@param list table[]  awaitables, and `Channel:sending(v)`
---@param timeout? number|string  a duration
---@return integer? index  in the list; the lowest of several that are ready; nil after the timeout
---@return any ...  what its `wait` returns; "timeout"
-- Raises the error of the arm that is ready, if its `wait` would.
local function select(list, timeout)
  local count, is_all_own = awaitable.check_list(list, "select", timeout ~= nil)
  local deadline = timeout ~= nil and clock.now() + duration(timeout, 2, "select") or nil
  if scheduler.doomed then scheduler.checkpoint() end
  return choose(list, count, is_all_own, deadline)
end

return select
