--- The `task` face: spawn, defer, delay, wait and cancel over coroutines, as in Luau runtimes.
--
-- The thread that `spawn` and `defer` return is the user's: `coroutine.yield` in it parks it until
-- `task.spawn` or a resume of the user's continues it, and it is never used for anything else.

local Task = require "neap.task"
local owned = require "neap.owned"
local check = require "neap.check"
local clock = require "neap.clock"
local registry = require "neap.registry"
local scheduler = require "neap.scheduler"
local threads = require "neap.threads"
local timer = require "neap.timer"
local vm = require "neap.vm"

local status = coroutine.status
local setmetatable, type = setmetatable, type

--- Times from here on are taken for mistakes; ids from here on are not exact numbers.
local ABSURD, SAFE = 2 ^ 64, 2 ^ 53

local task = {}

--- Delayed tasks by their ids.
local delayed = setmetatable({}, { __mode = "v" })
registry.on_shrink(function() delayed = registry.copy(delayed) end)


local function seconds_of(value)
  if type(value) == "number" and value > 0 and value < ABSURD then return value end
  return 0
end


--- A task for a function, or for a coroutine that its user resumes this way, with arguments.
local function prepare(position, name, target, ...)
  local kind = type(target)
  local made
  if kind == "thread" then
    local state = owned.is_over(target) and "dead" or status(target)
    if state ~= "suspended" then
      check.fail(position, name, "suspended coroutine expected, got a " .. state .. " one", 2)
    end
    made = Task.of_thread(target)
    -- One that waits for something else is woken by that.
    if made.state ~= "pending" and not owned.is_parked(made) then return made, target, true end
    made:unqueue()
    made.state = "pending"
  else
    check.callable(target, position, name, 2)
    local fn = target
    target = vm.create(fn)
    made = Task.of_thread(target)
    made.body = fn
  end
  made.count, made.value = threads.keep(...)
  return made, target, false
end


--- Runs a function, or continues a coroutine, at once, up to its first wait.
---@param target function|thread
---@param ... any  its arguments
---@return thread
function task.spawn(target, ...)
  local made, thread, is_busy = prepare(1, "spawn", target, ...)
  if not is_busy then scheduler.begin_now(made) end
  return thread
end


--- Runs a function, or continues a coroutine, after the tasks that are ready now.
---@param target function|thread
---@param ... any  its arguments
---@return thread
function task.defer(target, ...)
  local made, thread, is_busy = prepare(1, "defer", target, ...)
  if not is_busy then scheduler.defer_start(made) end
  return thread
end


--- Runs a function, or continues a coroutine, after some seconds.
---@param seconds number?
---@param target function|thread
---@param ... any  its arguments
---@return integer id  for `task.cancel`
function task.delay(seconds, target, ...)
  local made, _, is_busy = prepare(2, "delay", target, ...)
  delayed[made.id] = made
  if not is_busy then
    made:begin_from(scheduler.timers, clock.now() + seconds_of(seconds))
  end
  return made.id
end


--- Suspends the caller for some seconds. nil, NaN, negative and infinite times count as 0.
---@param seconds? number
---@return number seconds  that have passed
function task.wait(seconds)
  return timer.sleep(seconds_of(seconds))
end


--- Cancels a thread's task, or a delayed task by its id. Never raises.
---@param target thread|integer
---@return boolean? cancelled  false if there is no such task any more; nil for an impossible id
---@return string? err
function task.cancel(target)
  local kind = type(target)
  local found
  if kind == "thread" then
    found = Task.find(target)
  elseif kind == "number" then
    if target > SAFE then
      return nil, ("id %.0f exceeds the safe integer range (2^53)"):format(target)
    end
    found = delayed[target]
  end
  return found ~= nil and found:cancel()
end

return task
