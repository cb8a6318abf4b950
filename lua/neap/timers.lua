--- Deadlines, earliest first; equal ones in the order they were set.
--
-- A binary heap in parallel arrays. Each waiter knows its slot, so a cancelled one leaves in
-- logarithmic time and nothing of it stays behind; a timer that was set last and is cancelled
-- first, as most timeouts are, leaves from the bottom in constant time. When the heap has shrunk to
-- a quarter of what it held, it moves to new arrays, for Lua's tables never shrink by themselves.

---@class neap.Timers
---@field count integer
---@field private waiters table[]
---@field private deadlines number[]
---@field private orders integer[]  the number of each arrival, to break ties
---@field private arrivals integer
---@field private peak integer  the most it held since the arrays were made
local Timers = {}
Timers.__index = Timers

local floor, setmetatable = math.floor, setmetatable

--- Makes an empty heap.
---@return neap.Timers
function Timers.new()
  return setmetatable({
    count = 0, waiters = {}, deadlines = {}, orders = {}, arrivals = 0, peak = 0,
  }, Timers)
end


local function move_up(self, slot, waiter, deadline, order)
  local waiters, deadlines, orders = self.waiters, self.deadlines, self.orders
  while slot > 1 do
    local parent = floor(slot / 2)
    local above = deadlines[parent]
    if above < deadline or (above == deadline and orders[parent] < order) then break end
    local moved = waiters[parent]
    waiters[slot], deadlines[slot], orders[slot] = moved, above, orders[parent]
    moved.slot = slot
    slot = parent
  end
  waiters[slot], deadlines[slot], orders[slot] = waiter, deadline, order
  waiter.slot = slot
end


local function move_down(self, slot, waiter, deadline, order)
  local waiters, deadlines, orders, count = self.waiters, self.deadlines, self.orders, self.count
  while true do
    local child = slot * 2
    if child > count then break end
    local below, below_order = deadlines[child], orders[child]
    if child < count then
      local other = deadlines[child + 1]
      if other < below or (other == below and orders[child + 1] < below_order) then
        child = child + 1
        below, below_order = other, orders[child]
      end
    end
    if deadline < below or (deadline == below and order < below_order) then break end
    local moved = waiters[child]
    waiters[slot], deadlines[slot], orders[slot] = moved, below, below_order
    moved.slot = slot
    slot = child
  end
  waiters[slot], deadlines[slot], orders[slot] = waiter, deadline, order
  waiter.slot = slot
end


local function shrink(self)
  local waiters, deadlines, orders = {}, {}, {}
  for slot = 1, self.count do
    waiters[slot], deadlines[slot], orders[slot] =
      self.waiters[slot], self.deadlines[slot], self.orders[slot]
  end
  self.waiters, self.deadlines, self.orders, self.peak = waiters, deadlines, orders, self.count
end


--- Sets a waiter's deadline.
---@param waiter table
---@param deadline number  in the clock's seconds
function Timers:park(waiter, deadline)
  local count = self.count + 1
  self.count = count
  if count > self.peak then self.peak = count end
  local order = self.arrivals + 1
  self.arrivals = order
  waiter.parked = self
  move_up(self, count, waiter, deadline, order)
end


--- Takes a waiter out, due or not.
---@param waiter table
function Timers:remove(waiter)
  local slot, count = waiter.slot, self.count
  local waiters, deadlines, orders = self.waiters, self.deadlines, self.orders
  local last, deadline, order = waiters[count], deadlines[count], orders[count]
  waiters[count], deadlines[count], orders[count] = nil, nil, nil
  self.count = count - 1
  if slot < count then
    move_down(self, slot, last, deadline, order)
    if last.slot == slot then move_up(self, slot, last, deadline, order) end
  end
  waiter.slot, waiter.parked = nil, nil
  if self.peak > 256 and count * 4 < self.peak then shrink(self) end
end


--- The earliest deadline that will ever come.
---@return number?  nil if there is none
function Timers:next_deadline()
  local deadline = self.deadlines[1]
  if deadline ~= math.huge then return deadline end
end


--- Wakes all waiters whose deadline has come.
---@param now number
function Timers:wake_due(now)
  while self.count > 0 and self.deadlines[1] <= now do
    local waiter = self.waiters[1]
    self:remove(waiter)
    waiter:wake()
  end
end


--- Calls fn with each waiter, in no order.
---@param fn fun(waiter: table)
function Timers:each(fn)
  for slot = 1, self.count do fn(self.waiters[slot]) end
end


--- What its waiters wait for, for a deadlock report.
---@return string
function Timers.describe()
  return "a deadline that never comes"
end

return Timers
