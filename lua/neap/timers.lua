--- Deadlines, earliest first; equal ones in the order they were set.
--
-- A binary heap of waiters. Each holds its deadline in `value`, the number of its arrival, to break
-- ties, in `count`, and its slot, so a cancelled one leaves in logarithmic time and nothing of it
-- stays behind; a timer that was set last and is cancelled first, as most timeouts are, leaves from
-- the bottom in constant time. When the heap has shrunk to a quarter of what it held, it moves to a
-- new array, for Lua's tables never shrink by themselves.

---@class neap.Timers
---@field count integer
---@field private heap table[]
---@field private arrivals integer
---@field private peak integer  the most it held since the array was made
local Timers = {}
Timers.__index = Timers

local setmetatable = setmetatable

--- Makes an empty heap.
---@return neap.Timers
function Timers.new()
  return setmetatable({ count = 0, heap = {}, arrivals = 0, peak = 0 }, Timers)
end


--- Puts a waiter where it belongs, between an empty slot and the root.
local function move_up(heap, slot, waiter)
  local deadline, order = waiter.value, waiter.count
  while slot > 1 do
    local parent = (slot - slot % 2) / 2
    local above = heap[parent]
    local earlier = above.value
    if earlier < deadline or (earlier == deadline and above.count < order) then break end
    heap[slot], above.slot = above, slot
    slot = parent
  end
  heap[slot], waiter.slot = waiter, slot
end


--- Moves an empty slot down to the bottom, along the earlier of each two.
local function sink(heap, slot, count)
  local child = slot * 2
  while child <= count do
    local below = heap[child]
    if child < count then
      local other = heap[child + 1]
      local deadline, others = below.value, other.value
      if others < deadline or (others == deadline and other.count < below.count) then
        child, below = child + 1, other
      end
    end
    heap[slot], below.slot = below, slot
    slot = child
    child = slot * 2
  end
  return slot
end


local function shrink(self)
  local heap = {}
  for slot = 1, self.count do heap[slot] = self.heap[slot] end
  self.heap, self.peak = heap, self.count
end


--- Sets a waiter's deadline.
---@param waiter table
---@param deadline number  in the clock's seconds
function Timers:park(waiter, deadline)
  local count, order = self.count + 1, self.arrivals + 1
  self.count, self.arrivals = count, order
  if count > self.peak then self.peak = count end
  waiter.parked, waiter.value, waiter.count = self, deadline, order
  move_up(self.heap, count, waiter)
end


--- Takes a waiter out, due or not.
---@param waiter table
function Timers:remove(waiter)
  local heap, slot, count = self.heap, waiter.slot, self.count
  waiter.slot = false
  local last = heap[count]
  heap[count] = nil
  self.count = count - 1
  if slot < count then move_up(heap, sink(heap, slot, count - 1), last) end
  if self.peak > 256 and count * 4 < self.peak then shrink(self) end
end


--- The earliest deadline that will ever come.
---@return number?  nil if there is none
function Timers:next_deadline()
  local waiter = self.heap[1]
  if waiter and waiter.value ~= math.huge then return waiter.value end
end


--- Wakes all waiters whose deadline has come.
---@param now number
function Timers:wake_due(now)
  local waiter = self.heap[1]
  while waiter and waiter.value <= now do
    self:remove(waiter)
    waiter:wake()
    waiter = self.heap[1]
  end
end


--- Calls fn with each waiter, in no order.
---@param fn fun(waiter: table)
function Timers:each(fn)
  for slot = 1, self.count do fn(self.heap[slot]) end
end


--- What its waiters wait for, for a deadlock report.
---@return string
function Timers.describe()
  return "a deadline that never comes"
end

return Timers
