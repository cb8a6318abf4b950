--- The `async_await` face: tasks that are created, started and joined; futures; async and await.
--
-- Runnable tasks run first in, first out: by the scheduler, as all tasks do, or one at a time by
-- `task_schedule`. For that this face keeps its own runnable tasks in a list, beside the
-- scheduler's.
--
-- A join from inside one of these tasks suspends it. A join from outside runs the task now, and
-- depth first what it joins, by iteration: `chain` is the stack of tasks that wait for one another.

local Task = require "neap.task.task"
local Waiters = require "neap.kernel.waiters"
local async = require "neap.structured.async"
local awaitable = require "neap.kernel.awaitable"
local check = require "neap.check"
local failures = require "neap.task.failures"
local scheduler = require "neap.kernel.scheduler"
local threads = require "neap.kernel.threads"

local error, getmetatable, rawset, setmetatable, type =
  error, getmetatable, rawset, setmetatable, type

local face = {}

--- The tasks that can be resumed now, through one entry each.
local runnable = Waiters.new(face)


local function add_runnable(entry)
  if entry.slot then runnable:remove(entry) end
  runnable:park(entry)
end


local function remove_runnable(entry)
  if entry.slot then runnable:remove(entry) end
end


--- A task of the scheduler's, as this face shows it. `state`, `error` and `result` may be read.
---@class async_await.Task
---@field state "pending"|"runnable"|"running"|"suspended"|"dead"
---@field error any  what it raised; "nil" for nil
---@field result table?  its results with their count in `n`, if there were any
---@field private task neap.Task?  once it is started
---@field private entry table  in the list of runnable tasks
local View = {}

local shown = {
  state = function(view)
    local task = view.task
    if not task then return "pending" end
    return task.state == "pending" and "runnable" or task:status()
  end,
  error = function(view)
    local task = view.task
    if not task or not task:done() or task.state == "returned" then return nil end
    local err = "cancelled"
    if task.state == "failed" then err = task.value end
    if err == nil then err = "nil" end
    rawset(view, "error", err)
    return err
  end,
  result = function(view)
    local task = view.task
    if not task or task.state ~= "returned" or task.count == 0 then return nil end
    local result = task.value
    if task.count == 1 then result = { result } end
    result.n = task.count
    rawset(view, "result", result)
    return result
  end,
}

function View:__index(key)
  local show = shown[key]
  return show and show(self)
end


local function check_view(view, position, name)
  if type(view) ~= "table" or getmetatable(view) ~= View then
    check.fail(position, name, "task expected, got " .. type(view), 2)
  end
end


--- The task of this face that calls, in its own thread.
local function caller()
  local task = scheduler.current_task()
  if task and task.view and scheduler.is_in_current() then return task end
end


--- Creates a task; it can be scheduled and joined once it is started.
---@param fn function
---@param ... any  its arguments
---@return async_await.Task
function face.task_create(fn, ...)
  check.callable(fn, 1, "task_create")
  local count, value = threads.keep(...)
  local view = { task = false, fn = fn, count = count, value = value, entry = false }
  return setmetatable(view, View)
end


--- Starts a task.
---@param view async_await.Task
-- Raises if it was started before.
function face.task_start(view)
  check_view(view, 1, "task_start")
  if view.task then error("attempted to start a non-pending task", 0) end
  local entry = { parked = false, slot = false, value = nil }
  local fn = view.fn
  local function body(...)
    remove_runnable(entry)
    return fn(...)
  end
  local task = Task.new(body, view.count, view.value)
  entry.task, task.view = task, view
  view.task, view.entry, view.fn, view.value = task, entry, nil, nil
  task.yield_error = "attempted to yield from a task function body"
  function task:wake(grantor, value)
    add_runnable(entry)
    return Task.wake(self, grantor, value)
  end
  task:watch { ended = function() remove_runnable(entry) end }
  add_runnable(entry)
  scheduler.enqueue_start(task)
end


--- Runs a task that can be resumed, now, until it waits.
local function resume(task)
  remove_runnable(task.view.entry)
  scheduler.resume_now(task)
  if task:status() == "runnable" then add_runnable(task.view.entry) end
end


--- The task of this face that a task has joined, if that is why it is suspended.
local function joined_by(task)
  local place = task.slot and task.parked
  local joined = place and (place.owner or place)
  return joined and joined.view and joined or nil
end


--- Runs a task to its end, and what it joins, as far as they wait for nothing else.
local function run_chain(target)
  local chain, depth = { target }, 1
  target.is_forced = true
  while depth > 0 do
    local top = chain[depth]
    local blocker = joined_by(top)
    if top:done() then
      chain[depth], depth = nil, depth - 1
    elseif blocker and not blocker.is_forced and blocker:status() ~= "running" then
      depth = depth + 1
      chain[depth], blocker.is_forced = blocker, true
    elseif not top.slot and top:status() ~= "running" then
      resume(top)
      if not top:done() and not top.slot then break end
    else
      break
    end
    if top:done() then top.is_forced = nil end
  end
  for i = 1, depth do chain[i].is_forced = nil end
end


--- Waits until a task is dead. Its error is not raised.
---@param view async_await.Task
-- Raises if the task is pending or running.
function face.task_join(view)
  check_view(view, 1, "task_join")
  local state = view.state
  if state == "pending" then error("cannot join a pending task", 0) end
  if state == "running" then error("cannot join a running task", 0) end
  local task, me = view.task, caller()
  if not task:done() and not me then run_chain(task) end
  if not task:done() then scheduler.wait(task:place()) end
  if me then remove_runnable(me.view.entry) end
  failures.seen(task)
end


--- Lets other tasks run. Does nothing outside of every task, nor in one that is being joined from
-- outside.
function face.task_yield()
  local me = caller()
  if not me or me.is_forced then return end
  add_runnable(me.view.entry)
  scheduler.yield()
  remove_runnable(me.view.entry)
end


--- The first task that can be resumed now, if any.
local function first_runnable()
  local entry = runnable:head()
  while entry do
    local task = entry.task
    if task.state == "pending" or task:status() == "runnable" then return task end
    runnable:remove(entry)
    entry = runnable:head()
  end
end


--- Runs the task that has been runnable longest, until it ends or waits.
function face.task_schedule()
  local task = first_runnable()
  if task then resume(task) end
end


--- Runs all tasks, and those that they start, until none can be resumed now.
function face.task_schedule_all()
  local task = first_runnable()
  while task do
    resume(task)
    task = first_runnable()
  end
end


---@class async_await.Future
---@field private view async_await.Task
local Future = {}
Future.__index = Future


--- Creates a future: a read-only view of a task's outcome.
---@param view async_await.Task
---@return async_await.Future
function face.future_create(view)
  check_view(view, 1, "future_create")
  return setmetatable({ view = view }, Future)
end


local function get(future)
  local view = future.view
  if view.state ~= "dead" then face.task_join(view) end
  failures.seen(view.task)
  if view.error ~= nil then error(view.error, 0) end
  return threads.release(view.task.count, view.task.value)
end


--- Waits for the task's results, by joining it.
---@param future async_await.Future
---@return any ...
-- Raises the task's error, or if the task has not been started.
function face.future_get(future)
  if type(future) ~= "table" or getmetatable(future) ~= Future then
    check.fail(1, "future_get", "future expected, got " .. type(future))
  end
  return get(future)
end

Future.wait = get

--- Whether a wait would not suspend: the task is dead, or pending, which is an error.
function Future:is_ready()
  return self.view.state == "dead" or not self.view.task
end

function Future:place()
  return self.view.task:place()
end

function Future:claim()
  return get(self)
end

awaitable.declare(Future)


local function start(fn, ...)
  local view = face.task_create(fn, ...)
  face.task_start(view)
  return face.future_create(view)
end


--- Turns a function into one that starts a task and returns its future.
---@param fn function
---@return fun(...): async_await.Future
function face.async(fn)
  check.callable(fn, 1, "async")
  return async.wrap(fn, start)
end


--- Waits for a future; or calls an async function in the current task, without a task of its own.
---@param awaited any
---@param ... any  arguments, if that is a function
---@return any ...
face.await = async.await

function face.describe()
  return "its turn"
end

return face
