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
local positions = require "neap.kernel.positions"
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
---@field private holder neap.inside.Task|boolean  who took the mutex last; true if that is no task;
--- false while it is free, or on its way to a waiter that has yet to run
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
  self.holder = current_task() or true
  return true
end


--- Takes a permit; waits while there is none. The caller has to release it, also if it fails or is
-- cancelled (by `neap.finally`); `with` does that by itself.
---@param timeout? number|string  a duration: how long to wait at most
---@return true|nil acquired
---@return "timeout"? err
function Semaphore:acquire(timeout)
  kinds.check(self, "semaphore", "acquire")
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


--- Why a permit cannot be released.
local function refusal(self)
  local who = self.free == self.most and "nobody" or "somebody else"
  return "attempt to release a " .. self.name .. " that " .. who .. " holds"
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
    if self.free == self.most then error(refusal(self), 2) end
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


--- Releases what `with` has taken, if it is still there: the function may have released it itself,
-- and somebody else have it by now.
---@param owner? neap.inside.Task|true  who took it, if that is not the caller
---@return boolean released
local function let_go(self, owner)
  local holder = self.holder
  local is_held = self.free < self.most
  if is_held and self.name == "mutex" then
    is_held = holder == owner or holder == (current_task() or true)
  end
  if is_held then self:pass_on() end
  return is_held
end


--- Releases, unless the finalizer has: in a user's coroutine the owner is the task around it, which
-- may end first.
local function ended(self, owner, ok, ...)
  local is_left = owner == true or owner:remove_finalizer(let_go, self)
  if is_left and not let_go(self, owner) and ok then
    local where = positions.of() -- Lua 5.1 counts the tail call that led here as a level
    error((where and where .. ": " or "") .. refusal(self), 0)
  end
  if not ok then error((...), 0) end
  return ...
end


--- Calls a function with a permit, which is released however that ends: it returns, fails, or its
-- task is cancelled.
---@param fn function
---@param ... any  its arguments
---@return any ...  its results
-- Raises what fn raises, or an error if fn has released the permit itself.
function Semaphore:with(fn, ...)
  kinds.check(self, "semaphore", "with", "fn")
  check.callable(fn, 1, "with")
  self:acquire()
  local owner = current_task() or true
  if owner ~= true then owner:add_finalizer(let_go, nil, self) end
  return ended(self, owner, protected.pcall(fn, ...))
end


--- The task that holds the mutex; nil if there is none.
local function holding_task(self)
  local holder = self.name == "mutex" and self.holder
  return holder and holder ~= true and holder or nil
end


--- What it is, how much of it is free, and of a mutex who holds it.
function Semaphore:__tostring()
  if self.name == "mutex" then
    local task = holding_task(self)
    local holder = task and "held by " .. tostring(task) or "held"
    if task and task:done() then holder = holder .. ", which has ended" end
    return "mutex (" .. (self.free == 1 and "free" or holder) .. ")"
  end
  local most = self.most < huge and " of " .. self.most or ""
  return "semaphore (" .. self.free .. most .. " free)"
end

function Semaphore:describe() return tostring(self) end

--- Whom a waiter needs: the task that holds the mutex.
function Semaphore:needs()
  local holder = holding_task(self)
  return holder and not holder:done() and { holder } or nil
end

awaitable.declare(Semaphore, "semaphore")
kinds.suggest(Semaphore)

return Semaphore
