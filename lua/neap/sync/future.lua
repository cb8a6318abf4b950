--- A future: a result that somebody else will supply, once.

local awaitable = require "neap.kernel.awaitable"
local failures = require "neap.task.failures"
local joined = require "neap.kernel.joined"
local kinds = require "neap.kinds"
local runs = require "neap.kernel.runs"
local tasks = require "neap.task.task"
local threads = require "neap.kernel.threads"
local vm = require "neap.kernel.vm"

local error, setmetatable, type = error, setmetatable, type
local pack, state, wait = threads.pack, runs.state, tasks.wait

---@class neap.inside.Future: neap.Joined
---@field private state "open"|"resolved"|"rejected"
---@field private count integer|false  of the results, as `threads.pack` gives it; false for nil
---@field private value any
---@field private is_told boolean  whether somebody has seen its rejection, or that is recorded
---@field private origin string?  the traceback of its rejection, if nobody waited
---@field private failure table|false  the record of its rejection
local Future = {}
Future.__index = Future
joined(Future)
Future.is_told, Future.failure, Future.fn, Future.body = false, false, false, false

--- Makes an open future.
---@param class? table  derived from this one
---@return neap.inside.Future
function Future.new(class)
  return setmetatable({ state = "open", count = false, joiner = false }, class or Future)
end


--- Gives the results to all who wait, now or later. May be called from anywhere.
---@param ... any
---@return boolean settled  false if the future was settled before
function Future:resolve(...)
  local count, value = pack(...)
  if value == nil or type(self) ~= "table" or self.state ~= "open" then
    kinds.check(self, "future", "resolve", "...")
    if self.state ~= "open" then return false end
  end
  self.state, self.value = "resolved", value
  if count then self.count = count end
  self:wake_all()
  return true
end


--- Gives an error instead, which `wait` raises.
---@param err any
---@return boolean settled  false if the future was settled before
function Future:reject(err)
  kinds.check(self, "future", "reject", "err")
  if self.state ~= "open" then return false end
  local is_awaited = self:is_awaited()
  self.state, self.value = "rejected", err
  self:wake_all(self)
  if not is_awaited then
    self.origin = vm.traceback(nil, 2)
    self:pass_on()
  end
  return true
end


--- Records the rejection, unless somebody has seen it: nobody waits, or a waiter that was woken is
-- cancelled before it ran.
function Future:pass_on()
  if self.is_told then return end
  self.is_told = true
  failures.record(self, self.value, "a future that was rejected")
end


--- Raises what the future was rejected with.
---@param waiter? table  who was woken by that
local function raise(self, waiter)
  if waiter then waiter.giver = false end
  self.is_told = true
  failures.seen(self)
  error(self.value, 0)
end


--- Whether it is settled.
---@return boolean
function Future:done()
  kinds.check(self, "future", "done")
  return self.state ~= "open"
end


--- Waits for the result.
---@return any ...
-- Raises what the future was rejected with.
function Future:wait()
  if not self then kinds.check(self, "future", "wait") end
  if state.is_cancelling then tasks.checkpoint() end
  local waiter
  if self.state == "open" then waiter = wait(self) end
  if self.state ~= "resolved" then
    if self.state ~= "rejected" then kinds.check(self, "future", "wait") end
    raise(self, waiter)
  end
  return threads.unpack(self.count, self.value)
end


function Future:is_ready() return self.state ~= "open" end

function Future:place_to_wait() return self end

function Future:claim(waiter)
  if self.state == "rejected" then raise(self, waiter) end
  return threads.unpack(self.count, self.value)
end

function Future.describe() return "a future" end
function Future:__tostring() return "future (" .. self.state .. ")" end

awaitable.declare(Future, "future")
kinds.suggest(Future)

return Future
