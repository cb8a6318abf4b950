--- A list of those who wait, first come first served.
--
-- A waiter is a task, an arm of a `select`, or a stand-in of either's. It knows where it waits:
-- `parked` is the place, and `slot` tells where in there, so that one that is cancelled leaves at
-- once. Once it has been taken out, `slot` is false and `parked` is who handed it something, if
-- anybody did, and takes that back if the waiter never gets to run. A place is anything with
-- `park`, `remove` and `describe`: a list, the timers, a `select`.
--
-- The list is an array. Who leaves from the middle leaves a hole (false); the head is never one.
-- When the array is full to its limit, those who are left move to its beginning, so that neither
-- holes nor a queue that is never empty make it grow.

---@class neap.Waiters
---@field queue table[]
---@field first integer  where the head is: `queue[first]` is nil or false in an empty list
---@field last integer  0 in an empty list
---@field private limit integer
---@field owner table  what the waiters wait for; it describes itself in reports
---@field private purpose string
local Waiters = {}
Waiters.__index = Waiters

local setmetatable = setmetatable

--- How many fit in before the first look at how many are left; larger arrays are not kept.
local SMALL = 32


--- Makes an empty list.
---@param owner table  with a method `describe(purpose)`
---@param purpose? string  what its waiters do: "receive", "send"
---@return neap.Waiters
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
        queue[i], queue[count], waiter.slot = false, waiter, count
      end
    end
  end
  self.first, self.last = 1, count
  self.limit = 2 * count + SMALL
  return count
end


--- Appends a waiter.
---@param waiter table
---@param value? any  what it brings (a sender's value)
function Waiters:park(waiter, value)
  local last = self.last + 1
  if last > self.limit then last = compact(self) + 1 end
  self.queue[last], self.last = waiter, last
  waiter.parked, waiter.slot, waiter.value = self, last, value
end


--- Takes a waiter out, wherever it stands.
---@param waiter table
function Waiters:remove(waiter)
  local queue, slot = self.queue, waiter.slot
  waiter.slot, queue[slot] = false, false
  if slot ~= self.first then return end
  local last = self.last
  while slot < last do
    slot = slot + 1
    if queue[slot] then
      self.first = slot
      return
    end
  end
  self.last = 0
  if slot > 1 then
    self.first = 1
    if slot > SMALL then self.queue, self.limit = {}, SMALL end
  end
end


--- The first in line.
---@return table?
function Waiters:head()
  return self.queue[self.first] or nil
end


--- Takes everyone out and wakes them, in order.
function Waiters:wake_all(value)
  local waiter = self.queue[self.first]
  while waiter do
    self:remove(waiter)
    waiter:wake(nil, value)
    waiter = self.queue[self.first]
  end
end


--- What its waiters wait for, for a deadlock report.
---@return string
function Waiters:describe()
  return self.owner:describe(self.purpose)
end


--- Takes a waiter from where it waits, whatever that is, or gives back what it was handed.
---@param waiter table
function Waiters.withdraw(waiter)
  local place = waiter.parked
  if not place then return end
  waiter.parked = false
  if waiter.slot then return place:remove(waiter) end
  place:pass_on(waiter)
end

return Waiters
