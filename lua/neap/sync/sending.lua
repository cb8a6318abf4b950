--- Sending on a channel: the list of waiting senders, and the awaitable that `sending` returns.

---@diagnostic disable: access-invisible, assign-type-mismatch, param-type-mismatch
local Waiters = require "neap.kernel.waiters"
local awaitable = require "neap.kernel.awaitable"
local kinds = require "neap.kinds"

local pairs, setmetatable, tostring = pairs, setmetatable, tostring

local sending = {}

--- A list of waiters that holds the value which each of them is to send, in its field `offer`.
local Senders = {}
for name, method in pairs(Waiters) do Senders[name] = method end
Senders.__index = Senders

function Senders:park(waiter, value)
  waiter.offer = value
  return Waiters.park(self, waiter)
end

function Senders:remove(waiter)
  waiter.offer = nil
  return Waiters.remove(self, waiter)
end

--- Makes an empty list.
---@return neap.Waiters
function sending.new_list(channel) return setmetatable(Waiters.new(channel, "send"), Senders) end


--- What a sender that was woken has done.
---@return true|nil sent
---@return "closed"? err
function sending.sent(waiter)
  local is_sent = waiter.value
  waiter.value = nil
  if is_sent then return true end
  return nil, "closed"
end


--- An awaitable that sends a value.
---@class neap.inside.Sending
---@field private channel neap.inside.Channel
---@field private value any
local Sending = {}
Sending.__index = Sending

function sending.new(channel, value)
  return setmetatable({ channel = channel, value = value }, Sending)
end

--- Sends the value.
---@return true|nil sent
---@return "closed"? err
function Sending:wait()
  kinds.check(self, "sending", "wait")
  return self.channel:send(self.value)
end

function Sending:__tostring() return "sending on " .. tostring(self.channel) end

function Sending:is_ready()
  local channel = self.channel
  return channel.limit < 0 or channel.count < channel.limit or channel.receivers:head() ~= nil
end

function Sending:place_to_wait() return self.channel.senders, self.value end
function Sending.claim(_, waiter) return sending.sent(waiter) end

awaitable.declare(Sending, "sending")

return sending
