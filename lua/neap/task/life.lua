--- What can be done with a task but wait for it: the methods of every task.

---@diagnostic disable: assign-type-mismatch
local check = require "neap.check"
local ending = require "neap.task.ending"
local failures = require "neap.task.failures"
local kinds = require "neap.kinds"
local scheduler = require "neap.kernel.scheduler"
local Waiters = require "neap.kernel.waiters"
local positions = require "neap.kernel.positions"
local queue = require "neap.kernel.queue"
local registry = require "neap.kernel.registry"
local threads = require "neap.kernel.threads"
local vm = require "neap.kernel.vm"
local history = require "neap.task.history"

local pairs, setmetatable = pairs, setmetatable
local has_ended = ending.has_ended
local make_room, status = threads.make_room, vm.coroutine.status

--- How many the calls are, at most, that nest when a task ends.
local FRAMES = 24

---@class (partial) neap.inside.Task
local life = {}

for name, method in pairs(ending.methods) do life[name] = method end

--- Two who are told of the end of one task.
local Observers = {}
Observers.__index = Observers

function Observers:ended(task)
  self.earlier:ended(task)
  self.later:ended(task)
end


--- Ends the task where it waits: it is never resumed again. A task that runs (the caller itself, or
-- one that resumed it) ends at its next blocking call.
---@return boolean cancelled  false if it was over, or about to be
function life:cancel()
  kinds.check(self, "task", "cancel")
  local thread = self.thread or self.target
  local activity = thread and status(thread)
  local is_running = activity == "running" or activity == "normal"
  if not is_running and not has_ended(self) then make_room(FRAMES) end
  -- In what is called above the collector may call what cancels it, too.
  if has_ended(self) or self.is_concluding or self.cancel_requested then return false end
  if is_running then
    self:request_cancel()
    scheduler.tell("cancelled", self)
  else
    self.is_concluding = true
    scheduler.tell("cancelled", self)
    self:leave()
    self:kill()
  end
  return true
end


--- Takes the task from where it stands, which is not on a thread that runs.
function life:leave()
  if not self.place then queue.leave(self) end
  return Waiters.withdraw(self)
end


--- Whether the task is dead: ended, and its finalizers done.
---@return boolean
function life:done()
  kinds.check(self, "task", "done")
  return has_ended(self)
end


--- Lets the task go: if it fails and nobody waits for it, that is reported at once.
---@return boolean  true
function life:detach()
  kinds.check(self, "task", "detach")
  self.detached = true
  if self.state == "failed" then failures.report_now(self) end
  return true
end


--- The task's state.
---@return "pending"|"runnable"|"running"|"suspended"|"dead"
function life:status()
  kinds.check(self, "task", "status")
  if has_ended(self) then return "dead" end
  if self.state == "pending" then return "pending" end
  if self.place then return "suspended" end
  local thread = self.thread
  return thread and status(thread) ~= "suspended" and "running" or "runnable"
end


--- Which `timeout` was late, as the limit that it was given, if the task has caught the error
-- "timeout", or has failed with it; nil if that was raised by anybody else.
---@return number|string|nil limit
function life:timed_out()
  kinds.check(self, "task", "timed_out")
  return self.late
end


--- Gives the task a name for reports; without an argument, tells it.
---@param name? string
---@return neap.inside.Task|string?
function life:name(name)
  kinds.check(self, "task", "name", "text")
  if name == nil then return self.label end
  check.type(name, "string", 1, "name")
  self.label = name
  return self
end


--- What a waiter waits for: as a place, and in reports.
---@return string
function life:describe()
  return self.label and 'task "' .. self.label .. '"' or "task " .. self.id
end
life.__tostring = life.describe


--- Whom those need who wait for the task.
function life:needs() return { self } end


local function group_of(observer)
  if not observer or observer.above then return observer end
  return group_of(observer.earlier) or group_of(observer.later)
end

--- What the task stands below, in the tree of those who live: a scope, a pool, a timeout; else
-- the task that has spawned it, if that is known.
---@return table?
function life:above() return group_of(self.observer) or history.parent(self) end


--- The task that the task stands below: the owner of its scope, pool or timeout; or the one that
-- has spawned it, if `neap.debug(true)` was called before (of a task that has ended, only if that
-- one lived longer). Else nil.
---@return neap.inside.Task?
function life:parent()
  kinds.check(self, "task", "parent")
  local node = self:above()
  while node and not node.id do node = node:above() end
  return node or nil
end


--- Where the task stands in its user's code, as "file:line"; nil if that is not known, or the task
-- has ended.
---@return string?
function life:where()
  kinds.check(self, "task", "where")
  local thread = not has_ended(self) and (self.thread or self.target)
  return thread and positions.of(thread) or nil
end


--- The stack of the task, without neap's own lines; of one that has failed, where that was.
---@return string  "" where it has none, or there is no debug library
function life:traceback()
  kinds.check(self, "task", "traceback")
  if self.origin then return self.origin end
  local thread, text = not has_ended(self) and (self.thread or self.target), ""
  while thread do
    local part = vm.traceback(thread):gsub("^%s*%[C%][^\n]*\n", "") -- where it yields
    text = text .. (text ~= "" and part ~= "" and "\n" or "") .. part
    thread = registry.callers.map[thread]
  end
  return text
end


--- Adds a finalizer, with its arguments as `threads.pack` gives them.
---@param fn function
---@param count integer?
---@param value any
function life:add_finalizer(fn, count, value)
  local finalizer = { fn = fn, count = count, value = value, earlier = self.finalizers or false }
  self.is_observed, self.has_epilogue = true, true
  self.finalizers = finalizer
end


--- Takes back the last finalizer of a function that has this value as its only argument.
---@param fn function
---@param value any
---@return boolean  false if it has run already
function life:remove_finalizer(fn, value)
  local finalizer, later = self.finalizers, nil
  while finalizer do
    local earlier = finalizer.earlier
    if finalizer.fn == fn and finalizer.value == value then
      if later then later.earlier = earlier else self.finalizers = earlier end
      return true
    end
    finalizer, later = earlier, finalizer
  end
  return false
end


--- Has someone told when the task, which has not ended, is dead, before those who wait for it.
---@param observer table  its method `ended` gets the task
function life:observe(observer)
  local earlier = self.observer
  if earlier then
    observer = setmetatable({ earlier = earlier, later = observer }, Observers)
  end
  self.observer, self.is_observed = observer, true
end


--- Whether a wait would not suspend.
function life:is_ready() return has_ended(self) end

--- Where a wait parks.
function life:place_to_wait()
  self.is_observed = true
  return self
end

return life
