--- What can be done with a task but wait for it: the methods of every task.

local check = require "neap.check"
local ending = require "neap.task.ending"
local failures = require "neap.task.failures"
local kinds = require "neap.kinds"
local scheduler = require "neap.kernel.scheduler"
local Waiters = require "neap.kernel.waiters"

local pairs = pairs
local has_ended = ending.has_ended
local status = coroutine.status

local life = {}

for name, method in pairs(ending.methods) do life[name] = method end


--- Ends the task where it waits: it is never resumed again. A task that runs (the caller itself, or
-- one that resumed it) ends at its next blocking call.
---@return boolean cancelled  false if it was over, or about to be
function life:cancel()
  if not self then kinds.check(self, "task", "cancel") end
  local thread = self.thread or self.target
  local activity = thread and status(thread) -- the collector may call what cancels it in there
  if has_ended(self) or self.is_concluding or self.cancel_requested then return false end
  scheduler.tell("cancelled", self)
  if activity == "running" or activity == "normal" then
    self:request_cancel()
  else
    self.is_concluding = true
    self:leave()
    self:kill()
  end
  return true
end


--- Takes the task from where it stands, which is not on a thread that runs.
function life:leave()
  if not self.place then scheduler.unqueue(self) end
  return Waiters.withdraw(self)
end


--- Whether the task is dead: ended, and its finalizers done.
---@return boolean
function life:done()
  if not self then kinds.check(self, "task", "done") end
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
---@return neap.Task|string?
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


--- Adds a finalizer, with its arguments as `threads.pack` gives them.
---@param fn function
---@param count integer?
---@param value any
function life:add_finalizer(fn, count, value)
  local finalizers = self.finalizers
  if not finalizers then
    finalizers = { size = 0 }
    self.finalizers, self.is_observed, self.has_epilogue = finalizers, true, true
  end
  local last = finalizers.size + 3
  finalizers[last - 2], finalizers[last - 1], finalizers[last] = fn, count, value
  finalizers.size = last
end


--- Takes back the last finalizer of a function that has this value as its only argument.
---@param fn function
---@param value any
---@return boolean  false if it has run already
function life:remove_finalizer(fn, value)
  local finalizers = self.finalizers
  local last = finalizers.size
  for i = last, 3, -3 do
    if finalizers[i] == value and finalizers[i - 2] == fn then
      for j = i + 1, last do finalizers[j - 3] = finalizers[j] end
      finalizers[last - 2], finalizers[last - 1], finalizers[last] = nil, nil, nil
      finalizers.size = last - 3
      return true
    end
  end
  return false
end


--- Has someone told when the task, which has not ended, is dead, before those who wait for it.
---@param observer table  its method `ended` gets the task
function life:observe(observer)
  local earlier = self.observer
  if earlier then
    local later = observer
    observer = {
      ended = function(_, task)
        earlier:ended(task)
        later:ended(task)
      end,
    }
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
