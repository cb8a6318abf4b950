--- Deadlines, earliest first; equal ones in the order they were set.
--
-- Most programs wait for the same time again and again, so that the deadlines come in order: those
-- stand in a list. Who is to be woken before the last that came into the list goes into the heap,
-- as long as there are any: so of equal deadlines, those in the list were set first.
--
-- In the heap each has four below it, in two arrays: deadlines are compared far more often than
-- waiters are moved, and lie close together. A waiter's `order`, the number of its arrival, breaks
-- ties, and its `index` finds it, so a cancelled one leaves in logarithmic time and nothing of it
-- stays behind; a timer that was set last and is cancelled first, as most timeouts are, leaves from
-- the bottom in constant time. When the heap has shrunk to a quarter of what it held, it moves to
-- new arrays, for Lua's tables never shrink by themselves.

---@diagnostic disable: call-non-callable, need-check-nil
local hooks = require "neap.kernel.hooks"
local Waiters = require "neap.kernel.waiters"

local huge, setmetatable = math.huge, setmetatable

---@class neap.Timers
---@field soonest number  no deadline is earlier than this; math.huge if there is none
---@field time number  when the timers that were due have been woken last
---@field private list neap.Waiters
---@field private latest number  the deadline that came last into the list
---@field private arrivals integer
---@field private size integer  of the heap
---@field private deadlines number[]
---@field private waiters table[]
---@field private peak integer  the most the heap held since the arrays were made
local Timers = {}
Timers.__index = Timers


--- Makes an empty set of timers.
function Timers.new()
  local self = setmetatable({
    soonest = huge, time = 0, list = nil, latest = 0, arrivals = 0,
    size = 0, deadlines = {}, waiters = {}, peak = 0,
  }, Timers)
  self.list = Waiters.new(self)
  return self
end


--- Puts a waiter where it belongs, between an empty slot and the root. What may allocate comes
-- first: where there is no memory for it, nothing has been moved, and no deadline is left behind.
local function move_up(self, slot, waiter, deadline)
  local deadlines, waiters, order = self.deadlines, self.waiters, waiter.order
  while slot > 1 do
    local parent = (slot + 2 - (slot + 2) % 4) / 4
    local above = deadlines[parent]
    if above <= deadline and (above < deadline or waiters[parent].order < order) then break end
    local moved = waiters[parent]
    waiters[slot] = moved
    deadlines[slot] = above
    moved.index = slot
    slot = parent
  end
  waiters[slot] = waiter
  deadlines[slot] = deadline
  waiter.index = slot
end


--- Moves an empty slot down to the bottom, along the earliest of each four. (Written out, because a
-- loop over the four takes longer.)
local function sink(self, slot, size)
  local deadlines, waiters = self.deadlines, self.waiters
  local child = slot * 4 - 2
  while child <= size do
    local earliest, deadline = child, deadlines[child]
    local b, c, d = deadlines[child + 1], deadlines[child + 2], deadlines[child + 3]
    if b and b <= deadline
        and (b < deadline or waiters[child + 1].order < waiters[earliest].order) then
      earliest, deadline = child + 1, b
    end
    if c and c <= deadline
        and (c < deadline or waiters[child + 2].order < waiters[earliest].order) then
      earliest, deadline = child + 2, c
    end
    if d and d <= deadline
        and (d < deadline or waiters[child + 3].order < waiters[earliest].order) then
      earliest, deadline = child + 3, d
    end
    local moved = waiters[earliest]
    deadlines[slot], waiters[slot], moved.index = deadline, moved, slot
    slot = earliest
    child = slot * 4 - 2
  end
  return slot
end


--- Gives back what the arrays of the heap have grown to.
function Timers:tidy()
  local deadlines, waiters = {}, {}
  for slot = 1, self.size do
    deadlines[slot], waiters[slot] = self.deadlines[slot], self.waiters[slot]
  end
  self.deadlines, self.waiters, self.peak = deadlines, waiters, self.size
end


--- Takes a waiter out of the heap.
local function remove_from_heap(self, waiter)
  local deadlines, waiters, slot, size = self.deadlines, self.waiters, waiter.index, self.size
  waiter.place = false
  local last, deadline = waiters[size], deadlines[size]
  deadlines[size], waiters[size] = nil, nil
  self.size = size - 1
  if slot < size then move_up(self, sink(self, slot, size - 1), last, deadline) end
  local peak = self.peak
  if peak > 256 and size * 4 < peak then
    self.peak = 0
    hooks.tidy_later(self)
  end
end


--- Sets a waiter's deadline.
---@param deadline number  seconds on the clock
function Timers:park(waiter, deadline)
  if deadline >= self.latest or self.size == 0 and self.list.last == 0 then
    self.latest, waiter.deadline = deadline, deadline
    self.list:park(waiter)
  else
    local order, size = self.arrivals + 1, self.size + 1
    self.arrivals, waiter.order, waiter.index = order, order, size
    if size > self.peak then self.peak = size end
    move_up(self, size, waiter, deadline)
    self.size = size
  end
  waiter.place = self
  if deadline < self.soonest then self.soonest = deadline end
end


--- Takes a waiter out, due or not.
function Timers:remove(waiter)
  local list = self.list
  if list.queue[waiter.index] == waiter then
    list:remove(waiter)
  else
    remove_from_heap(self, waiter)
  end
  if list.last == 0 and self.size == 0 then self.soonest = huge end
end


--- The earliest deadline that will ever come.
---@return number?  nil if there is none
function Timers:next_deadline()
  local list, soonest = self.list, self.deadlines[1] or huge
  local head = list.queue[list.first]
  if head and head.deadline < soonest then soonest = head.deadline end
  self.soonest = soonest
  if soonest < huge then return soonest end
end


--- Wakes all waiters whose deadline has come.
---@param now number
function Timers:wake_due(now)
  self.time = now
  if now < self.soonest then return end
  local list = self.list
  while true do
    local waiter, top = list.queue[list.first], self.deadlines[1]
    if top and top <= now and not (waiter and waiter.deadline <= top) then
      waiter = self.waiters[1]
      remove_from_heap(self, waiter)
    elseif waiter and waiter.deadline <= now then
      list:remove(waiter)
    else
      local soonest = waiter and waiter.deadline or huge
      self.soonest = top and top < soonest and top or soonest
      return
    end
    waiter:wake()
  end
end


--- The waiters with the earliest deadline, in the order in which they were set; nil unless that has
-- come.
local function first_due(self, now)
  local deadline = self:next_deadline()
  if not deadline or deadline > now then return nil end
  local list, due = self.list, {}
  for i = list.first, list.last do
    local waiter = list.queue[i]
    if waiter and waiter.deadline == deadline then due[#due + 1] = waiter end
  end
  local count = #due
  for slot = 1, self.size do
    if self.deadlines[slot] == deadline then
      local waiter, i = self.waiters[slot], #due
      while i > count and due[i].order > waiter.order do
        due[i + 1], i = due[i], i - 1
      end
      due[i + 1] = waiter
    end
  end
  return due
end


local wake_in_order = Timers.wake_due

--- A seam, free when unused: has fn choose which of several with equal deadlines is woken first;
-- nil for the one that was set first.
---@param fn? fun(waiters: table[]): integer
function Timers.choose_with(fn)
  Timers.wake_due = fn and function(self, now)
    self.time = now
    local due = first_due(self, now)
    while due do
      local waiter = due[due[2] and fn(due) or 1]
      if waiter.place == self then -- the collector may have called what took it out just now
        self:remove(waiter)
        waiter:wake()
      end
      due = first_due(self, now)
    end
  end or wake_in_order
end


--- When a waiter is due.
function Timers:due(waiter)
  local index = waiter.index
  return self.list.queue[index] == waiter and waiter.deadline or self.deadlines[index]
end

--- What a waiter waits for; its deadline is given where it is only about to be parked.
function Timers:describe(waiter, deadline)
  deadline = deadline or self:due(waiter)
  return deadline < huge and "a deadline" or "a deadline that never comes"
end

return Timers
