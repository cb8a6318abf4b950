--- A semaphore: at most so many at a time, first come first served. A mutex is one for a single
-- holder.
--
-- A permit that is released goes straight to the first waiter, so that nobody overtakes; if that
-- one is cancelled before it runs, the permit goes to the next. A semaphore that begins with no
-- permits is a signal: `release` wakes a waiter, or is kept for the next one.

---@diagnostic disable: access-invisible, assign-type-mismatch, redundant-return-value
---@diagnostic disable: return-type-mismatch
local Waiters = require "neap.kernel.waiters"
local awaitable = require "neap.kernel.awaitable"
local check = require "neap.check"
local clock = require "neap.kernel.clock"
local duration = require "neap.duration"
local kinds = require "neap.kinds"
local protected = require "neap.pcall.protected"
local runs = require "neap.kernel.runs"
local scheduler = require "neap.kernel.scheduler"
local tasks = require "neap.task.task"
local wait_until = require "neap.sync.wait_until"

local error, huge, setmetatable, tostring = error, math.huge, setmetatable, tostring
local current_task, state, wait = scheduler.current_task, runs.state, tasks.wait

---@class neap.inside.Semaphore
---@field private name string  "semaphore" or "mutex"
---@field private most number  how many permits there can be
---@field private free integer
---@field private waiters neap.Waiters
---@field private holder neap.inside.Task|false  who took the mutex last
local Semaphore = {}
Semaphore.__index = Semaphore


local function new(name, size)
  local self = setmetatable({
    name = name, most = size > 0 and size or huge, free = size, waiters = nil, holder = false,
  }, Semaphore)
  self.waiters = Waiters.new(self)
  return self
end


--- Makes a semaphore.
---@param size integer  how many can hold it at a time; 0: none before the first `release`
---@return neap.inside.Semaphore
function Semaphore.new(size)
  check.whole(size, 0, 1, "semaphore")
  return new("semaphore", size)
end


--- Makes a mutex: a semaphore for one holder.
---@return neap.inside.Semaphore
function Semaphore.mutex() return new("mutex", 1) end


--- Takes a permit that is free, or was handed over.
local function take(self)
  self.holder = current_task() or false
  return true
end


--- Takes a permit; waits while there is none. The caller has to release it, also if it fails or is
-- cancelled (by `neap.finally`); `with` does that by itself.
---@param timeout? number|string  a duration: how long to wait at most
---@return true|nil acquired
---@return "timeout"? err
function Semaphore:acquire(timeout)
  if timeout == nil then kinds.check(self, "semaphore", "acquire") end
  if state.is_cancelling then tasks.checkpoint() end
  local seconds = timeout ~= nil and duration(timeout, 1, "acquire")
  if self.free > 0 then
    self.free = self.free - 1
    return take(self)
  end
  local waiter
  if seconds then
    waiter = wait_until(self.waiters, clock.now() + seconds)
    if not waiter then return nil, "timeout" end
  else
    waiter = wait(self.waiters)
  end
  return self:claim(waiter)
end


--- Takes a permit, as `acquire` does, which makes a semaphore an awaitable.
---@return true
function Semaphore:wait()
  kinds.check(self, "semaphore", "wait")
  return self:acquire()
end

function Semaphore:is_ready() return self.free > 0 end
function Semaphore:place_to_wait() return self.waiters end

function Semaphore:claim(waiter)
  waiter.giver = false
  return take(self)
end


--- Takes a permit if one is free.
---@return boolean acquired
function Semaphore:try_acquire()
  kinds.check(self, "semaphore", "try_acquire")
  if self.free == 0 then return false end
  self.free = self.free - 1
  return take(self)
end


--- How many permits are free.
---@return integer
function Semaphore:count()
  kinds.check(self, "semaphore", "count")
  return self.free
end


--- Takes back the permit of a waiter that is cancelled before it ran.
function Semaphore:pass_on()
  local waiter = self.waiters:head()
  self.holder = false
  if waiter then
    self.waiters:remove(waiter)
    waiter:wake(self)
  else
    self.free = self.free + 1
  end
end


--- Gives permits back; a semaphore that began with none is given new ones.
---@param count? integer  1 if absent
-- Raises if fewer than that are taken.
function Semaphore:release(count)
  if count == nil then
    kinds.check(self, "semaphore", "release")
    count = 1
  end
  check.whole(count, 1, 1, "release")
  if count == huge then check.fail(1, "release", "finite number expected, got inf") end
  if self.free + count > self.most then
    if self.free == self.most then
      error("attempt to release a " .. self.name .. " that nobody holds", 2)
    end
    error("attempt to release more of a " .. self.name .. " than is held", 2)
  end
  if count == 1 then return self:pass_on() end
  -- The count may be huge: each waiter gets one, and the rest are free, at once.
  while count > 0 and self.waiters:head() do
    self:pass_on()
    count = count - 1
  end
  self.free, self.holder = self.free + count, false
end


--- Releases, unless the finalizer has: in a user's coroutine the owner is the task around it, which
-- may end first.
local function ended(self, owner, ok, ...)
  if not owner or owner:remove_finalizer(self.pass_on, self) then self:pass_on() end
  if not ok then error((...), 0) end
  return ...
end


--- Calls a function with a permit, which is released however that ends: it returns, fails, or its
-- task is cancelled.
---@param fn function
---@param ... any  its arguments
---@return any ...  its results
function Semaphore:with(fn, ...)
  kinds.check(self, "semaphore", "with", "fn")
  check.callable(fn, 1, "with")
  self:acquire()
  local owner = current_task()
  if owner then owner:add_finalizer(self.pass_on, nil, self) end
  return ended(self, owner, protected.pcall(fn, ...))
end


--- What it is, how much of it is free, and of a mutex who holds it.
function Semaphore:__tostring()
  if self.name == "mutex" then
    local holder = self.holder and "held by " .. tostring(self.holder) or "held"
    if self.holder and self.holder:done() then holder = holder .. ", which has ended" end
    return "mutex (" .. (self.free == 1 and "free" or holder) .. ")"
  end
  local most = self.most < huge and " of " .. self.most or ""
  return "semaphore (" .. self.free .. most .. " free)"
end

function Semaphore:describe() return tostring(self) end

--- Whom a waiter needs: the task that holds the mutex.
function Semaphore:needs()
  local holder = self.name == "mutex" and self.holder
  return holder and not holder:done() and { holder } or nil
end

awaitable.declare(Semaphore, "semaphore")
kinds.suggest(Semaphore)

return Semaphore
