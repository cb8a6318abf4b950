--- A task: a function that runs beside others, and what became of it.
--
-- Its state is "pending" (not begun), "started", or one of its ends: "returned", "failed",
-- "cancelled". What `status()` tells of a started task (running, runnable, suspended) follows from
-- where its thread is. A task that ends with finalizers keeps its end in `final`, and is only dead,
-- for those who wait for it, when they have run: they run as the same task, on a fresh thread.
--
-- To cancel is to kill: the thread is never resumed again, and what it waited for forgets it. A
-- task that runs at that moment is doomed instead: it ends at its next blocking call, or when it
-- returns.

local Waiters = require "neap.kernel.waiters"
local awaitable = require "neap.kernel.awaitable"
local check = require "neap.check"
local ending = require "neap.task.ending"
local failures = require "neap.task.failures"
local joined = require "neap.kernel.joined"
local owned = require "neap.task.owned"
local registry = require "neap.kernel.registry"
local scheduler = require "neap.kernel.scheduler"
local threads = require "neap.kernel.threads"
local vm = require "neap.kernel.vm"

local error, pairs, select, setmetatable, type = error, pairs, select, setmetatable, type
local has_ended = ending.has_ended
local status = coroutine.status
local unpack = vm.unpack
local line, enqueue_start = scheduler.line, scheduler.enqueue_start

---@class neap.Task: neap.Joined
---@field id integer  its number, in the order of creation
---@field state string
---@field thread thread|false  the innermost thread that it runs on
---@field traceback string?  where the error that ended it was raised
---@field private fn function?  what it runs on a thread of the pool
---@field private body function?  what it runs on a thread of its user's, for reports
---@field private count integer  of its arguments, or of its results; while it waits, its place's
---@field private value any  the arguments, the results, or the error; while it waits, what it
--- brings to its place, and then what it has been handed
---@field private parked table|false  where it waits, or who has handed it something
---@field private slot any  where in that place; false once it has been woken
---@field private bonds integer  0: its end concerns nobody; 1: those who wait or watch; 2: it has
--- had finalizers, or was cancelled while it ran
---@field private watcher table?  is told of its end, by its method `ended`
---@field private finalizers table?  in threes: function, count, value
---@field private final table?  its end, while the finalizers run
---@field private box table?  holds its thread weakly, while that is its user's
local Task = {}
Task.__index = Task

--- What a plain coroutine.yield from it gets; false if that parks it for its user.
Task.yield_error = "attempt to yield from a task: use neap.yield()"

Task.bonds, Task.thread, Task.slot = 0, false, false
Task.wake = scheduler.wake

for name, method in pairs(ending.methods) do Task[name] = method end
joined(Task)

--- Makes a pending task that is in no queue yet.
---@param fn? function
---@param count integer  of the arguments, as `threads.keep` gives them
---@param value any
---@return neap.Task
local function new(fn, count, value)
  local id = registry.created + 1
  registry.created = id
  -- A table has room for eight fields before it doubles. Five make it as large; the thread, the
  -- value and the slot come later, if at all.
  local task = { id = id, state = "pending", fn = fn, count = count, parked = false }
  if count > 0 then task.value = value end
  return setmetatable(task, Task)
end
Task.new = new


--- Starts a task: it first runs when the caller waits or ends.
---@param fn function
---@param ... any  its arguments
---@return neap.Task
function Task.spawn(fn, ...)
  if type(fn) ~= "function" then check.callable(fn, 1, "spawn") end
  local count, id = select("#", ...), registry.created + 1
  registry.created = id
  local task = { id = id, state = "pending", fn = fn, count = count, parked = line }
  if count == 1 then task.value = ... elseif count > 0 then task.value = { ... } end
  enqueue_start(task)
  return setmetatable(task, Task)
end


--- Takes a task out of every queue, and from where it waits.
local function unqueue(task)
  local thread = task.thread
  if task.state == "started" and not task.slot and task.parked ~= line then
    -- Unless it runs, it is in the queue of those that are ready.
    if thread and status(thread) == "suspended" then scheduler.forget(thread) end
  end
  Waiters.withdraw(task)
end
Task.unqueue = unqueue


--- Whether its failure is reported at once, and its handle may be dropped.
---@return boolean
function Task:is_detached()
  return self.is_loud == true
end


--- Stands for a pending task where that waits to begin, for the task itself holds its arguments.
local StandIn = {}
StandIn.__index = StandIn

function StandIn:wake()
  self.task.slot = false
  enqueue_start(self.task)
end

function StandIn:remove(task)
  task.slot = false
  self.parked:remove(self)
end

function StandIn:describe()
  return self.parked:describe()
end


--- Has a pending task begin when a place wakes it.
---@param place table
---@param argument? any  for the place's `park`
function Task:begin_from(place, argument)
  local stand_in = setmetatable({
    task = self, parked = false, slot = false, value = nil, count = 0,
  }, StandIn)
  self.parked, self.slot = stand_in, true
  place:park(stand_in, argument)
end


-- What users call.

--- Waits until the task has ended.
---@return any ...  its results
-- Raises its error, the same value; "cancelled" if it was cancelled.
function Task:wait()
  if scheduler.doomed then scheduler.checkpoint() end
  if self.state ~= "returned" then
    if not has_ended(self) then
      if scheduler.current_task() == self then error("a task cannot wait for itself", 2) end
      scheduler.wait(self:place())
    end
    if self.state ~= "returned" then return self:raise() end
  end
  local count = self.count
  if count == 0 then return end
  if count == 1 then return self.value end
  return unpack(self.value, 1, count)
end


--- Raises the error that the task ended with.
function Task:raise()
  if self.state == "cancelled" then error("cancelled", 0) end
  failures.seen(self)
  local waiter = scheduler.current_task()
  if waiter then waiter.raised = self end
  error(self.value, 0)
end


--- Ends the task where it waits: it is never resumed again. A task that runs (the caller itself, or
-- one that resumed it) ends at its next blocking call.
---@return boolean cancelled  false if it was over, or about to be
function Task:cancel()
  if has_ended(self) or self.final or self.doomed then return false end
  if not owned.take_back(self) then return false end
  local thread = self.thread
  local is_active = thread and status(thread)
  if is_active == "running" or is_active == "normal" then
    self:doom()
    return true
  end
  unqueue(self)
  self.fn = nil
  self:killed()
  return true
end


--- Whether the task is dead: ended, and its finalizers done.
---@return boolean
function Task:done()
  return has_ended(self)
end


--- Lets the task go: if it fails and nobody waits for it, that is reported at once.
---@return boolean  true
function Task:detach()
  self.is_loud = true
  if self.state == "failed" then failures.report_now(self) end
  return true
end


--- The task's state.
---@return "pending"|"runnable"|"running"|"suspended"|"dead"
function Task:status()
  if has_ended(self) then return "dead" end
  if self.state == "pending" then return "pending" end
  if self.slot then return "suspended" end
  local thread = self.thread
  return thread and status(thread) ~= "suspended" and "running" or "runnable"
end


--- Gives the task a name for reports; without an argument, tells it.
---@param name? string
---@return neap.Task|string?
function Task:name(name)
  if name == nil then return self.label end
  check.type(name, "string", 1, "name")
  self.label = name
  return self
end


--- What the task is called in a report.
---@return string
function Task:describe()
  return self.label and 'task "' .. self.label .. '"' or "task " .. self.id
end
Task.__tostring = Task.describe


--- Registers a function to run when the current task ends, however it ends: the last one first, on
-- a thread of its own.
---@param fn function
---@param ... any  its arguments
-- Raises an error outside of every task.
function Task.finally(fn, ...)
  check.callable(fn, 1, "finally")
  local task = scheduler.current_task()
  if not task then error("attempt to call 'finally' outside of a task", 2) end
  task:add_finalizer(fn, threads.keep(...))
end


--- Adds a finalizer, with its arguments as `threads.keep` gives them.
---@return table finalizer
function Task:add_finalizer(fn, count, value)
  local finalizers = self.finalizers
  if not finalizers then
    finalizers = { count = 0 }
    self.finalizers, self.bonds = finalizers, 2
  end
  local last = finalizers.count + 3
  finalizers.count = last
  finalizers[last - 2], finalizers[last - 1], finalizers[last] = fn, count, value
end


--- Takes back the last finalizer of a function that has this value as its only argument.
---@param fn function
---@param value any
---@return boolean  false if it has run already
function Task:remove_finalizer(fn, value)
  local finalizers = self.finalizers
  local last = finalizers.count
  for i = last, 3, -3 do
    if finalizers[i] == value and finalizers[i - 2] == fn then
      for j = i + 1, last do finalizers[j - 3] = finalizers[j] end
      finalizers[last - 2], finalizers[last] = nil, nil
      finalizers.count = last - 3
      return true
    end
  end
  return false
end


--- Has someone told when the task, which has not ended, is dead, before those who wait for it.
---@param watcher table  its method `ended` gets the task
function Task:watch(watcher)
  local earlier = self.watcher
  if earlier then
    local later = watcher
    watcher = {
      ended = function(_, task)
        earlier:ended(task)
        later:ended(task)
      end,
    }
  end
  self.watcher = watcher
  if self.bonds == 0 then self.bonds = 1 end
end


-- A task can be selected from: these three are what neap.awaitable asks for.

--- Whether a wait would not suspend.
function Task:is_ready()
  return has_ended(self)
end


--- Where a wait parks.
function Task:place()
  owned.keep(self)
  if self.bonds == 0 then self.bonds = 1 end
  return self
end


--- What a wait that has been woken returns.
function Task:claim()
  return self:wait()
end

return awaitable.declare(Task)
