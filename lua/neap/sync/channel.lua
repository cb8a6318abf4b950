--- A channel: values from many senders to many receivers, in order, each to exactly one.
--
-- Up to `capacity` values are kept (neap.sync.store); with capacity 0 a sender waits until a
-- receiver takes its value. A value handed to a receiver that is cancelled before it ran goes to
-- the first receiver that waits, else back into the store.
--
-- While there is room nobody waits to send, and while there is a value nobody waits to receive. But
-- a `select` with both ends of an empty channel waits at both, for it does not send to itself.

---@diagnostic disable: return-type-mismatch
local awaitable = require "neap.kernel.awaitable"
local check = require "neap.check"
local kinds = require "neap.kinds"
local runs = require "neap.kernel.runs"
local sending = require "neap.sync.sending"
local store = require "neap.sync.store"
local tasks = require "neap.task.task"
local Waiters = require "neap.kernel.waiters"

local setmetatable, tostring = setmetatable, tostring
local receive, wait, sent, state = tasks.receive, tasks.wait, sending.sent, runs.state
local take_out, NIL, push, take = Waiters.remove, store.NIL, store.push, store.take

---@class neap.inside.Channel: neap.Store
---@field private capacity number
---@field private tickets integer  how many values have been handed to receivers that waited
---@field private senders neap.Waiters
---@field private receivers neap.Waiters
local Channel = {}
Channel.__index = Channel


--- Makes an open channel.
---@param capacity? integer  0 (the default) or more; math.huge for no bound
---@return neap.inside.Channel
function Channel.new(capacity)
  if capacity == nil then capacity = 0 end
  check.whole(capacity, 0, 1, "channel")
  local self = setmetatable({
    capacity = capacity, limit = capacity, count = 0,
    inbox = {}, inbox_count = 0, outbox = {}, outbox_first = 1, outbox_count = 0,
    returned = false, returned_last = false, tickets = 0, senders = nil, receivers = nil,
  }, Channel)
  self.senders, self.receivers = sending.new_list(self), Waiters.new(self, "receive")
  return self
end


--- Sends a value where the channel is empty, full or closed.
local function send_slow(self, value)
  local receivers, limit = self.receivers, self.limit
  if limit < 0 then return nil, "closed" end
  local receiver = receivers.queue[receivers.first]
  if receiver then
    local ticket = self.tickets + 1
    self.tickets, receiver.order = ticket, ticket
    take_out(receivers, receiver)
    receiver:wake(self, value)
  elseif self.count < limit then
    push(self, value)
  else
    return sent(wait(self.senders, value))
  end
  return true
end


--- Sends a value; waits while the channel is full.
---@param value any  nil is a value
---@return true|nil sent
---@return "closed"? err  the channel is closed, before or while waiting; nothing was sent
function Channel:send(value)
  if state.is_cancelling then tasks.checkpoint() end
  local kept = value
  if value == nil then
    kinds.check(self, "channel", "send", "value")
    kept = NIL
  end
  -- Nobody waits at either end of a channel that is neither empty nor full.
  local count = self.count
  if count == 0 or count >= self.limit then return send_slow(self, value) end
  local last = self.inbox_count + 1
  self.inbox[last] = kept
  self.inbox_count, self.count = last, count + 1
  return true
end


--- Sends a value if that needs no waiting.
---@param value any
---@return true|nil sent
---@return "full"|"closed"|nil err
function Channel:try_send(value)
  kinds.check(self, "channel", "try_send", "value")
  local limit = self.limit
  if limit < 0 then return nil, "closed" end
  if self.count >= limit and not self.receivers:head() then return nil, "full" end
  return send_slow(self, value)
end


--- Receives a value; waits while there is none.
---@return any value
---@return "closed"? err  the channel is closed and empty
function Channel:wait()
  if not self then kinds.check(self, "channel", "wait") end
  if state.is_cancelling then tasks.checkpoint() end
  if self.count == 0 then
    local senders = self.senders
    if senders.queue[senders.first] or self.limit < 0 then return self:try_recv() end
  else
    local count, first = self.count, self.outbox_first
    if not first then kinds.check(self, "channel", "wait") end
    if count >= self.limit or first > self.outbox_count or self.returned then return take(self) end
    local outbox = self.outbox
    local value = outbox[first]
    outbox[first], self.outbox_first, self.count = nil, first + 1, count - 1
    if value == NIL then return nil end
    return value
  end
  return receive(self.receivers)
end

--- The same, by the name that goes with `try_recv`.
Channel.recv = Channel.wait


--- Receives a value if there is one.
---@return any value
---@return "empty"|"closed"|nil err
function Channel:try_recv()
  if not self then kinds.check(self, "channel", "try_recv") end
  if self.count > 0 then return take(self) end
  local sender = self.senders:head()
  if not sender then return nil, self.limit < 0 and "closed" or "empty" end
  local value = sender.offer
  sender.offer = nil
  take_out(self.senders, sender)
  sender:wake(nil, true)
  return value
end


--- Closes the channel: nothing more can be sent. What it keeps can still be received; senders and
-- receivers that wait get `nil, "closed"`.
---@return true
function Channel:close()
  kinds.check(self, "channel", "close")
  if self.limit >= 0 then
    self.limit = -1
    self.senders:wake_all()
    self.receivers:wake_all()
  end
  return true
end


--- Calls fn with each value until the channel is closed and empty. fn may wait.
---@param fn fun(value: any)
function Channel:each(fn)
  kinds.check(self, "channel", "each", "fn")
  check.callable(fn, 1, "each")
  local value, err = self:wait()
  while not err do
    fn(value)
    value, err = self:wait()
  end
end

--- How many values it keeps.
---@return integer
function Channel:len()
  kinds.check(self, "channel", "len")
  return self.count
end

--- Takes back the value that was handed to a receiver, which was cancelled before it ran.
function Channel:pass_on(waiter)
  local value, ticket = waiter.value, waiter.order
  if self.limit >= 0 and self.receivers:head() then return send_slow(self, value) end
  return store.give_back(self, value, ticket)
end


function Channel:is_ready()
  return self.count > 0 or self.limit < 0 or self.senders:head() ~= nil
end

function Channel:place_to_wait() return self.receivers end

--- What a receiver that was woken has got.
---@param waiter table
---@return any value
---@return "closed"? err
function Channel:claim(waiter)
  -- The channel was closed. It is not empty if a cancelled receiver has given back its value.
  if not waiter.giver then return self:try_recv() end
  local value = waiter.value
  waiter.giver, waiter.value = false, nil
  return value
end


--- What it is, and how much is in it.
function Channel:__tostring()
  local filling = self.count == 0 and "empty" or self.count >= self.capacity and "full"
    or self.count .. " in it"
  local state_of = self.limit < 0 and ", closed" or ""
  return "channel (capacity " .. self.capacity .. ", " .. filling .. state_of .. ")"
end

function Channel:describe(purpose)
  local what = purpose == "receive" and "a value from " or self.capacity == 0 and "a receiver on "
    or "room in "
  return what .. tostring(self)
end

--- An awaitable that sends a value: as an arm of a `select` it is ready when the value can be sent.
---@param value any
---@return neap.inside.Sending
function Channel:sending(value)
  kinds.check(self, "channel", "sending", "value")
  return sending.new(self, value)
end

awaitable.declare(Channel, "channel")
kinds.suggest(Channel)

return Channel
