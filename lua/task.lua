--- The `task` face: spawn, defer, delay, wait and cancel over coroutines, as in Luau runtimes.
--
-- The thread that `spawn` and `defer` return is the user's: `coroutine.yield` in it parks it until
-- `task.spawn` or a resume of the user's continues it, and it is never used for anything else.

local UserTask = require "neap.task.user_task"
local awaitable = require "neap.kernel.awaitable"
local owned = require "neap.task.owned"
local check = require "neap.check"
local clock = require "neap.kernel.clock"
local registry = require "neap.kernel.registry"
local scheduler = require "neap.kernel.scheduler"
local threads = require "neap.kernel.threads"
local timer = require "neap.sync.timer"
local vm = require "neap.kernel.vm"

local status = coroutine.status
local pairs, select, setmetatable, type = pairs, select, setmetatable, type
local now, timers = clock.now, scheduler.timers
local create, keep, new_task, defer_start =
  vm.create_for_function, threads.keep, UserTask.new, scheduler.defer_start

--- Times from here on are taken for mistakes; ids from here on are not exact numbers.
local ABSURD, SAFE = 2 ^ 64, 2 ^ 53

local task = {}


--- The task of a delayed function until its time has come; then it is a UserTask like others. The
-- timers use its `count` and `value`, so its arguments, if any, stand aside. Its thread is made
-- when it begins.
---@class neap.Delayed: neap.UserTask
---@field private arguments table?  packed
local Delayed = {}
for name, member in pairs(UserTask) do Delayed[name] = member end
Delayed.__index = Delayed

function Delayed:wake()
  local arguments = self.arguments
  if arguments then
    self.count, self.value = keep(vm.unpack(arguments, 1, arguments.n))
    self.arguments = nil
  else
    self.count, self.value = 0, nil
  end
  setmetatable(self, UserTask)
  scheduler.enqueue_start(self)
end

awaitable.declare(Delayed)

--- Delayed tasks by their ids.
local delayed = setmetatable({}, { __mode = "v" })
registry.on_shrink(function() delayed = registry.copy(delayed) end)


local function seconds_of(value)
  if type(value) == "number" and value > 0 and value < ABSURD then return value end
  return 0
end


--- The task of a coroutine that its user resumes this way, with its arguments; nil if it waits for
-- something else, for it is woken by that.
local function continue_thread(position, name, thread, ...)
  local state = owned.is_over(thread) and "dead" or status(thread)
  if state ~= "suspended" then
    check.fail(position, name, "suspended coroutine expected, got a " .. state .. " one", 2)
  end
  local made = UserTask.of_thread(thread)
  if made.state ~= "pending" and not owned.is_parked(made) then return nil end
  made:unqueue()
  made.state = "pending"
  made.count, made.value = keep(...)
  return made
end


--- A function for something else that can be called.
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
    local made = continue_thread(1, "spawn", target, ...)
    if made then scheduler.begin_now(made) end
    return target
  end
  if kind ~= "function" then target = function_of(target, 1, "spawn") end
  local thread = create(target)
  local made = new_task(target, thread, 0)
  if not scheduler.enter(made, thread, ...) then
    made.count, made.value = keep(...)
    scheduler.begin_now(made)
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
    local made = continue_thread(1, "defer", target, ...)
    if made then defer_start(made) end
    return target
  end
  if kind ~= "function" then target = function_of(target, 1, "defer") end
  -- In a thread that has just begun, where functions that defer themselves call from, the stack is
  -- small: with one call less here it need not grow.
  local count, thread = select("#", ...), create(target)
  local id = registry.created + 1
  registry.created = id
  local made = {
    id = id, state = "pending", body = target, thread = thread, count = count, parked = false,
  }
  if count == 1 then made.value = ... elseif count > 0 then made.value = { ... } end
  defer_start(setmetatable(made, UserTask))
  return thread
end


--- Runs a function, or continues a coroutine, after some seconds.
---@param seconds number?
---@param target function|thread
---@param ... any  its arguments
---@return integer id  for `task.cancel`
function task.delay(seconds, target, ...)
  local kind = type(target)
  local made
  if kind == "thread" then
    made = continue_thread(2, "delay", target, ...)
    if made then
      made:begin_from(timers, now() + seconds_of(seconds))
    else
      made = UserTask.find(target)
    end
  else
    if kind ~= "function" then target = function_of(target, 2, "delay") end
    made = setmetatable(new_task(target, false, 0), Delayed)
    if select("#", ...) > 0 then made.arguments = vm.pack(...) end
    timers:park(made, now() + seconds_of(seconds))
  end
  delayed[made.id] = made
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
    found = UserTask.find(target)
  elseif kind == "number" then
    if target > SAFE then
      return nil, ("id %.0f exceeds the safe integer range (2^53)"):format(target)
    end
    found = delayed[target]
  end
  return found ~= nil and found:cancel()
end

return task
