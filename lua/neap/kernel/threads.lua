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

local threads = {}

local weak = { __mode = "v" }

--- Makes a pool of threads.
function threads.new_pool() return setmetatable({ count = 0 }, weak) end

runs.declare { pool = threads.new_pool }

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


--- Takes a thread from a pool, if there is one.
---@return thread?
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


--- Takes back a thread that has yielded DONE.
function threads.recycle(thread) return threads.put(state.pool, thread) end

return threads
