--- `all`, `any` and `settle`: waiting for several awaitables at once.
--
-- The task waits at a gathering: a place that parks an arm at each awaitable, and wakes the task
-- whenever one of them is woken. What is waited for is not touched: tasks go on. An awaitable that
-- is not neap's own, with nothing but a `wait` method, is waited for by a helper task.

---@diagnostic disable: access-invisible
local awaitable = require "neap.kernel.awaitable"
local cycles = require "neap.task.cycles"
local protected = require "neap.pcall.protected"
local runs = require "neap.kernel.runs"
local tasks = require "neap.task.task"
local vm = require "neap.kernel.vm"
local Waiters = require "neap.kernel.waiters"

local error, setmetatable = error, setmetatable
local is_own, state, wait = awaitable.is_own, runs.state, tasks.wait

local combine = {}

--- Stands for the waiting task at one awaitable.
---@class neap.GatheringArm: neap.Waiter
---@field gathering neap.Gathering
---@field number integer  the awaitable's index in the list
---@field awaited table  what it waits for
---@field helper neap.inside.Task|false  is that, if it is not neap's own
local Arm = { helper = false }
Arm.__index = Arm


function Arm:wake(giver, value)
  local gathering = self.gathering
  self.giver, self.value = giver or false, value
  local count = gathering.woken_count + 1
  gathering.woken[count], gathering.woken_count = self, count
  if gathering.task then gathering:release() end
end


---@class neap.Gathering
---@field private arms (neap.GatheringArm|false)[]  false once it has been looked at
---@field private woken neap.GatheringArm[]  those that were woken, in order
---@field private woken_count integer
---@field private seen integer  how many of them have been looked at
---@field private left integer  how many of the list have not been
---@field private asked integer  how many arms have been asked, in order, since the task has waited
---@field private is_parked boolean  whether the arms are
---@field private task table|false  who waits
local Gathering = {}
Gathering.__index = Gathering


local function new(list, count)
  local self = setmetatable({
    arms = {}, woken = {}, woken_count = 0, seen = 0, left = count,
    asked = 0, is_parked = false, task = false,
  }, Gathering)
  for i = 1, count do
    self.arms[i] = setmetatable({
      gathering = self, number = i, awaited = list[i], place = false, giver = false, index = false,
    }, Arm)
  end
  return self
end


--- Parks the arms, each at what it waits for, unless one of those is ready by now. This allocates,
-- so the collector may call a finalizer of the user's, which may wake one of them or cancel the
-- task. All are asked before the first is parked: an arm that is parked makes the other end of its
-- channel ready, and the task does not meet itself.
local function park_arms(self)
  local arms, count = self.arms, #self.arms
  for i = 1, count do
    local arm = arms[i]
    if arm and not is_own(arm.awaited) then
      arm.helper = tasks.spawn(awaitable.wait, arm.awaited)
      arm.awaited = arm.helper
    end
  end
  for i = 1, count do
    if arms[i] and arms[i].awaited:is_ready() then return end
  end
  self.is_parked = true
  for i = 1, count do
    local arm = arms[i]
    if arm then
      local place, argument = arm.awaited:place_to_wait()
      place:park(arm, argument)
    end
  end
end


function Gathering:park(task)
  local was_concluding = task.is_concluding -- a finalizer of the task may wait here, too
  task.place, self.task = self, task
  if not self.is_parked then park_arms(self) end
  if task.is_concluding and not was_concluding then return self:pass_on() end
  if self.task and not (self.is_parked and self.seen == self.woken_count) then self:release() end
end


--- Wakes the task. If it is cancelled before it runs, `pass_on` gives back what the arms have got.
function Gathering:release()
  local task = self.task
  task.place, self.task = false, false
  return task:wake(self)
end


--- Takes all arms out, and gives back what they were handed: the task has been cancelled, or waits
-- for no more of the list.
function Gathering:pass_on()
  for i = 1, #self.arms do
    local arm = self.arms[i]
    if arm then
      Waiters.withdraw(arm)
      if arm.helper then arm.helper:cancel() end
    end
  end
end

function Gathering:remove(task)
  task.place, self.task = false, false
  return self:pass_on()
end

--- Whom the task needs: any of those that its arms need.
function Gathering:needs() return cycles.needs_of_any(self.arms, #self.arms) end

function Gathering:describe()
  return self.left .. (self.left == 1 and " awaitable" or " awaitables")
end


--- Waits until one more of the awaitables is ready, and takes what it gives.
---@return integer number  its index in the list
---@return boolean ok
---@return any ...  its results or its error
local function next_end(self)
  local arms = self.arms
  while self.seen == self.woken_count do
    if not self.is_parked then
      for i = self.asked + 1, #arms do
        local awaited = arms[i] and arms[i].awaited
        if awaited and is_own(awaited) and awaited:is_ready() then
          arms[i], self.left, self.asked = false, self.left - 1, i
          return i, protected.pcall(awaited.wait, awaited)
        end
      end
      self.asked = 0
    end
    wait(self).giver = false
  end
  self.seen = self.seen + 1
  local arm = self.woken[self.seen]
  arms[arm.number], self.left = false, self.left - 1
  return arm.number, protected.pcall(arm.awaited.claim, arm.awaited, arm)
end


--- Calls fn(number, ok, ...) for each awaitable of a list, in the order in which they are ready,
-- with its results or its error, until fn returns true.
local function gather(list, count, fn)
  if state.is_cancelling then tasks.checkpoint() end
  local self = new(list, count)
  while self.left > 0 do
    if fn(next_end(self)) then return self:pass_on() end
  end
end


--- Waits until all have ended well.
---@param list table[]  awaitables
---@return table results  the first result of each, in the order of the list; their number in `n`
-- Raises the first error, in the order of time.
function combine.all(list)
  local count = awaitable.check_list(list, "all", true)
  local results, has_failed, failure = { n = count }, false, nil
  gather(list, count, function(number, ok, result)
    if ok then results[number] = result else has_failed, failure = true, result end
    return has_failed
  end)
  if has_failed then error(failure, 0) end
  return results
end


--- Waits until one has ended well.
---@param list table[]  awaitables, at least one
---@return any ...  its results
-- Raises the error of the last one to fail, if all do.
function combine.any(list)
  local count = awaitable.check_list(list, "any", false)
  local winner, failure
  gather(list, count, function(_, ok, ...)
    if ok then winner = vm.pack(...) else failure = (...) end
    return ok
  end)
  if not winner then error(failure, 0) end
  return vm.unpack(winner, 1, winner.n)
end


--- Waits until all have ended, well or not.
---@param list table[]  awaitables
---@return table outcomes  in the order of the list: `{ ok = true, n = count, ... }` with the
--- results, or `{ ok = false, error = err }`
function combine.settle(list)
  local count = awaitable.check_list(list, "settle", true)
  local outcomes = {}
  gather(list, count, function(number, ok, ...)
    local outcome = ok and vm.pack(...) or { error = (...) }
    outcomes[number], outcome.ok = outcome, ok
  end)
  return outcomes
end

return combine
