--- Coroutines that serve one function after another.
--
-- Making a coroutine costs more than running a small function in it, so a thread whose function has
-- returned goes back to a pool. The pool is weak: what it holds is the collector's to take.
--
-- A thread is started by `resume(thread, token, fn, value)`: with TASK where there is no argument,
-- ONE where the value is the only one, MANY where it is a table of them, their number in `n`. When
-- the function has returned, the thread yields TASK and the results as `keep` gives them. Resumed
-- with anything else, which only a user who got hold of it can do, it yields again. PCALL is for
-- the threads that serve a `pcall` on Lua 5.1 (see neap.children).

local vm = require "neap.kernel.vm"

local create, co_yield = coroutine.create, coroutine.yield
local select, setmetatable, unpack = select, setmetatable, vm.unpack

local threads = {}

local TASK, ONE, MANY, PCALL = {}, {}, {}, {}
threads.TASK, threads.ONE, threads.MANY, threads.PCALL = TASK, ONE, MANY, PCALL


--- Holds any number of values in two: their count, and the value itself or a table of several.
---@return integer count
---@return any values
local function keep(...)
  local count = select("#", ...)
  if count < 2 then return count, (...) end
  return count, { ... }
end
threads.keep = keep


--- Gives back what `keep` holds.
---@param count integer
---@param value any
function threads.release(count, value)
  if count == 0 then return end
  if count == 1 then return value end
  return unpack(value, 1, count)
end


--- What a thread runs. Little lies on the stack below fn, for the first stack that a thread gets is
-- small; and nothing that a task has had stays there when it is over.
local function serve(token, fn, value)
  -- luacheck: ignore 311 (a yield may take long: what is overwritten after it is let go before it)
  while true do
    if token == TASK then
      local count, result = keep(fn())
      fn = nil
      token, fn, value = co_yield(TASK, count, result)
    elseif token == ONE then
      local count, result = keep(fn(value))
      fn, value = nil, nil
      token, fn, value = co_yield(TASK, count, result)
    elseif token == MANY then
      local count, result = keep(fn(unpack(value, 1, value.n)))
      fn, value = nil, nil
      token, fn, value = co_yield(TASK, count, result)
    else
      token, fn, value = co_yield()
    end
  end
end


local pool = setmetatable({}, { __mode = "v" })
local pooled = 0

--- Takes a thread from the pool, or makes one.
---@return thread
function threads.acquire()
  while pooled > 0 do
    local thread = pool[pooled]
    pool[pooled] = nil
    pooled = pooled - 1
    if thread then return thread end
  end
  return create(serve)
end


--- Puts a thread that has yielded its token into the pool.
---@param thread thread
function threads.recycle(thread)
  pooled = pooled + 1
  pool[pooled] = thread
end


--- Lets go of all that the pool holds.
function threads.empty_pool()
  pool, pooled = setmetatable({}, { __mode = "v" }), 0
end

return threads
