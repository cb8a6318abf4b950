--- A semaphore: at most so many at a time, first come first served. A mutex is one for a single
-- holder.
--
-- A permit that is released goes straight to the first who waits, so that nobody overtakes; if that
-- one is cancelled before it ran, the permit goes to the next.

local Waiters = require "neap.kernel.waiters"
local check = require "neap.check"
local protected = require "neap.pcall.protected"
local runs = require "neap.kernel.runs"
local scheduler = require "neap.kernel.scheduler"
local tasks = require "neap.task.task"

local error, setmetatable = error, setmetatable
local state, wait = runs.state, tasks.wait

---@class neap.Semaphore
---@field private name string
---@field private size integer
---@field private free integer
---@field private waiters neap.Waiters
local Semaphore = {}
Semaphore.__index = Semaphore


local function new(name, size)
  local self = setmetatable({ name = name, size = size, free = size, waiters = nil }, Semaphore)
  self.waiters = Waiters.new(self)
  return self
end


--- Makes a semaphore.
---@param size integer  how many can hold it at a time, 1 or more
---@return neap.Semaphore
function Semaphore.new(size)
  check.whole(size, 1, 1, "semaphore")
  return new("semaphore", size)
end

--- Makes a mutex: a semaphore for one holder.
---@return neap.Semaphore
function Semaphore.mutex() return new("mutex", 1) end


--- Takes a permit; waits while there is none. It is the caller's to release, however it ends;
-- `with` sees to that by itself.
function Semaphore:acquire()
  if state.is_cancelling then tasks.checkpoint() end
  if self.free > 0 then
    self.free = self.free - 1
    return
  end
  wait(self.waiters).giver = false
end


--- Takes a permit if one is free.
---@return boolean acquired
function Semaphore:try_acquire()
  if self.free == 0 then return false end
  self.free = self.free - 1
  return true
end


--- Takes back the permit of a waiter that is cancelled before it ran.
function Semaphore:pass_on()
  local waiter = self.waiters:head()
  if waiter then
    self.waiters:remove(waiter)
    waiter:wake(self)
  else
    self.free = self.free + 1
  end
end


--- Gives a permit back.
-- Raises if all of them are free.
function Semaphore:release()
  if self.free == self.size then
    error("attempt to release a " .. self.name .. " that nobody holds", 2)
  end
  self:pass_on()
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
  check.callable(fn, 1, "with")
  self:acquire()
  local owner = scheduler.current_task()
  if owner then owner:add_finalizer(self.pass_on, nil, self) end
  return ended(self, owner, protected.pcall(fn, ...))
end


function Semaphore:describe()
  return self.name .. " (" .. self.free .. " of " .. self.size .. " free)"
end

return Semaphore
