--- What other threads of a Rust program send to futures and channels.
--
-- A target is a future or a channel that has senders in Rust. No thread there waits for room: what
-- a full channel is sent waits in here, in line with the tasks that send to it, and is no task
-- itself. So no run waits until there is room, and none of it is lost when a run ends.

---@diagnostic disable: undefined-field
local failures = require "neap.task.failures"

local setmetatable, tostring = setmetatable, tostring

local senders = {}

--- The targets, by the numbers of their senders.
local targets = {}

--- The targets by the futures and channels that they stand for. Each lives as long as a sender, or
-- as what was sent and has found no room.
local target_of = setmetatable({}, { __mode = "kv" })

--- Adds a sender.
---@param key number
---@param future? neap.inside.Future
---@param channel? neap.inside.Channel  where there is no future
function senders.add(key, future, channel)
  local target = target_of[future or channel]
    or { future = future, channel = channel, senders = 0, kept = 0 }
  target_of[future or channel], targets[key] = target, target
  target.senders = target.senders + 1
end


--- Closes a channel when it has no senders, and there was room for all that they have sent.
local function close_if_over(target)
  if target.senders == 0 and target.kept == 0 then target.channel:close() end
end


--- A value that waits for room.
---@class neap.Kept: neap.Waiter
---@field target table
local Kept = {}
Kept.__index = Kept

function Kept:wake()
  local target = self.target
  target.kept = target.kept - 1
  return close_if_over(target)
end


--- A value has come.
---@param key number
---@param ... any  a future may have several results
function senders.sent(key, ...)
  local target, value = targets[key], ...
  local channel = target.channel
  if not channel then return target.future:resolve(...) end
  local _, why = channel:try_send(value)
  if why ~= "full" then return end
  local kept = { place = false, index = false, offer = value, target = target }
  channel.senders:park(setmetatable(kept, Kept), value)
  target.kept = target.kept + 1
end


--- A value has come of which Rust cannot make a Lua value.
---@param key number
---@param err any
function senders.failed(key, err)
  local future, channel = targets[key].future, targets[key].channel
  if future then return future:reject(err) end
  return failures.report(err, nil, nil, "making a Lua value for " .. tostring(channel))
end


--- A sender, with all its clones, is gone: if it was the last, nothing more comes.
---@param key number
function senders.gone(key)
  local target = targets[key]
  targets[key] = nil
  target.senders = target.senders - 1
  if target.channel then return close_if_over(target) end
  if target.senders == 0 and not target.future:done() then
    target.future:reject("the sender is gone")
  end
end

return senders
