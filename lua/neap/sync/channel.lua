--- A channel: values from many senders to many receivers, in order, each to exactly one.
--
-- Up to `capacity` values are kept; with capacity 0 a sender waits until a receiver takes its value
-- from its hand. The values are in two arrays: `inbox` is filled from 1, `outbox` is emptied from
-- 1, and when it is empty they change places. (One array with sliding indices would rehash for
-- ever.)
--
-- A value handed to a receiver that is cancelled before it ran goes to the first receiver that
-- waits, else into `returned`, which is received from first, in the order in which the values were
-- sent.
--
-- Senders never wait while there is room, nor receivers while there is a value, but for one
-- exception: both ends of an empty channel may stand in one `select`, which never meets itself.

local awaitable = require "neap.kernel.awaitable"
local check = require "neap.check"
local runs = require "neap.kernel.runs"
local tasks = require "neap.task.task"
local Waiters = require "neap.kernel.waiters"

local insert, pairs, remove, setmetatable = table.insert, pairs, table.remove, setmetatable
local receive, state, take_out, wait = tasks.receive, runs.state, Waiters.remove, tasks.wait

--- What stands in the arrays for nil.
local NIL = {}

--- Those who wait to send: each brings the value that it offers.
local Senders = {}
for name, method in pairs(Waiters) do Senders[name] = method end
Senders.__index = Senders

function Senders:park(waiter, value)
  waiter.offer = value
  return Waiters.park(self, waiter)
end


--- What a sender that was woken has done.
---@return true|nil sent
---@return "closed"? err
local function sent(waiter)
  local is_sent = waiter.value
  waiter.value = nil
  if waiter.offer ~= nil then waiter.offer = nil end
  if is_sent then return true end
  return nil, "closed"
end


---@class neap.Channel
---@field private capacity number
---@field private limit number  how many values it may keep: its capacity, or -1 once it is closed
---@field private count integer  of the values it keeps
---@field private inbox any[]
---@field private inbox_count integer
---@field private outbox any[]
---@field private outbox_first integer
---@field private outbox_count integer
---@field private returned table[]|false  values handed back, with the tickets of their handing over
---@field private tickets integer
---@field private senders neap.Waiters
---@field private receivers neap.Waiters
local Channel = {}
Channel.__index = Channel


--- Makes an open channel.
---@param capacity? integer  0 (the default) or more; math.huge for no bound
---@return neap.Channel
function Channel.new(capacity)
  if capacity == nil then capacity = 0 end
  check.whole(capacity, 0, 1, "channel")
  local self = setmetatable({
    capacity = capacity, limit = capacity, count = 0,
    inbox = {}, inbox_count = 0, outbox = {}, outbox_first = 1, outbox_count = 0,
    returned = false, tickets = 0, senders = nil, receivers = nil,
  }, Channel)
  self.senders = setmetatable(Waiters.new(self, "send"), Senders)
  self.receivers = Waiters.new(self, "receive")
  return self
end


local function push(self, value)
  local count = self.inbox_count + 1
  self.inbox_count = count
  self.inbox[count] = value == nil and NIL or value
  self.count = self.count + 1
end


--- Takes the next value, of which there is one, and lets a sender that waits for room put its own.
local function take(self)
  local value
  local returned, first = self.returned, self.outbox_first
  if returned then
    if not returned[2] then self.returned = false end
    value = remove(returned, 1).value
  else
    local outbox = self.outbox
    if first > self.outbox_count then
      self.inbox, self.outbox, self.outbox_count, self.inbox_count =
        outbox, self.inbox, self.inbox_count, 0
      first, outbox = 1, self.outbox
    end
    value = outbox[first]
    outbox[first] = nil
    self.outbox_first = first + 1
    if value == NIL then value = nil end
  end
  local count, senders = self.count - 1, self.senders
  self.count = count
  local sender = senders.queue[senders.first]
  if sender and count < self.limit then
    take_out(senders, sender)
    push(self, sender.offer)
    sender:wake(nil, true)
  end
  return value
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
    return true
  elseif self.count < limit then
    push(self, value)
    return true
  end
  return sent(wait(self.senders, value))
end


--- Sends a value; waits while the channel is full.
---@param value any  nil is a value
---@return true|nil sent
---@return "closed"? err  the channel is closed, before or while waiting; nothing was sent
function Channel:send(value)
  if state.is_cancelling then tasks.checkpoint() end
  -- Nobody waits at either end of a channel that is neither empty nor full.
  local count = self.count
  if count == 0 or count >= self.limit then return send_slow(self, value) end
  local last = self.inbox_count + 1
  if value == nil then value = NIL end
  self.inbox[last] = value
  self.inbox_count, self.count = last, count + 1
  return true
end


--- Sends a value if that needs no waiting.
---@param value any
---@return true|nil sent
---@return "full"|"closed"|nil err
function Channel:try_send(value)
  local limit = self.limit
  if limit < 0 then return nil, "closed" end
  if self.count >= limit and not self.receivers:head() then return nil, "full" end
  return send_slow(self, value)
end


--- Receives a value where the channel keeps none and somebody waits to send, or it is closed.
local function receive_slow(self)
  local sender = self.senders:head()
  if not sender then return nil, "closed" end
  local value = sender.offer
  take_out(self.senders, sender)
  sender:wake(nil, true)
  return value
end


--- Receives a value; waits while there is none.
---@return any value
---@return "closed"? err  the channel is closed and empty
function Channel:wait()
  if state.is_cancelling then tasks.checkpoint() end
  if self.count == 0 then
    local senders = self.senders
    if senders.queue[senders.first] or self.limit < 0 then return receive_slow(self) end
  else
    local count, first = self.count, self.outbox_first
    if count >= self.limit or first > self.outbox_count or self.returned then return take(self) end
    local outbox = self.outbox
    local value = outbox[first]
    outbox[first] = nil
    self.outbox_first, self.count = first + 1, count - 1
    if value == NIL then return nil end
    return value
  end
  return receive(self.receivers)
end


--- Receives a value if there is one.
---@return any value
---@return "empty"|"closed"|nil err
function Channel:try_recv()
  if self.count > 0 then return take(self) end
  if self.limit >= 0 and not self.senders:head() then return nil, "empty" end
  return receive_slow(self)
end


--- Closes the channel: nothing more can be sent. What it keeps can still be received; senders and
-- receivers that wait get `nil, "closed"`.
---@return true
function Channel:close()
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
  check.callable(fn, 1, "each")
  local next_value = self.wait
  while true do
    local value, err = next_value(self)
    if err then return end
    fn(value)
  end
end


--- How many values it keeps.
---@return integer
function Channel:len()
  return self.count
end


--- Takes back what a receiver was handed that is cancelled.
---@param waiter table
function Channel:pass_on(waiter)
  local value, ticket = waiter.value, waiter.order
  if self.limit >= 0 and self.receivers:head() then return send_slow(self, value) end
  local returned, position = self.returned or {}, 1
  self.returned = returned
  while returned[position] and returned[position].ticket < ticket do position = position + 1 end
  insert(returned, position, { value = value, ticket = ticket })
  self.count = self.count + 1
end


function Channel:is_ready()
  if self.count > 0 or self.limit < 0 then return true end
  local senders = self.senders
  return senders.queue[senders.first] and true or false
end

function Channel:place_to_wait()
  return self.receivers
end

--- What a receiver that was woken has got.
---@param waiter table
---@return any value
---@return "closed"? err
function Channel:claim(waiter)
  if not waiter.giver then
    -- Closed; but what a cancelled receiver has handed back is still to be had.
    local value, err = self:try_recv()
    if err then return nil, err end
    return value
  end
  local value = waiter.value
  waiter.giver, waiter.value = false, nil
  return value
end


--- What its waiters wait for, for a deadlock report.
---@param purpose string
---@return string
function Channel:describe(purpose)
  local filling = self.count == 0 and "empty" or self.count >= self.capacity and "full"
    or self.count .. " in it"
  return purpose .. " on channel (capacity " .. self.capacity .. ", " .. filling .. ")"
end

awaitable.declare(Channel)


---@class neap.Sending
---@field private channel neap.Channel
---@field private value any
local Sending = {}
Sending.__index = Sending


--- An awaitable that sends a value: as an arm of a `select` it is ready when the value can be sent.
---@param value any
---@return neap.Sending
function Channel:sending(value)
  return setmetatable({ channel = self, value = value }, Sending)
end


--- Sends the value.
---@return true|nil sent
---@return "closed"? err
function Sending:wait()
  return self.channel:send(self.value)
end


function Sending:is_ready()
  local channel = self.channel
  return channel.limit < 0 or channel.count < channel.limit or channel.receivers:head() ~= nil
end

function Sending:place_to_wait()
  return self.channel.senders, self.value
end

--- Whether a sender that was woken has got rid of its value.
function Sending.claim(_, waiter)
  return sent(waiter)
end

awaitable.declare(Sending)

return Channel
