--- The values that a channel keeps.
--
-- They are in two arrays: `inbox` is filled from 1, `outbox` is emptied from 1, and when that is
-- empty they change places. (One array with sliding indices would rehash for ever.) A value that a
-- cancelled receiver gives back goes into `returned`, a chain; these are taken first, in the order
-- in which they were handed over. As a rule they come in that order or in the opposite one: at an
-- end of the chain. The fields are the channel's: it reads them itself where that is faster.

---@diagnostic disable: unbalanced-assignments
local Waiters = require "neap.kernel.waiters"

local take_out = Waiters.remove

---@class neap.Store
---@field limit number  how many values it may keep: its capacity, or -1 once it is closed
---@field count integer  of the values it keeps
---@field inbox any[]
---@field inbox_count integer
---@field outbox any[]
---@field outbox_first integer
---@field outbox_count integer  of the values that were in it, but for the last one of many
---@field returned table|false  the first value that was given back, with its ticket; in its field
--- `later` is the next one
---@field returned_last table|false
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

--- An array that has held more values than this is not kept: `take` sees to that, and the last one
-- of them is left to it.
local LARGE = 1024


--- Gives back what the outbox has grown to, if it is empty. (As the new one is made, the collector
-- may call code of the user's that takes or sends.)
local function renew(self)
  local fresh = {}
  local first = self.outbox_first
  if first > LARGE and self.outbox[first] == nil then
    self.outbox, self.outbox_first, self.outbox_count = fresh, 1, 0
  end
end


--- Takes the next value (there must be one), and puts in that of the first sender that waits for
-- room.
function store.take(self)
  local returned, first, value = self.returned, self.outbox_first
  if returned then
    local later = returned.later
    self.returned, value = later, returned.value
    if not later then self.returned_last = false end
  else
    local outbox = self.outbox
    value = outbox[first]
    if value == nil then
      local inbox, count = self.inbox, self.inbox_count
      self.inbox, self.outbox, self.inbox_count = outbox, inbox, 0
      self.outbox_count = count > LARGE and count - 1 or count
      outbox, first, value = inbox, 1, inbox[1]
    end
    outbox[first], self.outbox_first = nil, first + 1
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
  if first > LARGE and first > self.outbox_count then renew(self) end
  return value
end


--- Puts a value back that was handed to a receiver, which did not take it.
---@param ticket integer  the number of the handover: values are taken in this order
function store.give_back(self, value, ticket)
  local entry = { value = value, ticket = ticket, later = false }
  local earlier = self.returned_last
  if earlier and earlier.ticket > ticket then
    earlier, entry.later = false, self.returned
    while entry.later.ticket < ticket do
      earlier, entry.later = entry.later, entry.later.later
    end
  end
  if earlier then earlier.later = entry else self.returned = entry end
  if not entry.later then self.returned_last = entry end
  self.count = self.count + 1
end

return store
