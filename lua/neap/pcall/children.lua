--- How a pcall runs its function on Lua 5.1, whose own pcall cannot be yielded through.
--
-- The function runs in a thread of its own, a child of the one that called. As long as it does not
-- wait, that is all: the scheduler knows nothing of it, and arguments and results pass as they are.
-- If it waits, its task adopts it, and the request goes up through all callers to the scheduler,
-- which from then on resumes the innermost thread directly, so that a switch costs the same however
-- deep pcalls nest; when the child ends, the scheduler delivers its outcome to the caller.
--
-- A resume within a resume uses the C stack, which ends at about 200: past 100 of them the caller
-- asks the scheduler to start the child from below (CALL), where the stack is empty again.
--
-- In a coroutine that the scheduler does not run, a plain yield passes from the child to whoever
-- resumed its caller, and what that one resumes with passes back to the child.

local vm = require "neap.kernel.vm"
local threads = require "neap.kernel.threads"
local owned = require "neap.task.owned"
local loop = require "neap.task.loop"
local registry = require "neap.kernel.registry"
local scheduler = require "neap.kernel.scheduler"

local create, co_yield, resume, running =
  coroutine.create, coroutine.yield, coroutine.resume, vm.running
local error, native_pcall, native_xpcall, select, setmetatable, type, unpack =
  error, pcall, xpcall, select, setmetatable, type, vm.unpack
local PCALL, keep, release = threads.PCALL, threads.keep, threads.release
local NESTED, CALL, DELIVER = scheduler.NESTED, scheduler.CALL, scheduler.DELIVER
local loader_thread = loop.loader_thread

local children = {}


--- As debug.traceback, across the threads in which pcalls run their functions.
local function traceback(thread, message, level)
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
children.traceback = traceback


--- How many resumes may nest before a child is started from the scheduler, and how many pcalls at
-- all.
local NESTED_RESUMES, NESTED_PCALLS = 100, 16000

--- How many pcalls a thread stands in, for those that the scheduler started.
local levels = setmetatable({}, { __mode = "k" })

--- The children that serve no pcall, up to `pooled`.
local weak = { __mode = "v" }
local pool, pooled = setmetatable({}, weak), 0

local task_of, callers, callees
registry.on_shrink(function()
  task_of, callers, callees = registry.task_of, registry.callers, registry.callees
  levels, pool, pooled = registry.copy(levels), setmetatable({}, weak), 0
end)


local function recycle(child)
  pooled = pooled + 1
  pool[pooled] = child
end


--- The child that has just returned to its caller: tells the yield that says so from any other.
local returned = false

--- Yields what a child's function has returned: to the scheduler, in kept form, if a task has
-- adopted the child, else to its caller, as `pcall` returns it.
local function leave(me, ...)
  if task_of[me] then return co_yield(PCALL, keep(...)) end
  returned = me
  return co_yield(true, ...)
end


--- What a child runs. It is resumed with PCALL, the function, the count of its arguments, and
-- these, or one table if there are more than three. Resumed with anything else, which only a user
-- who got hold of it can do, it yields again.
local function serve(me)
  local token, fn, count, a, b, c = co_yield()
  while true do
    if token ~= PCALL then
      token, fn, count, a, b, c = co_yield()
    elseif count == 0 then
      token, fn, count, a, b, c = leave(me, fn())
    elseif count == 1 then
      token, fn, count, a, b, c = leave(me, fn(a))
    elseif count == 2 then
      token, fn, count, a, b, c = leave(me, fn(a, b))
    elseif count == 3 then
      token, fn, count, a, b, c = leave(me, fn(a, b, c))
    else
      token, fn, count, a, b, c = leave(me, fn(unpack(a, 1, count)))
    end
  end
end


--- Takes a child from the pool, or makes one.
local function acquire()
  while pooled > 0 do
    local child = pool[pooled]
    pooled = pooled - 1
    if child then return child end
  end
  local child = create(serve)
  resume(child, child)
  return child
end


--- What stands for the handler that `pcall` does not have.
local NO_HANDLER = {}
children.NO_HANDLER = NO_HANDLER

--- What a pcall returns whose child has failed. As far as the VM knows, a line of ours called fn.
local function caught(handler, child, err)
  if type(err) == "string" then
    local text = vm.strip_own_position(err)
    if text ~= err then err = text:gsub("^(attempt to call )local 'fn' %((.*)%)$", "%1%2") end
  end
  if handler == NO_HANDLER then return false, err end
  if vm.is_traceback(handler) or handler == traceback then return false, traceback(child, err) end
  local _, result = native_pcall(handler, err)
  return false, result
end


--- Undoes that a task has adopted a child, which has ended within its caller's resume.
local function disown(me, child)
  local task = task_of[child]
  if task then task.thread, task_of[child] = me, nil end
  if scheduler.current_thread() == child then scheduler.set_current(me) end
end


local receive

--- What a pcall returns, or does, whose child has not just returned.
local function attend(handler, me, child, ok, ...)
  local request, count, value = ...
  if not ok then
    disown(me, child)
    return caught(handler, child, request)
  elseif request == PCALL then
    disown(me, child)
    recycle(child)
    return true, release(count, value)
  end
  if request ~= NESTED then
    if scheduler.adopt(child) then return receive(handler, me, child, co_yield(NESTED, ...)) end
    callees[me] = child
  end
  return receive(handler, me, child, co_yield(...))
end


--- What a pcall returns, or does, when the resume of its child has returned.
local function answer(handler, me, child, depth, ok, ...)
  scheduler.depth = depth
  if returned == child then
    returned = false
    pooled = pooled + 1
    pool[pooled] = child
    return ...
  end
  return attend(handler, me, child, ok, ...)
end


--- Takes what a caller is resumed with while its child is suspended.
function receive(handler, me, child, token, ...)
  if token == DELIVER then
    local ok, count, value = ...
    if not ok then return caught(handler, child, value) end
    recycle(child)
    return true, release(count, value)
  end
  local task = task_of[me]
  if task and not owned.is_parked(task) then
    return receive(handler, me, child, co_yield())
  end
  callees[me] = nil
  local depth = scheduler.depth
  scheduler.depth = depth + 1
  return answer(handler, me, child, depth, resume(child, token, ...))
end


--- Has the scheduler start a child.
local function call_from_below(handler, me, child, fn, ...)
  local level, caller = 1, me
  while caller and not levels[caller] do level, caller = level + 1, callers[caller] end
  level = level + (levels[caller] or 0)
  if level > NESTED_PCALLS then error("stack overflow", 4) end
  levels[child] = level
  local count, value = keep(...)
  local function start() return fn(release(count, value)) end
  return receive(handler, me, child, co_yield(CALL, child, start))
end


--- What the host thread does, for it does not yield when it waits.
local function call_natively(handler, fn, ...)
  if handler == NO_HANDLER then return native_pcall(fn, ...) end
  local count, value = keep(...)
  return native_xpcall(function() return fn(release(count, value)) end, handler)
end


--- Calls a function in a child, and catches its error.
---@param handler any  what gets the error, or NO_HANDLER
---@param fn function
---@param ... any  its arguments
---@return boolean ok
---@return any ...  its results, its error, or what the handler has made of it
function children.call(handler, fn, ...)
  local me = running()
  if not me or me == loop.host_thread or me == loader_thread then
    return call_natively(handler, fn, ...)
  end
  local count, depth, child = select("#", ...), scheduler.depth, pool[pooled]
  if child then pooled = pooled - 1 else child = acquire() end
  if callers[child] ~= me then callers[child] = me end
  if depth >= NESTED_RESUMES and scheduler.adopt(me) then
    return call_from_below(handler, me, child, fn, ...)
  end
  scheduler.depth = depth + 1
  if count > 3 then
    return answer(handler, me, child, depth, resume(child, PCALL, fn, count, { ... }))
  end
  return answer(handler, me, child, depth, resume(child, PCALL, fn, count, ...))
end

return children
