--- A list of those who wait, first come first served.
--
-- It is doubly linked through the waiters themselves, so that one that is cancelled leaves it in
-- constant time and parking makes no garbage. A waiter is a task, an arm of a `select`, or the host
-- thread's stand-in. Like everything that a waiter can be parked on (the timers, a `select`), a
-- list answers to three methods: `park`, `remove` and `describe`.

---@class neap.Waiters
---@field first table?
---@field private last table?
---@field private owner table  what the waiters wait for; it describes itself in reports
---@field private purpose string
local Waiters = {}
Waiters.__index = Waiters

local setmetatable = setmetatable

--- Makes an empty list.
---@param owner table  with a method `describe(purpose)`
---@param purpose? string  what its waiters do: "receive", "send"
---@return neap.Waiters
function Waiters.new(owner, purpose)
  return setmetatable({ first = nil, last = nil, owner = owner, purpose = purpose }, Waiters)
end


--- Appends a waiter.
---@param waiter table
---@param value? any  what it brings (a sender's value)
function Waiters:park(waiter, value)
  local last = self.last
  if last then
    last.next = waiter
    waiter.prev = last
  else
    self.first = waiter
  end
  self.last = waiter
  waiter.parked = self
  waiter.value = value
end


--- Unlinks a waiter, wherever it stands.
---@param waiter table
function Waiters:remove(waiter)
  local prev, next = waiter.prev, waiter.next
  if prev then prev.next = next else self.first = next end
  if next then next.prev = prev else self.last = prev end
  waiter.prev, waiter.next, waiter.parked = nil, nil, nil
end


--- Unlinks and wakes everyone, in order.
function Waiters:wake_all(value)
  local waiter = self.first
  while waiter do
    self:remove(waiter)
    waiter:wake(nil, value)
    waiter = self.first
  end
end


--- What its waiters wait for, for a deadlock report.
---@return string
function Waiters:describe()
  return self.owner:describe(self.purpose)
end


--- Takes a waiter from where it waits, whatever that is, and passes on what it was handed.
---@param waiter table
function Waiters.withdraw(waiter)
  if waiter.parked then
    waiter.parked:remove(waiter)
  elseif waiter.grantor then
    waiter.grantor:pass_on(waiter)
  end
end

return Waiters
