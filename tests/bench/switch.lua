-- What a switch costs: 1,000 tasks that yield in turn, beside a bare loop over coroutine.resume and
-- coroutine.yield, alternating in one process. Prints the best of several rounds, ratio first.
--
--   neap run tests/bench/switch.lua [tasks]        or, without Rust, from the package's root:
--   LUA_PATH="lua/?.lua;;" lua5.1 tests/bench/switch.lua

local neap = require "neap"

local clock = os.clock
local tasks = tonumber((...)) or 1000
local switches = math.max(1000000 / tasks, 10)
local rounds = 7

local function bare()
  local threads = {}
  for i = 1, tasks do
    threads[i] = coroutine.create(function()
      while true do coroutine.yield() end
    end)
  end
  local start = clock()
  for _ = 1, switches do
    for i = 1, tasks do coroutine.resume(threads[i]) end
  end
  return clock() - start
end

local function ours()
  local spawned, start = {}, nil
  for i = 1, tasks do
    spawned[i] = neap.spawn(function()
      neap.yield()
      if i == 1 then start = clock() end
      for _ = 1, switches do neap.yield() end
      if i == 1 then start = clock() - start end
    end)
  end
  for i = 1, tasks do spawned[i]:wait() end
  return start
end

local best_bare, best_ours = math.huge, math.huge
for _ = 1, rounds do
  best_bare = math.min(best_bare, bare())
  collectgarbage()
  best_ours = math.min(best_ours, ours())
  collectgarbage()
end

local per_switch = 1e9 / switches / tasks
local line = "%.2f  switch by yield, %d tasks, over a bare resume and yield (%.0f ns over %.0f ns)"
print(line:format(best_ours / best_bare, tasks, best_ours * per_switch, best_bare * per_switch))
