-- What `neap.pcall` costs: around a call that does not wait, over the VM's own; around one that
-- yields once; and with 100 of them around each other, when they are entered for one yield, and
-- when the innermost yields again and again. Those that wait are done by 100 tasks in turn; the
-- baseline is as many bare coroutines that do the same with the VM's own pcall. Lua 5.1's cannot be
-- yielded through, so there it is the bare resume and yield alone.

local neap = require "neap"
local measure = require "./measure"

local create, resume = coroutine.create, coroutine.resume
local status, yield = coroutine.status, coroutine.yield
local tasks, depth = 100, 100

--- Whether the global pcall is the VM's own: `neap run` on Lua 5.1 has put neap's in its place,
-- which calls in a thread of its own. And whether it can be yielded through.
local is_own, is_yieldable
do
  local probe
  probe = create(function()
    pcall(function()
      is_own = status(probe) == "running"
      yield()
    end)
  end)
  resume(probe)
  is_yieldable = is_own and status(probe) == "suspended"
end

local function nothing() end

--- Calls fn within `levels` nested pcalls, of a kind.
local function nest(kind, levels, fn)
  if levels == 1 then return kind(fn) end
  return kind(nest, kind, levels - 1, fn)
end

local function in_tasks(body)
  return function()
    local spawned = {}
    for i = 1, tasks do spawned[i] = neap.spawn(body) end
    for i = 1, tasks do spawned[i]:wait() end
  end
end

local function in_coroutines(body)
  return function()
    local threads = {}
    for i = 1, tasks do threads[i] = create(body) end
    repeat
      for i = 1, tasks do resume(threads[i]) end
    until status(threads[1]) == "dead"
  end
end

--- The same for the VM's pcall and for neap's: `body` makes a function of a pcall and a yield.
local function both(count, body)
  local function loop()
    for _ = 1, count do yield() end
  end
  return count * tasks, in_coroutines(is_yieldable and body(pcall, yield) or loop),
    in_tasks(body(neap.pcall, neap.yield))
end

local function enters(count, levels)
  return both(count, function(kind, wait)
    return function()
      for _ = 1, count do nest(kind, levels, wait) end
    end
  end)
end

local function stays(count, levels)
  return both(count, function(kind, wait)
    local function loop()
      for _ = 1, count do wait() end
    end
    return function() nest(kind, levels, loop) end
  end)
end

if is_own then
  local count = 10000
  local function calls(kind)
    return function()
      for _ = 1, count do kind(nothing) end
    end
  end
  measure.compare("a pcall that does not wait", "the VM's own",
    count * tasks, in_coroutines(calls(pcall)), in_tasks(calls(neap.pcall)))
end

local over = is_yieldable and "the VM's own and a yield" or "a resume and yield"
measure.compare("a pcall around a yield", over, enters(2000, 1))
measure.compare("100 pcalls around a yield", over, enters(10, depth))
measure.compare("a yield within 100 pcalls", over, stays(2000, depth))
