-- What a switch by yield costs with 10 to 1,000,000 tasks alive, over a bare loop that resumes as
-- many coroutines; and how much that grows from 1,000 to 1,000,000.
--
-- Both sets are alive together, and the first task measures: a window of its own ticks, then one of
-- bare rounds.

local neap = require "neap"
local measure = require "./measure"

local clock = os.clock
local create, resume, yield = coroutine.create, coroutine.resume, coroutine.yield
local windows = 7

local function yield_for_ever()
  while true do yield() end
end

local function best_times(count)
  local switches = math.max(math.floor(200000 / count), 1)
  local threads, tasks, done = {}, {}, false
  local best_bare, best_ours = math.huge, math.huge
  local function yield_until_done()
    while not done do neap.yield() end
  end
  local function watch()
    neap.yield()
    collectgarbage()
    for _ = 1, windows do
      local start = clock()
      for _ = 1, switches do neap.yield() end
      best_ours = math.min(best_ours, clock() - start)
      start = clock()
      for _ = 1, switches do
        for i = 1, count do resume(threads[i]) end
      end
      best_bare = math.min(best_bare, clock() - start)
    end
    done = true
  end
  for i = 1, count do
    threads[i] = create(yield_for_ever)
    resume(threads[i])
  end
  for i = 1, count do tasks[i] = neap.spawn(i == 1 and watch or yield_until_done) end
  for i = 1, count do tasks[i]:wait() end
  return best_ours / switches / count * 1e9, best_bare / switches / count * 1e9
end

local ratios = {}
for _, count in ipairs { 10, 100, 1000, 10000, 100000, 1000000 } do
  local ours, bare = best_times(count)
  collectgarbage()
  ratios[count] = ours / bare
  local what = ("switch by yield, %d tasks alive"):format(count)
  measure.print(what, "as many bare coroutines", ours, bare)
end
local line = "%.2f  switch by yield, 1000000 alive against 1000 (%.2f over %.2f)"
print(line:format(ratios[1000000] / ratios[1000], ratios[1000000], ratios[1000]))
