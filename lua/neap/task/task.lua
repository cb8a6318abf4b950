--- A task: a function that runs beside others, and what became of it.
--
-- Its `state` is "pending" (not begun), "started", "ending" (its outcome is fixed, and its
-- finalizers run), or how it has ended: "returned", "failed", "cancelled". What `status()` tells of
-- a started task follows from where it stands (neap.kernel.scheduler) and from its thread.
--
-- The fields that it has as a waiter are in neap.kernel.waiters: when it has ended, `count` and
-- `value` are its results, or `value` is its error.
--
-- Here are the two classes of tasks, and the functions by which they wait: the one needs the other,
-- since a coroutine of the user's that waits becomes a task.

---@diagnostic disable: assign-type-mismatch, need-check-nil, return-type-mismatch
local awaitable = require "neap.kernel.awaitable"
local check = require "neap.check"
local ending = require "neap.task.ending"
local failures = require "neap.task.failures"
local joined = require "neap.kernel.joined"
local kinds = require "neap.kinds"
local life = require "neap.task.life"
local light = require "neap.kernel.light"
local reraise = require "neap.task.reraise"
local runs = require "neap.kernel.runs"
local scheduler = require "neap.kernel.scheduler"
local bound = require "neap.task.bound"
local threads = require "neap.kernel.threads"
local user = require "neap.task.user"
local vm = require "neap.kernel.vm"
local waiting = require "neap.task.waiting"

local error, pairs, select, setmetatable, type = error, pairs, select, setmetatable, type
local has_ended = ending.has_ended
local ARM, state, table_unpack = awaitable.ARM, runs.state, vm.unpack
local admit, pack, bind = scheduler.admit, threads.pack, bound.bind

---@class (partial) neap.inside.Task: neap.Joined
---@field id integer  its number, in the order of creation
---@field state string
---@field thread thread|false  the innermost thread that the scheduler runs it on
---@field fn function|false  what it runs on a thread of the pool; while it is ending, a finalizer
---@field target thread|false|nil  see neap.inside.UserTask
---@field view table?  as `async_await` shows it
---@field private origin string?  the traceback of where the error that ended it was raised
---@field private count integer?  how many values there are in the table `value`; absent, it is one
---@field private is_observed boolean  whether its end concerns anybody
---@field private has_epilogue boolean  whether it has had a finalizer, or was cancelled as it ran
---@field private observer table?  is told of its end, by its method `ended`
---@field private is_concluding boolean  its end has begun: it is too late to cancel it
---@field private finalizers table|false|nil  the last of them, which leads to the earlier
---@field private outcome table?  how it has ended, while the finalizers run
---@field private cancel_requested boolean  it was cancelled while it ran
---@field private detached boolean  its failure is reported at once, and its handle may be dropped
---@field private raised (neap.inside.Task|neap.Load)?  whose error it has met last
---@field private raised_arm integer?  the number that this had in the list of a `select`
---@field private late any  the limit of the `timeout` that it has met last
---@field private failure table?  the record of its failure
---@field private label string?  its name
---@field private home table?  the run that it lives in, where there are several
local Task = {}
Task.__index = Task

--- What a plain coroutine.yield from it gets; false if that parks it for its user.
Task.yield_error = "attempt to yield from a task: use neap.yield()"

Task.giver, Task.index, Task.is_observed, Task.has_epilogue, Task.detached, Task.cancel_requested =
  false, false, false, false, false, false
Task.is_concluding = false
Task.wake = scheduler.wake

for name, method in pairs(life) do Task[name] = method end
joined(Task)

---@class (partial) neap.inside.UserTask: neap.inside.Task
---@field body function?  what it runs; a thread for it may be made only when it begins
---@field target thread|false  the user's thread that it is to begin in, or to go on in
---@field private box table?  holds that thread weakly while the task is let go
local UserTask = {}

--- Makes a pending task that stands nowhere, and has not been counted.
---@param fn function
---@param ... any  its arguments
---@return neap.inside.Task
local function new(fn, ...)
  local count, value = pack(...)
  local task = { id = 0, state = "pending", fn = fn, thread = false, place = false }
  if value ~= nil then task.value = value end
  if count then task.count = count end
  setmetatable(task, Task)
  return state.home and bind(task) or task
end


--- Starts a task: it first runs when the caller waits or ends.
---@param fn function
---@param ... any  its arguments
---@return neap.inside.Task
local function spawn(fn, ...)
  if type(fn) ~= "function" then check.callable(fn, 1, "spawn") end
  local count = select("#", ...)
  -- A table has room for eight fields before it doubles: three are left for a wait.
  local task = { id = 0, state = "pending", fn = fn, thread = false, place = false }
  if count == 1 and (...) ~= nil then
    task.value = ...
  elseif count > 0 then
    task.count, task.value = count, { ... }
  end
  setmetatable(task, Task)
  if state.home then bind(task) end
  admit(task)
  return task
end


--- Makes a pending task of a user's thread. It stands nowhere, and has not been counted.
---@param body function?  for reports
---@param target thread|false  that it is to begin in; false: one for `body`, made when it begins
---@param count integer?  of the arguments, as `threads.pack` gives them
---@param value any
---@return neap.inside.UserTask
local function new_user_task(body, target, count, value)
  local task = {
    id = 0, state = "pending", body = body, thread = false, target = target,
    place = false,
  }
  if value ~= nil then task.value = value end
  if count then task.count = count end
  setmetatable(task, UserTask)
  return state.home and bind(task) or task
end


--- Makes the task of a user's thread that begins now.
---@param id integer|false  its number; false if it has not been counted
local function of_newborn(thread, body, id)
  local task = {
    id = id, state = "started", body = body, thread = thread, target = false, place = false,
  }
  setmetatable(task, UserTask)
  if state.home then bind(task) end
  user.register(task, thread)
  if not id then scheduler.count(task) end
  return task
end

light.make_with(of_newborn, function(thread, body, id, count, value)
  local task = new_user_task(body, thread, count, value)
  user.register(task, thread)
  task.id = id
  return task
end)


--- The task of a user's thread, which is made if there is none.
---@param thread thread
---@return neap.inside.Task
---@return boolean is_new
local function of_thread(thread)
  local task = user.find(thread)
  if not task then return new_user_task(nil, thread), true end
  user.take_back(task)
  return task, false
end


local waits = scheduler.waits(waiting.elsewhere(of_thread))
local wait = waits.wait


--- It has its turn and no function to run: whoever made it was refused the wait for it.
function Task:begin() return self:cancel() end


--- Waits until the task has ended.
---@return any ...  its results
-- Raises its error, the same value; "cancelled" if it was cancelled.
function Task:wait(marker, arm)
  if not self then kinds.check(self, "task", "wait") end
  if state.is_cancelling then waiting.checkpoint() end
  if self.state ~= "returned" then
    if not has_ended(self) then
      if not self.id then kinds.check(self, "task", "wait") end
      if scheduler.current_task() == self then error("a task cannot wait for itself", 2) end
      wait(self:place_to_wait())
    end
    if self.state ~= "returned" then return self:raise(marker == ARM and arm or nil) end
  end
  local value = self.value
  if value == nil then return end
  local count = self.count
  if count then return table_unpack(value, 1, count) end
  return value
end


--- Raises the error that the task ended with.
---@param arm? integer  the number that the task has in the list of a `select`
function Task:raise(arm)
  if self.state == "cancelled" then error("cancelled", 0) end
  failures.seen(self)
  local waiter = scheduler.current_task()
  if not waiter then return reraise(self.value, self.origin, self.failure.where) end
  waiter.raised, waiter.raised_arm, waiter.late = self, arm, self.late
  error(self.value, 0)
end


--- What a wait that has been woken returns.
function Task:claim(_, arm) return self:wait(ARM, arm) end


--- Registers a function to run when the current task ends, however it ends: the last one first, on
-- a thread of its own.
---@param fn function
---@param ... any  its arguments
-- Raises an error outside of every task.
local function finally(fn, ...)
  check.callable(fn, 1, "finally")
  local task = scheduler.current_task()
  if not task then error("attempt to call 'finally' outside of a task", 2) end
  task:add_finalizer(fn, pack(...))
end


for name, member in pairs(Task) do UserTask[name] = member end
for name, method in pairs(user.methods) do UserTask[name] = method end
UserTask.__index = UserTask
UserTask.yield_error, UserTask.detached, UserTask.fn, UserTask.target = false, true, false, false
bound.declare(Task)
bound.declare(UserTask)

return {
  new = new,
  spawn = spawn,
  finally = finally,
  new_user_task = new_user_task,
  of_newborn = of_newborn,
  of_thread = of_thread,
  wait = wait,
  receive = waits.receive,
  sleep = waits.sleep,
  yield = waits.yield,
  checkpoint = waiting.checkpoint,
}
