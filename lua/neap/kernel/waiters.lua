--- A list of those who wait, first come first served.
--
-- A **waiter** is a task, an arm of a `select`, or whoever stands in for one. Its fields are the
-- same in all of them:
--
-- | field | meaning |
-- | --- | --- |
-- | `place` | where it is parked; false when it is not |
-- | `index` | where in that place, for whom it is to find |
-- | `value` | what it goes on with: a task's arguments, what it was handed, at last its results |
-- | `giver` | who handed it the value, and takes that back if it never gets to run; or false |
-- | `order` | its number in the heap of the timers, or of what its giver has handed over |
-- | `deadline` | when it is due, in the list of the timers |
-- | `offer` | the value that it brings, as a sender |
--
-- A **place** is anything with these methods:
--
-- - `park(waiter, argument)` takes it in: from now on it can be woken;
-- - `remove(waiter)` takes it out, exactly, and clears its `place`; whoever wakes a waiter does
--   this first, and then calls `waiter:wake(giver, value)`;
-- - `describe(waiter)` says what it waits for, in a report;
-- - `pass_on(waiter)`, of a place that hands over what must not be lost, takes that back;
-- - `needs(waiter)`, of one whose waiters only tasks can wake, lists those of which one has to end,
--   or to let go, first; nil if something else may do;
-- - `due(waiter)`, of one with a deadline, tells when that is, on the host's clock.
--
-- This list is an array. Who leaves from the middle leaves a hole (false); the head is never one.
-- When the array is full to its limit, those who are left move to its beginning, so that neither
-- holes nor a queue that is never empty make it grow.

local hooks = require "neap.kernel.hooks"

---@class neap.Waiter
---@field place table|false
---@field index any
---@field value any
---@field giver table|false
---@field order number?
---@field deadline number?
---@field offer any

---@class neap.Waiters
---@field queue table[]
---@field first integer  where the head is: `queue[first]` is nil or false in an empty list
---@field last integer  0 in an empty list
---@field private limit integer
---@field owner table  what they wait for: `describe(purpose, waiter)`, and `needs(waiter, purpose)`
---@field private purpose string
local Waiters = {}
Waiters.__index = Waiters

local setmetatable = setmetatable

--- How many fit in before the first look at how many are left; larger arrays are not kept.
local SMALL = 32


--- Makes an empty list.
---@param owner table  with a method `describe(purpose, waiter)`
---@param purpose? string  what its waiters do: "receive", "send"
function Waiters.new(owner, purpose)
  return setmetatable({
    queue = {}, first = 1, last = 0, limit = SMALL, owner = owner, purpose = purpose,
  }, Waiters)
end


--- Moves those who are left to the beginning.
---@return integer count
local function compact(self)
  local queue, count = self.queue, 0
  for i = self.first, self.last do
    local waiter = queue[i]
    if waiter then
      count = count + 1
      if count < i then
        queue[i], queue[count], waiter.index = false, waiter, count
      end
    end
  end
  self.first, self.last = 1, count
  self.limit = 2 * count + SMALL
  return count
end


--- Appends a waiter. What may allocate comes first: where there is no memory for it, nobody has
-- been taken in.
function Waiters:park(waiter)
  local last = self.last + 1
  if last > self.limit then last = compact(self) + 1 end
  waiter.index = last
  self.queue[last] = waiter
  self.last, waiter.place = last, self
end


--- Takes a waiter out, wherever it stands.
function Waiters:remove(waiter)
  local queue, index = self.queue, waiter.index
  waiter.place, queue[index] = false, false
  if index ~= self.first then return end
  local last = self.last
  while index < last do
    index = index + 1
    if queue[index] then
      self.first = index
      return
    end
  end
  self.last = 0
  if index == 1 then return end
  self.first = 1
  if last > SMALL then hooks.tidy_later(self) end
end


--- Gives back what the array of an empty list has grown to.
function Waiters:tidy()
  local fresh = {} -- the collector may call code of the user's here, which parks somebody
  if self.last == 0 then self.queue, self.limit = fresh, SMALL end
end


--- The first in line.
function Waiters:head() return self.queue[self.first] or nil end


--- Takes everyone out and wakes them, in order.
---@param giver? table  whose `pass_on` is called for each that never gets to run
function Waiters:wake_all(giver)
  local waiter = self.queue[self.first]
  while waiter do
    self:remove(waiter)
    waiter:wake(giver)
    waiter = self.queue[self.first]
  end
end


--- What a waiter waits for.
function Waiters:describe(waiter) return self.owner:describe(self.purpose, waiter) end

--- Whom a waiter needs.
function Waiters:needs(waiter)
  local needs = self.owner.needs
  return needs and needs(self.owner, waiter, self.purpose)
end


--- Takes a waiter from where it waits, whatever that is, and gives back what it was handed.
function Waiters.withdraw(waiter)
  local place, giver = waiter.place, waiter.giver
  if place then place:remove(waiter) end
  if giver then
    waiter.giver = false
    giver:pass_on(waiter)
  end
end

return Waiters
