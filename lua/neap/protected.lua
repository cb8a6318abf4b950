--- `pcall` and `xpcall` that can be waited in.
--
-- Where the VM's own pcall can be yielded through, this is it. Lua 5.1's cannot, so there the
-- function runs in a thread of its own, a child of the one that called. As long as it does not
-- wait, that is all. If it waits, the request goes up through all callers to the scheduler, which
-- from then on resumes the innermost thread directly, so that a switch costs the same however deep
-- pcalls nest; when a child ends, the scheduler delivers its outcome to the caller.
--
-- A resume within a resume uses the C stack, which ends at about 200: past 100 of them the caller
-- asks the scheduler to start the child from below (CALL), where the stack is empty again.
--
-- In a coroutine that the scheduler does not run, a plain yield passes from the child to whoever
-- resumed its caller, and what that one resumes with passes back to the child.

local vm = require "neap.vm"
local threads = require "neap.threads"
local owned = require "neap.owned"
local check = require "neap.check"
local loop = require "neap.loop"
local registry = require "neap.registry"
local scheduler = require "neap.scheduler"

local co_yield, resume, running = coroutine.yield, coroutine.resume, vm.running
local error, native_pcall, native_xpcall, setmetatable, type =
  error, pcall, xpcall, setmetatable, type
local PCALL, acquire, recycle, keep, release =
  threads.PCALL, threads.acquire, threads.recycle, threads.keep, threads.release
local NESTED, CALL, DELIVER = scheduler.NESTED, scheduler.CALL, scheduler.DELIVER
local root_of = registry.root_of

local protected = {}


--- As debug.traceback, across the threads in which pcalls run their functions.
function protected.traceback(thread, message, level)
  if type(thread) ~= "thread" then thread, message, level = nil, thread, message end
  local kind = type(message)
  if kind ~= "string" and kind ~= "number" and kind ~= "nil" then return message end
  local start = thread or running()
  local text = (message and message .. "\n" or "") .. "stack traceback:\n"
    .. vm.traceback(thread, level)
  local caller = start and registry.callers[start]
  while caller do
    text = text .. "\n" .. vm.traceback(caller)
    caller = registry.callers[caller]
  end
  return text
end


if vm.yieldable_pcall then
  protected.pcall = native_pcall
  protected.xpcall = native_xpcall
  if not vm.xpcall_arguments then
    function protected.xpcall(fn, handler, ...)
      local count, value = keep(...)
      return native_xpcall(function() return fn(release(count, value)) end, handler)
    end
  end

  --- Puts xpcall in place of the global, and a debug.traceback that hides neap's own lines.
  function protected.install()
    vm.set_global("xpcall", protected.xpcall)
    vm.set_traceback(protected.traceback)
  end

  return protected
end


--- How many resumes may nest before a child is started from the scheduler, and how many pcalls at
-- all.
local NESTED_RESUMES, NESTED_PCALLS = 100, 16000

--- How many pcalls a thread stands in.
local levels = setmetatable({}, { __mode = "k" })

local task_of, callers, callees
registry.on_shrink(function()
  task_of, callers, callees = registry.task_of, registry.callers, registry.callees
  levels = registry.copy(levels)
end)


--- Undoes the link between a child that has ended and its caller.
local function unlink(me, child)
  local task = task_of[child]
  if task then task.thread, task_of[child] = me, nil end
  callers[child], callees[me] = nil, nil
  if scheduler.current_thread() == child then scheduler.set_current(me) end
end


--- How a child has ended: true and its results in kept form, or false, 1, its error and its thread.
local receive

local function drop_first(_, ...)
  return ...
end


local function answer(me, child, ok, ...)
  local request = ...
  if ok and request ~= PCALL then
    if request ~= NESTED and scheduler.current_thread() == child then
      return receive(me, child, co_yield(NESTED, ...))
    end
    return receive(me, child, co_yield(...))
  end
  unlink(me, child)
  if not ok then return false, 1, request, child end
  recycle(child)
  return true, drop_first(...)
end


function receive(me, child, token, ...)
  if token == DELIVER then return ... end
  local task = task_of[me]
  if task and not owned.is_parked(task) then return receive(me, child, co_yield()) end
  return answer(me, child, resume(child, token, ...))
end


local function climbed(depth, ...)
  scheduler.depth = depth
  return ...
end


local function call(me, fn, count, value)
  local level = (levels[me] or 0) + 1
  if level > NESTED_PCALLS then error("stack overflow", 3) end
  local child = acquire()
  callers[child], callees[me], levels[child] = me, child, level
  if me ~= scheduler.current_thread() then
    return answer(me, child, resume(child, PCALL, fn, count, value))
  elseif scheduler.depth >= NESTED_RESUMES then
    local job = { child = child, fn = fn, count = count, value = value }
    return receive(me, child, co_yield(CALL, job))
  end
  local task, depth = task_of[me], scheduler.depth
  task_of[child], task.thread = task, child
  scheduler.set_current(child)
  scheduler.depth = depth + 1
  return answer(me, child, climbed(depth, resume(child, PCALL, fn, count, value)))
end


local function outcome(ok, count, value)
  if ok then return true, release(count, value) end
  if type(value) == "string" then value = vm.strip_own_position(value) end
  return false, value
end


--- Calls a function and catches its error, as Lua's own does; the function may wait.
---@param fn function
---@param ... any  its arguments
---@return boolean ok
---@return any ...  its results, or its error, untouched
function protected.pcall(fn, ...)
  local me = running()
  if loop.is_host() or not check.is_callable(fn) then return native_pcall(fn, ...) end
  return outcome(call(me, fn, keep(...)))
end


local function handled(handler, ok, count, value, child)
  if ok then return true, release(count, value) end
  if type(value) == "string" then value = vm.strip_own_position(value) end
  if vm.is_traceback(handler) or handler == protected.traceback then
    return false, protected.traceback(child, value)
  end
  local _, result = native_pcall(handler, value)
  return false, result
end


--- As `pcall`, with a handler that gets the error and whose result is returned in its place. The
-- stack that raised the error is gone when it is called; `debug.traceback` as the handler still
-- shows it.
---@param fn function
---@param handler function
---@param ... any  fn's arguments
---@return boolean ok
---@return any ...
function protected.xpcall(fn, handler, ...)
  local me = running()
  if loop.is_host() or not check.is_callable(fn) then
    local count, value = keep(...)
    return native_xpcall(function() return fn(release(count, value)) end, handler)
  end
  return handled(handler, call(me, fn, keep(...)))
end


--- Puts pcall and xpcall in place of the globals, and beside them a debug.traceback that joins the
-- threads of nested pcalls and a coroutine.running that gives the thread they began in.
function protected.install()
  vm.set_global("pcall", protected.pcall)
  vm.set_global("xpcall", protected.xpcall)
  vm.set_traceback(protected.traceback)
  vm.set_running(function() return root_of(running()) end)
end

return protected
