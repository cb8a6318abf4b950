--- The values that a channel keeps.
--
-- They are in two arrays: `inbox` is filled from 1, `outbox` is emptied from 1, and when that is
-- empty they change places. (One array with sliding indices would rehash for ever.) A value that a
-- cancelled receiver gives back goes into `returned`; these are taken first, in the order in which
-- they were handed over. The fields are the channel's: it reads them itself where that is faster.

---@diagnostic disable: unbalanced-assignments
local Waiters = require "neap.kernel.waiters"

local insert, remove = table.insert, table.remove
local take_out = Waiters.remove

---@class neap.Store
---@field limit number  how many values it may keep: its capacity, or -1 once it is closed
---@field count integer  of the values it keeps
---@field inbox any[]
---@field inbox_count integer
---@field outbox any[]
---@field outbox_first integer
---@field outbox_count integer
---@field returned table[]|false  values given back, with their tickets
---@field senders neap.Waiters  those who wait for room
local store = {}

--- What stands in the arrays for nil. A function, for values are compared with it: a table's `__eq`
-- would be called.
local function NIL() end
store.NIL = NIL


--- Puts a value in.
---@param self neap.Store
function store.push(self, value)
  local last = self.inbox_count + 1
  if value == nil then value = NIL end
  self.inbox[last] = value
  self.inbox_count, self.count = last, self.count + 1
end

local push = store.push


--- Takes the next value (there must be one), and puts in that of the first sender that waits for
-- room.
function store.take(self)
  local returned, first, value = self.returned, self.outbox_first
  if returned then
    if not returned[2] then self.returned = false end
    value = remove(returned, 1).value
  else
    if first > self.outbox_count then
      self.inbox, self.outbox, self.outbox_count, self.inbox_count =
        self.outbox, self.inbox, self.inbox_count, 0
      first = 1
    end
    value, self.outbox[first], self.outbox_first = self.outbox[first], nil, first + 1
    if value == NIL then value = nil end
  end
  local count, senders = self.count - 1, self.senders
  self.count = count
  local sender = senders.queue[senders.first]
  if sender and count < self.limit then
    local offer = sender.offer
    sender.offer = nil
    take_out(senders, sender)
    push(self, offer)
    sender:wake(nil, true)
  end
  return value
end


--- Puts a value back that was handed to a receiver, which did not take it.
---@param ticket integer  the number of the handover: values are taken in this order
function store.give_back(self, value, ticket)
  local returned, position = self.returned or {}, 1
  self.returned = returned
  while returned[position] and returned[position].ticket < ticket do position = position + 1 end
  insert(returned, position, { value = value, ticket = ticket })
  self.count = self.count + 1
end

return store
