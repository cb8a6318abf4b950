--- How a pcall runs its function on Lua 5.1, whose own pcall cannot be yielded through.
--
-- The function runs in a thread of its own, a child of the one that called. As long as it does not
-- wait, that is all: the scheduler knows nothing of it, and arguments and results pass as they are.
-- If it waits, its request goes up through all callers to the scheduler (NESTED), which from then
-- on resumes the innermost thread directly, so that a switch costs the same however deep pcalls
-- nest; when the child ends, the scheduler delivers its outcome to the caller (DELIVER). A request
-- that does not arrive, for the VM refuses the yield on its way, has changed nothing.
--
-- A resume within a resume uses the C stack, which ends at about 200: past 100 of them the caller
-- asks the scheduler to start the child from below (CALL), where the stack is empty again.
--
-- In a coroutine that the scheduler does not run, a plain yield passes from the child to whoever
-- resumed its caller, and what that one resumes with passes back to the child.

local loop = require "neap.task.loop"
local own = require "neap.kernel.own"
local registry = require "neap.kernel.registry"
local runs = require "neap.kernel.runs"
local scheduler = require "neap.kernel.scheduler"
local threads = require "neap.kernel.threads"
local user = require "neap.task.user"
local vm = require "neap.kernel.vm"

local create, co_yield, resume, running =
  vm.coroutine.create, vm.coroutine.yield, vm.coroutine.resume, vm.running
local error, native_pcall, type = error, pcall, type
local pack, put, state, take, unpack =
  threads.pack, threads.put, runs.state, threads.take, threads.unpack
local ENDED, current_thread, requests, run = scheduler.ENDED, scheduler.current_thread,
  scheduler.requests, scheduler.run
local is_within, loader_thread = registry.is_within, not vm.yieldable_pcall and loop.loader.thread

local NESTED = {} -- what a caller yields to the scheduler with the request of its child
local CALL = {} -- what it yields to have a child started from below
local DELIVER = {} -- what it is resumed with when its child has ended
local PCALL = {} -- what a child is started with, and what it yields when its function has returned

local children = {}


--- As debug.traceback, across the threads in which pcalls run their functions.
local function traceback(thread, message, level)
  if type(thread) ~= "thread" then thread, message, level = nil, thread, message end
  local kind = type(message)
  if kind ~= "string" and kind ~= "number" and kind ~= "nil" then return message end
  local start = thread or running()
  local text = (message and message .. "\n" or "") .. "stack traceback:\n"
    .. vm.traceback(thread, level, message)
  local callers = registry.callers.map
  local caller = start and callers[start]
  while caller do
    text = text .. "\n" .. vm.traceback(caller)
    caller = callers[caller]
  end
  return text
end
children.traceback = traceback


--- How many resumes may nest before a child is started from below, and how many pcalls at all.
local NESTED_RESUMES, NESTED_PCALLS = 100, 16000

--- How many pcalls a thread stands in, of the threads that were started from below.
local levels = registry.map("k")

--- Which thread called a child, or called it last.
local callers = registry.callers

--- The children that serve no pcall at the moment.
runs.declare_near { children = threads.new_pool }

--- The child that has just returned to its caller: tells the yield that says so from any other.
local returned = false

--- Yields what a child's function has returned: to the scheduler, packed, if the scheduler resumes
-- the child by now, else to its caller, as `pcall` returns it.
local function leave(me, ...)
  if state.task_of[me] then return co_yield(PCALL, pack(...)) end
  returned = me
  return co_yield(true, ...)
end


--- What a child runs. It is resumed with PCALL, the function and its arguments. Resumed with
-- anything else, which only a user who got hold of it can do, it yields again.
local function serve(me, token, fn, ...)
  if token == PCALL then return serve(me, leave(me, fn(...))) end
  return serve(me, co_yield())
end


--- A child that waits to be resumed with PCALL.
local function new_child()
  local child = create(serve)
  resume(child, child)
  return child
end


local NO_HANDLER = {} -- stands for the handler that `pcall` does not have
children.NO_HANDLER = NO_HANDLER

--- What a pcall returns if its child has failed. (A message of the VM's may name our local fn.)
local function caught(handler, child, err)
  if type(err) == "string" then
    local text = own.strip_position(err)
    if text ~= err then err = text:gsub("^(attempt to call )local 'fn' %((.*)%)$", "%1%2") end
  end
  if handler == NO_HANDLER then return false, err end
  if vm.is_traceback(handler) or handler == traceback then return false, traceback(child, err) end
  local _, result = native_pcall(handler, err)
  return false, result
end


local receive ---@type any

--- What a pcall returns, or does, if its child has failed, yielded, or ended under the scheduler.
local function attend(handler, me, child, ok, ...)
  local request, count, value = ...
  if not ok or request == PCALL then
    state.task_of[child] = nil -- a wait that the VM has refused may have made a task of it
    if not ok then return caught(handler, child, request) end
    put(state.children, child)
    return true, unpack(count, value)
  end
  if request == NESTED or not is_within(child, current_thread()) then
    return receive(handler, me, child, co_yield(...))
  end
  return receive(handler, me, child, co_yield(NESTED, child, ...))
end


--- What a pcall returns, or does, when the resume of its child has returned.
local function answer(handler, me, child, depth, ok, ...)
  state.depth = depth
  if returned == child then
    returned = false
    local pool = state.children
    local count = pool.count + 1
    pool[count], pool.count = child, count
    return ...
  end
  return attend(handler, me, child, ok, ...)
end


--- Takes what a caller is resumed with while its child is suspended.
function receive(handler, me, child, ...)
  if (...) == DELIVER then
    local _, ok, count, value = ...
    if not ok then return caught(handler, child, value) end
    if levels.map[child] then levels.map[child] = nil end
    put(state.children, child)
    return true, unpack(count, value)
  end
  -- Anything else is meant for the child, if it comes from its user, by whatever way.
  local task = state.task_of[me]
  if task and not user.is_parked(task) and task.state ~= "pending" and current_thread() ~= me then
    return receive(handler, me, child, co_yield())
  end
  local depth = state.depth
  state.depth = depth + 1
  return answer(handler, me, child, depth, resume(child, ...))
end


--- Has the scheduler start a child, below which the C stack is empty.
local function call_from_below(handler, me, child, fn, ...)
  local level, caller, known = 1, me, levels.map
  while caller and not known[caller] do level, caller = level + 1, callers.map[caller] end
  level = level + (known[caller] or 0)
  if level > NESTED_PCALLS then error("stack overflow", 4) end
  known[child] = level
  local count, value = pack(...)
  local function start() return fn(unpack(count, value)) end
  return receive(handler, me, child, co_yield(CALL, child, start))
end


--- The pcall of the host thread, which does not yield when it waits.
local function call_natively(handler, fn, ...)
  if handler == NO_HANDLER then return native_pcall(fn, ...) end
  return vm.xpcall(fn, handler, ...)
end


--- Calls a function in a child, and catches its error.
---@param handler any  what gets the error, or NO_HANDLER
---@param ... any  its arguments
---@return any ...  its results, its error, or what the handler has made of it
function children.call(handler, fn, ...)
  local me = running()
  if not me or me == state.host_thread or me == loader_thread then
    return call_natively(handler, fn, ...)
  end
  local depth, pool = state.depth, state.children
  local count = pool.count
  local child = pool[count]
  if child then pool.count = count - 1 else child = take(pool) or new_child() end
  local map = callers.map
  if map[child] ~= me then map[child] = me end
  if depth >= NESTED_RESUMES and is_within(me, current_thread()) then
    return call_from_below(handler, me, child, fn, ...)
  end
  state.depth = depth + 1
  return answer(handler, me, child, depth, resume(child, PCALL, fn, ...))
end

if vm.yieldable_pcall then return children end

-- What the scheduler does for pcalls.

--- A request has come from within a pcall: from now on the scheduler resumes the thread that made
-- it.
requests[NESTED] = function(task, thread, inner, ...)
  local task_of, map = state.task_of, callers.map
  local between = inner
  while between ~= thread do
    task_of[between] = task
    between = map[between]
  end
  task.thread = inner
  return scheduler.dispatch(task, inner, true, ...)
end

requests[CALL] = function(task, _, child, start)
  state.task_of[child] = task
  return run(task, child, PCALL, start)
end

--- Resumes the caller of a child that has ended.
local function deliver(task, child, ...)
  state.task_of[child] = nil
  return run(task, callers.map[child], DELIVER, ...)
end

requests[PCALL] = function(task, child, count, value)
  return deliver(task, child, true, count, value)
end

local end_task = requests[ENDED]

requests[ENDED] = function(task, thread, ok, err)
  if callers.map[thread] then return deliver(task, thread, ok, nil, err) end
  return end_task(task, thread, ok, err)
end

return children
