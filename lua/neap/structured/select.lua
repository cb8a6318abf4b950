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
local runs = require "neap.kernel.runs"
local tasks = require "neap.task.task"

local setmetatable = setmetatable
local is_own, state, wait = awaitable.is_own, runs.state, tasks.wait

--- Who stands for a choosing task in one place.
---@class neap.Arm
---@field choice neap.Choice
---@field number integer  of the list; 0 is the timeout's
---@field awaited table|false  what it waits for
local Arm = {}
Arm.__index = Arm


function Arm:wake(giver, value)
  local choice, task = self.choice, self.choice.task
  choice.winner = self
  if giver then task.order = self.order end
  choice:remove(task)
  return task:wake(giver, value)
end


--- The place of a task that is parked on all arms of a `select`.
---@class neap.Choice
---@field [integer] neap.Arm  its arms; there may be more of them than the list has
---@field private list table[]|false
---@field private count integer  of the list
---@field private is_own boolean  whether all in the list are neap's own
---@field private deadline number|false
---@field private helpers neap.Task[]|false
---@field private task table|false  who waits
---@field private winner neap.Arm|false  the arm that was woken
local Choice = {}
Choice.__index = Choice

--- One that is not in use, with its arms, if they are not too many to keep: who selects in a loop
-- gets the same again.
runs.declare { idle_choice = false }
local MANY = 64


--- A choice with an arm for each of so many awaitables, and one for a deadline. What it allocates
-- may have the collector call code of the user's, so it is made before anything is asked.
local function acquire(count)
  local choice = state.idle_choice or setmetatable({
    list = false, count = 0, is_own = true, deadline = false,
    helpers = false, task = false, winner = false,
  }, Choice)
  state.idle_choice = false
  for i = 0, count do
    choice[i] = choice[i] or setmetatable({
      choice = choice, number = i, awaited = false,
      place = false, giver = false, index = false, value = nil, order = 0,
    }, Arm)
  end
  return choice
end


local function release(choice, count)
  choice.list, choice.helpers, choice.task, choice.winner = false, false, false, false
  for i = 1, count do choice[i].awaited = false end
  if count <= MANY then state.idle_choice = choice end
end


--- Starts a helper for each awaitable that is not neap's own.
---@return boolean  whether, meanwhile, one of neap's own has become ready
local function start_helpers(self)
  self.helpers = {}
  for i = 1, self.count do
    local arm = self[i]
    if not is_own(arm.awaited) then
      arm.awaited = tasks.spawn(awaitable.wait, arm.awaited)
      self.helpers[#self.helpers + 1] = arm.awaited
    end
  end
  for i = 1, self.count do
    if self[i].awaited:is_ready() then return true end
  end
  return false
end


function Choice:park(task)
  local list, count = self.list, self.count
  for i = 1, count do self[i].awaited = list[i] end
  task.place, self.task = self, task
  if not self.is_own and start_helpers(self) then
    self:remove(task)
    return task:wake()
  end
  for i = 1, count do
    -- The first to be parked may be woken while the next one is, by a finalizer of the user's.
    if self.winner then return self:remove(task) end
    local place, argument = self[i].awaited:place_to_wait()
    place:park(self[i], argument)
  end
  if self.deadline then state.timers:park(self[0], self.deadline) end
  if self.winner then self:remove(task) end
end


function Choice:remove(task)
  task.place = false
  for i = self.deadline and 0 or 1, self.count do
    local arm = self[i]
    if arm.place then arm.place:remove(arm) end
    arm.offer = nil
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
    local choice = acquire(count)
    for i = 1, count do
      local awaited = list[i]
      if (is_all_own or is_own(awaited)) and awaited:is_ready() then
        release(choice, count)
        return i, awaited:wait()
      end
    end
    choice.list, choice.count, choice.is_own, choice.deadline = list, count, is_all_own, deadline
    local waiter = wait(choice)
    local winner = choice.winner
    local awaited = winner and winner.awaited
    release(choice, count)
    if awaited then return winner.number, awaited:claim(waiter) end
    if winner then return nil, "timeout" end
    -- Something had become ready before all were parked: the list is asked again.
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
  local deadline = timeout ~= nil and clock.now() + duration(timeout, 2, "select")
  if state.is_cancelling then tasks.checkpoint() end
  return choose(list, count, is_all_own, deadline)
end

return select
