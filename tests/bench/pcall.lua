-- What `neap.pcall` costs: around a call that does not wait, over the VM's own; around one that
-- yields once; and with 100 of them around each other, when they are entered for one yield, and
-- when the innermost yields again and again. Those that wait are done by 100 tasks in turn; the
-- baseline is as many bare coroutines that do the same with the VM's own pcall. Lua 5.1's cannot be
-- yielded through, so there it is the bare resume and yield alone.

local neap = require "neap"
local vm = require "neap.kernel.vm"
local measure = require "./measure"

local tasks, depth = 100, 100

local function nothing() end

--- Calls fn within `levels` nested pcalls, of a kind.
local function nest(kind, levels, fn)
  if levels == 0 or not kind then return fn() end
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
    for i = 1, tasks do threads[i] = coroutine.create(body) end
    repeat
      for i = 1, tasks do coroutine.resume(threads[i]) end
    until coroutine.status(threads[1]) == "dead"
  end
end

-- `neap run` on Lua 5.1 has put neap's pcall in the VM's place.
if vm.yieldable_pcall or pcall ~= neap.pcall then
  local count = 10000
  local function calls(kind)
    return function()
      for _ = 1, count do kind(nothing) end
    end
  end
  measure.compare("a pcall that does not wait", "the VM's own",
    count * tasks, in_coroutines(calls(pcall)), in_tasks(calls(neap.pcall)))
end

local own_pcall, over = pcall, "the VM's own and a yield"
if not vm.yieldable_pcall then own_pcall, over = nil, "a resume and yield" end

local function enters(count, levels)
  local function body(kind, yield)
    return function()
      for _ = 1, count do nest(kind, levels, yield) end
    end
  end
  return count * tasks, in_coroutines(body(own_pcall, coroutine.yield)),
    in_tasks(body(neap.pcall, neap.yield))
end

local function stays(count, levels)
  local function body(kind, yield)
    local function loop()
      for _ = 1, count do yield() end
    end
    return function() nest(kind, levels, loop) end
  end
  return count * tasks, in_coroutines(body(own_pcall, coroutine.yield)),
    in_tasks(body(neap.pcall, neap.yield))
end

measure.compare("a pcall around a yield", over, enters(2000, 1))
measure.compare("100 pcalls around a yield", over, enters(10, depth))
measure.compare("a yield within 100 pcalls", over, stays(2000, depth))
