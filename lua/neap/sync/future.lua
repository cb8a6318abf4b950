--- A future: a result that somebody else will supply, once.

local awaitable = require "neap.kernel.awaitable"
local failures = require "neap.task.failures"
local joined = require "neap.kernel.joined"
local kinds = require "neap.kinds"
local runs = require "neap.kernel.runs"
local tasks = require "neap.task.task"
local threads = require "neap.kernel.threads"
local vm = require "neap.kernel.vm"

local error, setmetatable = error, setmetatable
local pack, state, wait = threads.pack, runs.state, tasks.wait

---@class neap.inside.Future: neap.Joined
---@field private state "open"|"resolved"|"rejected"
---@field private count integer|false  of the results, as `threads.pack` gives it; false for nil
---@field private value any
local Future = {}
Future.__index = Future
joined(Future)

--- Makes an open future.
---@param class? table  derived from this one
---@return neap.inside.Future
function Future.new(class)
  return setmetatable({ state = "open", count = false, joiner = false }, class or Future)
end


local function settle(self, outcome, count, value)
  if self.state ~= "open" then return false end
  self.state, self.value = outcome, value
  if count then self.count = count end
  self:wake_all()
  return true
end


--- Gives the results to all who wait, now or later. May be called from anywhere.
---@param ... any
---@return boolean settled  false if the future was settled before
function Future:resolve(...)
  local count, value = pack(...)
  if value == nil then kinds.check(self, "future", "resolve", "...") end
  return settle(self, "resolved", count, value)
end


--- Gives an error instead, which `wait` raises.
---@param err any
---@return boolean settled  false if the future was settled before
function Future:reject(err)
  kinds.check(self, "future", "reject", "err")
  local is_awaited = self:is_awaited()
  if not settle(self, "rejected", nil, err) then return false end
  if not is_awaited then
    self.origin = vm.traceback(nil, 2)
    failures.record(self, err, "a future that was rejected")
  end
  return true
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
  if self.state == "open" then wait(self) end
  if self.state == "rejected" then
    failures.seen(self)
    error(self.value, 0)
  end
  return threads.unpack(self.count, self.value)
end


function Future:is_ready() return self.state ~= "open" end

function Future:place_to_wait() return self end
function Future:claim() return self:wait() end
function Future.describe() return "a future" end
function Future:__tostring() return "future (" .. self.state .. ")" end

awaitable.declare(Future, "future")
kinds.suggest(Future)

return Future
