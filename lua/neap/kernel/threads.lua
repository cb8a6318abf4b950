--- Coroutines that serve one task after another.
--
-- Making a coroutine costs more than running a small function in it, so a thread whose function has
-- returned goes back to a pool. The pool is weak: what it holds is the collector's to take.
--
-- A thread begins a task when it is resumed with BEGIN: it finds the task in `starting`, takes the
-- function and its arguments from there, and calls it as the last thing that its own function does,
-- so that nothing but the task's function holds them. When that has returned, the thread yields
-- DONE and the results as `keep` gives them. Resumed with anything else, which only a user who got
-- hold of it can do, it yields again.

local runs = require "neap.kernel.runs"
local vm = require "neap.kernel.vm"

local create, co_yield = coroutine.create, coroutine.yield
local select, setmetatable, unpack = select, setmetatable, vm.unpack
local state = runs.state

local function new_pool() return setmetatable({}, { __mode = "v" }) end
runs.declare("pool", new_pool)
runs.declare("pooled", 0)

local threads = {}

local BEGIN, DONE = {}, {}
threads.BEGIN, threads.DONE = BEGIN, DONE

--- The task that the thread which is resumed next is to begin.
local starting = { task = false }
threads.starting = starting


--- Holds any number of values in two: the value itself if it is the only one, and no nil; else
-- their count, and a table of them. Of no values at all, both are nil.
---@return integer? count
---@return any value
local function keep(...)
  local count = select("#", ...)
  if count == 0 then return nil, nil end
  if count == 1 and (...) ~= nil then return nil, (...) end
  return count, { ... }
end
threads.keep = keep


--- Gives back what `keep` holds.
---@param count integer?
---@param value any
function threads.release(count, value)
  if count then return unpack(value, 1, count) end
  if value == nil then return end
  return value
end


--- Calls the function of the task that is to begin, with its arguments.
local function begin(token)
  if token ~= BEGIN then return begin(co_yield()) end
  local task = starting.task
  local fn, count, value = task.fn, task.count, task.value
  starting.task = false
  if value == nil then return fn() end
  task.value = nil
  if not count then return fn(value) end
  task.count = nil
  return fn(unpack(value, 1, count))
end


local function serve(token)
  while true do token = co_yield(DONE, keep(begin(token))) end
end


--- Takes a thread from the pool, or makes one.
---@return thread
function threads.acquire()
  while state.pooled > 0 do
    local pooled = state.pooled
    local thread = state.pool[pooled]
    state.pool[pooled], state.pooled = nil, pooled - 1
    if thread then return thread end
  end
  return create(serve)
end


--- Puts a thread that has yielded DONE into the pool.
---@param thread thread
function threads.recycle(thread)
  local pooled = state.pooled + 1
  state.pool[pooled], state.pooled = thread, pooled
end


--- Lets go of all that the pool holds.
function threads.empty_pool()
  local pool = new_pool()
  state.pool, state.pooled = pool, 0
end

return threads
