--- Deadlines, earliest first; equal ones in the order they were set.
--
-- Most programs wait for the same time again and again, so that the deadlines come in order: those
-- stand in a list. Who is to be woken before the last of the list goes into the heap.
--
-- In the heap each has four below it, in two arrays: deadlines are compared far more often than
-- waiters are moved, and lie close together. Each waiter holds the number of its arrival in
-- `count`, to break ties, and its slot, so a cancelled one leaves in logarithmic time and nothing
-- of it stays behind; a timer that was set last and is cancelled first, as most timeouts are,
-- leaves from the bottom in constant time. When the heap has shrunk to a quarter of what it held,
-- it moves to new arrays, for Lua's tables never shrink by themselves.

---@class neap.Timers
---@field count integer  how many are in the heap
---@field private deadlines number[]
---@field private waiters table[]
---@field private arrivals integer
---@field private peak integer  the most it held since the arrays were made
---@field list neap.Waiters  each with its deadline in `value`
---@field private latest number  the deadline that came last into the list
local Timers = {}
Timers.__index = Timers

local Waiters = require "neap.kernel.waiters"

local huge, setmetatable = math.huge, setmetatable

--- Makes an empty set of timers.
---@return neap.Timers
function Timers.new()
  local self = setmetatable({
    count = 0, deadlines = {}, waiters = {}, arrivals = 0, peak = 0, list = nil, latest = 0,
  }, Timers)
  self.list = Waiters.new(self)
  return self
end


--- Puts a waiter where it belongs, between an empty slot and the root.
local function move_up(self, slot, waiter, deadline)
  local deadlines, waiters, order = self.deadlines, self.waiters, waiter.count
  while slot > 1 do
    local parent = (slot + 2 - (slot + 2) % 4) / 4
    local above = deadlines[parent]
    if above <= deadline and (above < deadline or waiters[parent].count < order) then break end
    local moved = waiters[parent]
    deadlines[slot], waiters[slot], moved.slot = above, moved, slot
    slot = parent
  end
  deadlines[slot], waiters[slot], waiter.slot = deadline, waiter, slot
end


--- Moves an empty slot down to the bottom, along the earliest of each four.
local function sink(self, slot, count)
  local deadlines, waiters = self.deadlines, self.waiters
  local child = slot * 4 - 2
  while child <= count do
    local earliest, deadline = child, deadlines[child]
    for i = child + 1, child + 3 < count and child + 3 or count do
      local other = deadlines[i]
      if other <= deadline
          and (other < deadline or waiters[i].count < waiters[earliest].count) then
        earliest, deadline = i, other
      end
    end
    local moved = waiters[earliest]
    deadlines[slot], waiters[slot], moved.slot = deadline, moved, slot
    slot = earliest
    child = slot * 4 - 2
  end
  return slot
end


local function shrink(self)
  local deadlines, waiters = {}, {}
  for slot = 1, self.count do
    deadlines[slot], waiters[slot] = self.deadlines[slot], self.waiters[slot]
  end
  self.deadlines, self.waiters, self.peak = deadlines, waiters, self.count
end


--- Sets a waiter's deadline.
---@param waiter table
---@param deadline number  in the clock's seconds
function Timers:park(waiter, deadline)
  local order, list = self.arrivals + 1, self.list
  self.arrivals, waiter.count = order, order
  if deadline >= self.latest or list.last == 0 then
    self.latest = deadline
    return list:park(waiter, deadline)
  end
  local count = self.count + 1
  self.count, waiter.parked = count, self
  if count > self.peak then self.peak = count end
  move_up(self, count, waiter, deadline)
end


--- Takes a waiter out of the heap, due or not.
---@param waiter table
function Timers:remove(waiter)
  local deadlines, waiters, slot, count = self.deadlines, self.waiters, waiter.slot, self.count
  waiter.slot = false
  local last, deadline = waiters[count], deadlines[count]
  deadlines[count], waiters[count] = nil, nil
  self.count = count - 1
  if slot < count then move_up(self, sink(self, slot, count - 1), last, deadline) end
  if self.peak > 256 and count * 4 < self.peak then shrink(self) end
end


--- The earliest deadline that will ever come.
---@return number?  nil if there is none
function Timers:next_deadline()
  local head, deadline = self.list:head(), self.deadlines[1] or huge
  if head and head.value < deadline then deadline = head.value end
  if deadline < huge then return deadline end
end


--- Wakes all waiters whose deadline has come.
---@param now number
function Timers:wake_due(now)
  local list = self.list
  while true do
    local waiter, top = list.queue[list.first], self.deadlines[1]
    if top and top <= now and not (waiter and (waiter.value < top
        or waiter.value == top and waiter.count < self.waiters[1].count)) then
      waiter = self.waiters[1]
      self:remove(waiter)
    elseif waiter and waiter.value <= now then
      list:remove(waiter)
    else
      return
    end
    waiter:wake()
  end
end


--- Calls fn with each waiter, in no order.
---@param fn fun(waiter: table)
function Timers:each(fn)
  local list = self.list
  for slot = list.first, list.last do
    if list.queue[slot] then fn(list.queue[slot]) end
  end
  for slot = 1, self.count do fn(self.waiters[slot]) end
end


--- What its waiters wait for, for a deadlock report.
---@return string
function Timers.describe()
  return "a deadline that never comes"
end

return Timers
