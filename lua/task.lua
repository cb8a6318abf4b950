--- The `task` face: spawn, defer, delay, wait and cancel over coroutines, as in Luau runtimes.
--
-- The thread that `spawn` and `defer` return is the user's: `coroutine.yield` in it parks it until
-- `task.spawn` or a resume of the user's continues it, and it is never used for anything else.

local check = require "neap.check"
local clock = require "neap.kernel.clock"
local ending = require "neap.task.ending"
local neap = require "neap"
local protected = require "neap.pcall.protected"
local registry = require "neap.kernel.registry"
local runs = require "neap.kernel.runs"
local scheduler = require "neap.kernel.scheduler"
local tasks = require "neap.task.task"
local threads = require "neap.kernel.threads"
local user = require "neap.task.user"
local vm = require "neap.kernel.vm"

local setmetatable, type = setmetatable, type
local now, sleep, state = clock.now, neap.sleep, runs.state
local run_light, run_now = scheduler.run_light, scheduler.run_now
local create, pack, new_user_task = vm.create_for_function, threads.pack, tasks.new_user_task

--- Durations from here on count as 0, for they are mistakes.
local ABSURD = 2 ^ 64

--- Beyond this not every whole number has a value of its own, so there are no such ids.
local SAFE = 2 ^ 53

--- Delayed tasks by their ids.
registry.declare("delayed", setmetatable({}, { __mode = "v" }))

local task = {}


--- A duration in seconds; 0 for anything that is none.
local function seconds_of(value)
  if type(value) == "number" and value > 0 and value < ABSURD then return value end
  return 0
end


--- The task of a coroutine that is to begin or to go on with these arguments, taken from where it
-- stood; it is made if there is none. nil if the task waits for something: only that continues it.
local function restarted(position, name, thread, ...)
  local activity = protected.status(thread)
  if activity ~= "suspended" then
    check.fail(position, name, "suspended coroutine expected, got a " .. activity .. " one", 2)
  end
  local made = user.find(thread)
  if not made then
    made = new_user_task(nil, thread, pack(...))
    user.admit(made, thread)
  elseif (made.state == "pending" or user.is_parked(made))
      and (made.box or (made.home or false) == state.home) then
    made:restart(...)
  else
    return nil
  end
  return made
end


--- A function that calls a value, which is a table or userdata with a `__call`.
local function function_of(callable, position, name)
  check.callable(callable, position, name, 2)
  return function(...) return callable(...) end
end


--- Runs a function, or continues a coroutine, at once, up to its first wait.
---@param target function|thread
---@param ... any  its arguments
---@return thread
function task.spawn(target, ...)
  local kind = type(target)
  if kind == "thread" then
    local made = restarted(1, "spawn", target, ...)
    if made then run_now(made) end
    return target
  end
  if kind ~= "function" then target = function_of(target, 1, "spawn") end
  local thread = create(target)
  if not run_light(thread, target, false, ...) then
    run_now(tasks.of_newborn(thread, target, false), ...)
  end
  return thread
end


--- Runs a function, or continues a coroutine, after the tasks that are ready now.
---@param target function|thread
---@param ... any  its arguments
---@return thread
function task.defer(target, ...)
  local kind = type(target)
  if kind == "thread" then
    local made = restarted(1, "defer", target, ...)
    if made then
      state.deferred:park(made)
      scheduler.tell("woken", made)
    end
    return target
  end
  if kind ~= "function" then target = function_of(target, 1, "defer") end
  local thread = create(target)
  if not state.deferred:add(thread, target, pack(...)) then
    local made = new_user_task(target, thread, pack(...))
    state.deferred:park(made)
    user.admit(made, thread)
  end
  return thread
end


--- Runs a function, or continues a coroutine, after some seconds.
---@param seconds number?  as for `wait`
---@param target function|thread
---@param ... any  its arguments
---@return integer id  for `task.cancel`
function task.delay(seconds, target, ...)
  local kind, deadline = type(target), now() + seconds_of(seconds)
  local made
  if kind == "thread" then
    made = restarted(2, "delay", target, ...)
    if made then
      scheduler.tell("waits", made, state.timers, deadline)
      state.timers:park(made, deadline)
    else
      made = user.find(target)
    end
  else
    if kind ~= "function" then target = function_of(target, 2, "delay") end
    made = new_user_task(target, false, pack(...))
    state.postponed[made] = true
    state.timers:park(made, deadline)
    scheduler.count(made)
  end
  state.delayed[made.id] = made
  return made.id
end


--- Suspends the caller for some seconds. nil, NaN, negative and infinite times count as 0.
---@param seconds? number
---@return number seconds  that have passed
function task.wait(seconds) return sleep(seconds_of(seconds)) end


--- Cancels a thread's task, or a delayed task by its id. Never raises.
---@param target thread|integer
---@return boolean? cancelled  false if there is no such task any more; nil for an impossible id
---@return string? err
function task.cancel(target)
  local kind = type(target)
  local found
  if kind == "thread" then
    found = not ending.is_over(target) and user.find(target) or nil
  elseif kind == "number" then
    if target > SAFE then
      return nil, ("id %.0f exceeds safe integer range (2^53)"):format(target)
    end
    found = state.delayed[target]
  end
  return found ~= nil and found:cancel()
end

return task --[[@as task]]
