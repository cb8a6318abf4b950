--- Coroutines that serve one task after another.
--
-- Making a coroutine costs more than running a small function in it, so a thread whose function has
-- returned goes back to a pool. The pool is weak: what it holds is the collector's to take.
--
-- A thread begins a task when it is resumed with BEGIN and its function; or with BEGIN_WITH, if
-- there are arguments: those are in `exchange`, from which they go to the function and are held by
-- nothing else. When that has returned, the thread leaves the results in `exchange`, as `pack`
-- gives them, and yields DONE. Resumed with anything else, which only a user who got hold of it can
-- do, it yields again.

---@diagnostic disable: assign-type-mismatch
local runs = require "neap.kernel.runs"
local vm = require "neap.kernel.vm"

local create, co_yield = vm.coroutine.create, vm.coroutine.yield
local select, setmetatable, table_unpack = select, setmetatable, vm.unpack
local state = runs.state

local threads = {}

local weak = { __mode = "v" }

--- Makes a pool of threads.
function threads.new_pool() return setmetatable({ count = 0 }, weak) end

runs.declare_near { pool = threads.new_pool }

--- Tokens that pass between a thread and the scheduler. They are functions, which nobody calls: a
-- user may yield a table, and `==` between two tables calls the `__eq` of either one.
local BEGIN, BEGIN_WITH, DONE = function() end, function() end, function() end
threads.BEGIN, threads.DONE = BEGIN, DONE

--- What passes between a thread and who resumes it: a task's arguments, and its results.
local exchange = { count = false, value = false }
exchange.count, exchange.value = nil, nil
threads.exchange = exchange


--- Holds any number of values in two: the value itself if it is the only one, and no nil; else
-- their count, and a table of them. Of no values at all, both are nil.
---@return integer? count
---@return any value
local function pack(...)
  local count = select("#", ...)
  if count == 0 then return nil, nil end
  if count == 1 and (...) ~= nil then return nil, (...) end
  return count, { ... }
end
threads.pack = pack


--- Gives back what `pack` holds.
function threads.unpack(count, value)
  if count then return table_unpack(value, 1, count) end
  if value == nil then return end
  return value
end


--- Leaves a task's arguments for the thread that is to begin it.
---@return function token
function threads.hand_over(task)
  local count = task.count
  exchange.count, exchange.value, task.value = count, task.value, nil
  if count then task.count = nil end
  return BEGIN_WITH
end


--- Takes the arguments that are left for the function.
local function take()
  local count, value = exchange.count, exchange.value
  exchange.count, exchange.value = nil, nil
  if count then return table_unpack(value, 1, count) end
  return value
end


--- Leaves the results of a task. (As `pack` would; but two assignments around the task's function
-- make the stack of each thread on LuaJIT an eighth larger.)
local function leave(...)
  local count = select("#", ...)
  if count == 0 then return end
  if count == 1 and (...) ~= nil then
    exchange.value = ...
  else
    exchange.count, exchange.value = count, { ... }
  end
end


--- What a thread runs: little lies on its stack below the task's function, for the first that it
-- gets is small. (The function, let go, is yielded so that no compiler drops the assignment.)
local function serve(token, fn)
  while true do
    if token == BEGIN then
      leave(fn())
      fn = nil
      token, fn = co_yield(DONE, fn)
    elseif token == BEGIN_WITH then
      leave(fn(take()))
      fn = nil
      token, fn = co_yield(DONE, fn)
    else
      token, fn = co_yield()
    end
  end
end


--- Takes a thread from a pool, or whatever else such a table with a count holds, if there is one.
---@return any?
function threads.take(pool)
  while pool.count > 0 do
    local count = pool.count
    local thread = pool[count]
    pool[count], pool.count = nil, count - 1
    if thread then return thread end
  end
end


--- Puts a thread into a pool.
function threads.put(pool, thread)
  local count = pool.count + 1
  pool[count], pool.count = thread, count
end


--- A thread for the next task.
function threads.acquire() return threads.take(state.pool) or create(serve) end


--- Uses as much of the stack as what follows will: where there is no room, it raises here. (A frame
-- takes what its function has of parameters and variables before the call: here as many as usual.)
local function make_room(frames, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _)
  return frames > 0 and 0 + make_room(frames - 1) or 0
end
threads.make_room = make_room


--- Takes back a thread that has yielded DONE.
function threads.recycle(thread) return threads.put(state.pool, thread) end

return threads
