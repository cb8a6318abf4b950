--- `select`: wait for several things at once and take the first.
--
-- First every arm is asked, in order, whether it is ready; the first that is wins, and nothing else
-- has happened. Otherwise the task is parked on all of them, through one arm each; whoever wakes an
-- arm takes the others out of their places, so that the losers are left as if never asked. An
-- awaitable that is not neap's own, with nothing but a `wait` method, is waited for by a helper
-- task, which is cancelled when it loses. (If the select itself is cancelled, what such a `wait`
-- has taken already is lost: it has no method by which to give it back.)

---@diagnostic disable: access-invisible, need-check-nil
local awaitable = require "neap.kernel.awaitable"
local clock = require "neap.kernel.clock"
local cycles = require "neap.task.cycles"
local duration = require "neap.duration"
local runs = require "neap.kernel.runs"
local tasks = require "neap.task.task"

local setmetatable = setmetatable
local ARM, is_own, state, wait = awaitable.ARM, awaitable.is_own, runs.state, tasks.wait

--- Stands for the waiting task at one place.
---@class neap.Arm: neap.Waiter
---@field choice neap.Choice
---@field number integer  the awaitable's index in the list; 0 for the timeout
---@field awaited table|false  what it waits for
local Arm = {}
Arm.__index = Arm


function Arm:wake(giver, value)
  local choice, task = self.choice, self.choice.task
  choice.winner, choice.awaited = self.number, self.awaited
  if giver then task.order = self.order end
  choice:remove(task)
  return task:wake(giver, value)
end


--- The place of a task that is parked on all arms of a `select`.
---@class neap.Choice
---@field [integer] neap.Arm  its arms; there may be more of them than the list has
---@field private arms integer  the number of the last one; there is one more, number 0
---@field private list table[]|false
---@field private count integer  of the list
---@field private is_own boolean  whether all in the list are neap's own
---@field private deadline number|false  on the host's clock, in seconds
---@field private helpers neap.inside.Task[]|false
---@field private task table|false  who waits
---@field private winner integer|false  the number of the arm that was woken
---@field private awaited table|false  what that waited for
local Choice = {}
Choice.__index = Choice

--- A choice that is not in use, with its arms: a task that selects in a loop gets the same again.
runs.declare_near { idle_choice = false }

--- A choice for a longer list than this is not kept.
local MANY = 64


--- A choice with an arm for each of so many awaitables, and one for a deadline. What this allocates
-- may have the collector call code of the user's, so it is done before anything is asked.
local function make(choice, count)
  choice = choice or setmetatable({
    list = false, count = 0, is_own = true, deadline = false,
    helpers = false, task = false, winner = false, awaited = false, arms = -1,
  }, Choice)
  for i = choice.arms + 1, count do
    choice[i] = setmetatable({
      choice = choice, number = i, awaited = false, place = false, index = false,
    }, Arm)
    choice.arms = i
  end
  return choice
end


--- Starts a helper for each awaitable that is not neap's own.
---@return table[]? list  with the helpers in it; nil if one of neap's own is ready by now
local function with_helpers(self)
  local list = {}
  self.helpers = {}
  for i = 1, self.count do
    list[i] = self.list[i]
    if not is_own(list[i]) then
      list[i] = tasks.spawn(awaitable.wait, list[i])
      self.helpers[#self.helpers + 1] = list[i]
    end
  end
  for i = 1, self.count do
    if list[i]:is_ready() then return nil end
  end
  return list
end


function Choice:park(task)
  task.place, self.task = self, task
  local list = self.is_own and self.list or with_helpers(self)
  if task.place ~= self then return self:remove(task) end
  if not list then
    self:remove(task)
    return task:wake()
  end
  for i = 1, self.count do
    local arm = self[i]
    arm.awaited = list[i]
    local place, argument = list[i]:place_to_wait()
    place:park(arm, argument)
  end
  if self.deadline then state.timers:park(self[0], self.deadline) end
  -- While they were parked, a finalizer that the collector called may have woken one of them, or
  -- cancelled the task.
  if task.place ~= self then self:remove(task) end
end


function Choice:remove(task)
  task.place = false
  for i = self.deadline and 0 or 1, self.count do
    local arm = self[i]
    if arm.place then arm.place:remove(arm) end
    arm.awaited = false
  end
  local helpers = self.helpers
  if not helpers then return end
  for i = 1, #helpers do helpers[i]:cancel() end
end


--- Whom the task needs: any of those that its arms need; with a deadline, nobody.
function Choice:needs()
  if not self.deadline then return cycles.needs_of_any(self, self.count) end
end

function Choice:due() return self.deadline or nil end

function Choice:describe()
  return "select over " .. self.count .. (self.count == 1 and " arm" or " arms")
end


local function choose(list, count, is_all_own, deadline)
  while true do
    local choice = state.idle_choice
    state.idle_choice = false
    if not choice or choice.arms < count then choice = make(choice, count) end
    for i = 1, count do
      local awaited = list[i]
      if (is_all_own or is_own(awaited)) and awaited:is_ready() then
        if count <= MANY then state.idle_choice = choice end
        if awaitable.prefer then
          local preferred = awaitable.prefer(list, i, count)
          return preferred, list[preferred]:wait(ARM, preferred)
        end
        return i, awaited:wait(ARM, i)
      end
    end
    choice.list, choice.count, choice.is_own, choice.deadline = list, count, is_all_own, deadline
    local waiter = wait(choice)
    local winner, awaited = choice.winner, choice.awaited
    choice.list, choice.helpers, choice.task = false, false, false
    choice.winner, choice.awaited = false, false
    if count <= MANY then state.idle_choice = choice end
    if winner == 0 then return nil, "timeout" end
    if winner then return winner, awaited:claim(waiter, winner) end
    -- An awaitable became ready before all arms were parked: the list is asked again.
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
