--- Tasks where several runs may be under way (neap.kernel.runs): each knows the one that it lives
-- in. Whatever happens to it happens there, whoever does it; the host is told that a run which it
-- has put to sleep has something to do.

---@diagnostic disable: generic-constraint-mismatch
local awaitable = require "neap.kernel.awaitable"
local clock = require "neap.kernel.clock"
local runs = require "neap.kernel.runs"
local scheduler = require "neap.kernel.scheduler"

local pairs, setmetatable = pairs, setmetatable
local enter, state = runs.enter, runs.state

local bound = {}


local function back(home, previous, ...)
  if home ~= previous then
    enter(previous)
    clock.rouse(home)
  end
  return ...
end


--- Declares a class of tasks, with all its methods, and in its field `Bound` the class of those
-- that know their run.
---@param class table
function bound.declare(class)
  local wake, cancel = class.wake, class.cancel
  local members = {}
  for name, member in pairs(class) do members[name] = member end
  members.__index = members

  --- What this does in another run is `scheduler.wake` without an exchange of the two.
  function members:wake(giver, value)
    local home = self.home
    if home == state.home then return wake(self, giver, value) end
    if giver then
      self.giver, self.value = giver, value
    elseif value ~= nil then
      self.value = value
    end
    scheduler.tell("woken", self)
    local last = home.ready_count + 1
    home.ready[last], home.ready_count = self, last
    return clock.rouse(home)
  end

  function members:cancel()
    local previous = enter(self.home)
    return back(self.home, previous, cancel(self))
  end

  class.Bound = awaitable.declare(members, "task")
  awaitable.declare(class, "task")
end


--- Has a new task know its run, if there may be several.
---@generic T
---@param task T
---@return T task
function bound.bind(task)
  task.home = state.home
  return setmetatable(task, task.Bound)
end

return bound
