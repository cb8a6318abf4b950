--- An event: tasks wait until it is set; while it is set, nobody waits.

local Waiters = require "neap.kernel.waiters"
local awaitable = require "neap.kernel.awaitable"
local kinds = require "neap.kinds"
local runs = require "neap.kernel.runs"
local tasks = require "neap.task.task"

local setmetatable = setmetatable
local state, wait = runs.state, tasks.wait

---@class neap.inside.Event
---@field private is_set boolean
---@field private waiters neap.Waiters
local Event = {}
Event.__index = Event


--- Makes an event that is not set.
---@return neap.inside.Event
function Event.new()
  local self = setmetatable({ is_set = false, waiters = nil }, Event)
  self.waiters = Waiters.new(self)
  return self
end


--- Sets the event and wakes everyone who waits.
---@return boolean changed  false if it was set before
function Event:set()
  kinds.check(self, "event", "set")
  if self.is_set then return false end
  self.is_set = true
  self.waiters:wake_all()
  return true
end


--- Clears the event: `wait` suspends again from now on. Tasks that have been woken go on.
---@return boolean changed  false if it was not set
function Event:clear()
  kinds.check(self, "event", "clear")
  local was_set = self.is_set
  self.is_set = false
  return was_set
end


--- Waits until the event is set.
---@return true
function Event:wait()
  if not self then kinds.check(self, "event", "wait") end
  if state.is_cancelling then tasks.checkpoint() end
  local is_set = self.is_set
  if is_set == false then
    wait(self.waiters)
  elseif not is_set then
    kinds.check(self, "event", "wait")
  end
  return true
end


--- Whether the event is set.
---@return boolean
function Event:done()
  kinds.check(self, "event", "done")
  return self.is_set
end

function Event:is_ready() return self.is_set end
function Event:place_to_wait() return self.waiters end
function Event.claim() return true end
function Event.describe() return "an event" end
function Event:__tostring() return self.is_set and "event (set)" or "event (not set)" end

awaitable.declare(Event, "event")
kinds.suggest(Event)

return Event
