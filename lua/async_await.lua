--- The `async_await` face: tasks that are created, started and joined; futures; async and await.
--
-- Runnable tasks run first in, first out: by the scheduler, as all tasks do, or one at a time by
-- `task_schedule`, which takes them from the scheduler's queue.
--
-- A join from inside one of these tasks suspends it. A join from outside runs the task now, and
-- depth first what it joins, by iteration: `chain` is the stack of tasks that wait for one another.

---@diagnostic disable: access-invisible, need-check-nil, param-type-mismatch
local async = require "neap.structured.async"
local awaitable = require "neap.kernel.awaitable"
local check = require "neap.check"
local kinds = require "neap.kinds"
local failures = require "neap.task.failures"
local hooks = require "neap.kernel.hooks"
local listing = require "neap.kernel.listing"
local neap = require "neap"
local queue = require "neap.kernel.queue"
local registry = require "neap.kernel.registry"
local runs = require "neap.kernel.runs"
local scheduler = require "neap.kernel.scheduler"
local tasks = require "neap.task.task"
local threads = require "neap.kernel.threads"
local vm = require "neap.kernel.vm"

local error, getmetatable, rawset, setmetatable, type =
  error, getmetatable, rawset, setmetatable, type
local state = runs.state

local face = {}


--- A task of the scheduler's, as this face shows it. `state`, `error` and `result` may be read.
---@class async_await.inside.Task
---@field state "pending"|"runnable"|"running"|"suspended"|"dead"
---@field error any  what it raised; "nil" for nil
---@field result table?  its results with their count in `n`, if there were any
---@field private task neap.inside.Task|false  once it is started
---@field private fn function?  before that, with its arguments
---@field private count integer?
---@field private value any
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
    if not task or task.state ~= "returned" or task.value == nil then return nil end
    local result = task.value
    if task.count then result.n = task.count else result = { n = 1, result } end
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


--- The calling task, if it is one of this face, and called from its own thread.
local function caller()
  local task, current = scheduler.current_task(), scheduler.current_thread()
  if task and task.view and registry.is_within(vm.running(), current) then return task end
end


--- Creates a task; it can be scheduled and joined once it is started.
---@param fn function
---@param ... any  its arguments
---@return async_await.inside.Task
function face.task_create(fn, ...)
  check.callable(fn, 1, "task_create")
  local count, value = threads.pack(...)
  local view = { task = false, fn = fn, count = count, value = value }
  return setmetatable(view, View)
end


--- Starts a task.
---@param view async_await.inside.Task
-- Raises if it was started before.
function face.task_start(view)
  check_view(view, 1, "task_start")
  if view.task then error("attempted to start a non-pending task", 0) end
  local task = tasks.new(view.fn, threads.unpack(view.count, view.value))
  task.view, task.yield_error = view, "attempted to yield from a task function body"
  view.task, view.fn, view.value = task, nil, nil
  scheduler.admit(task)
end


--- Runs a task that can be resumed, out of its turn, until it waits.
local function resume(task)
  queue.leave(task)
  scheduler.run_now(task)
end


--- The task of this face that a task has joined and waits for, if it does.
local function joined_task(task)
  local place = task.place
  local joined = place and (place.owner or place)
  return joined and joined.view and joined or nil
end


--- Runs a task to its end, and first those that it joins. Ends early if one waits for anything
-- else. Those in the chain have `is_forced` set, so that `task_yield` returns at once in them.
local function run_chain(target)
  local chain, depth = { target }, 1
  target.is_forced = true
  while depth > 0 do
    local top = chain[depth]
    local joined = joined_task(top)
    if top:done() then
      chain[depth], depth = nil, depth - 1
    elseif joined and joined.home == target.home and not joined.is_forced
        and joined:status() ~= "running" then
      depth = depth + 1
      chain[depth], joined.is_forced = joined, true
    elseif not top.place and top:status() ~= "running" then
      resume(top)
      if not top:done() and not top.place then break end
    else
      break
    end
    if top:done() then top.is_forced = nil end
  end
  for i = 1, depth do chain[i].is_forced = nil end
end


--- Waits until a task is dead. If it has failed, its error is not raised, and counts as seen.
---@param view async_await.inside.Task
-- Raises if the task is pending or running.
function face.task_join(view)
  check_view(view, 1, "task_join")
  local status = view.state
  if status == "pending" or status == "running" then
    error("cannot join a " .. status .. " task", 0)
  end
  local task, me = view.task, caller()
  if not (task:done() or me) and (task.home or false) == state.home then run_chain(task) end
  if not task:done() then tasks.wait(task:place_to_wait()) end
  failures.seen(task)
end


--- Lets other tasks run. Does nothing outside of every task, nor in one that is being joined from
-- outside.
function face.task_yield()
  local me = caller()
  if not me or me.is_forced then return end
  neap.yield()
end


--- The tasks that were runnable when `task_schedule` looked, in order, and how many of them have
-- been taken; who becomes runnable later stands behind them until the tick is over.
runs.declare { schedulable = false, scheduled = 0 }

--- Called at the end of the tick.
local function forget()
  state.schedulable = false
  hooks.remove(forget)
end


--- The next task of that list which is one of this face, and still runnable, if any.
local function next_in_list()
  local list = state.schedulable
  for i = state.scheduled + 1, #list do
    local task, status = list[i], list[i]:status()
    if task.view and (status == "pending" or status == "runnable") then
      state.scheduled = i
      return task
    end
  end
end


--- The task of this face that has been runnable longest, if any.
local function first_runnable()
  local task = state.schedulable and next_in_list()
  if task then return task end
  state.schedulable, state.scheduled = listing.ready(), 0
  hooks.add(forget)
  return next_in_list()
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


---@class async_await.inside.Future
---@field private view async_await.inside.Task
local Future = {}
Future.__index = Future


--- Creates a future: a read-only view of a task's outcome.
---@param view async_await.inside.Task
---@return async_await.inside.Future
function face.future_create(view)
  check_view(view, 1, "future_create")
  return setmetatable({ view = view }, Future)
end


local function get(future)
  local view = future.view
  if view.state ~= "dead" then face.task_join(view) end
  failures.seen(view.task)
  if view.error ~= nil then error(view.error, 0) end
  return threads.unpack(view.task.count, view.task.value)
end


--- Waits for the task's results, by joining it.
---@param future async_await.inside.Future
---@return any ...
-- Raises the task's error, or if the task has not been started.
function face.future_get(future)
  if type(future) ~= "table" or getmetatable(future) ~= Future then
    check.fail(1, "future_get", "future expected, got " .. type(future))
  end
  return get(future)
end

--- The same, as a method.
---@return any ...
function Future:wait()
  kinds.check(self, "future", "wait")
  return get(self)
end

--- Whether a wait would not suspend: the task is dead, or pending, which is an error.
function Future:is_ready() return self.view.state == "dead" or not self.view.task end

function Future:place_to_wait() return self.view.task:place_to_wait() end
function Future:claim() return get(self) end

awaitable.declare(Future, "future")


local function start(fn, ...)
  local view = face.task_create(fn, ...)
  face.task_start(view)
  return face.future_create(view)
end


--- Turns a function into one that starts a task and returns its future.
---@param fn function
---@return fun(...): async_await.inside.Future
function face.async(fn)
  check.callable(fn, 1, "async")
  return async.wrap(fn, start)
end


--- Waits for a future; or calls an async function in the current task, without a task of its own.
face.await = async.await

return face --[[@as async_await]]
