-- What it costs to sleep and wake with 20,000 timers at random deadlines, over a bare
-- coroutine.create and two resumes. The clock is virtual, so that nothing but the work is measured.
-- Alternates with its bare baseline in one process; prints the best of several rounds, ratio first.

local neap = require "neap"

local clock = os.clock
local count, rounds = 20000, 5
local time = 0
if #neap.tasks() == 0 then
  neap.use { now = function() return time end, sleep = function(seconds) time = time + seconds end }
end

local seed = 42
local function random()
  seed = (seed * 16807) % 2147483647
  return seed / 2147483647
end

local function bare()
  local threads = {}
  for i = 1, count do
    threads[i] = coroutine.create(function() coroutine.yield() end)
    coroutine.resume(threads[i])
  end
  for i = 1, count do coroutine.resume(threads[i]) end
end

local function ours()
  local tasks = {}
  for i = 1, count do tasks[i] = neap.spawn(neap.sleep, random() / 100) end
  for i = 1, count do tasks[i]:wait() end
end

local function best_of(fn, best)
  collectgarbage()
  local start = clock()
  fn()
  return math.min(best, clock() - start)
end

local best_bare, best_ours = math.huge, math.huge
for _ = 1, rounds do
  best_bare = best_of(bare, best_bare)
  best_ours = best_of(ours, best_ours)
end
local line = "%.2f  sleep and wake, 20,000 timers, over create and two resumes"
  .. " (%.0f ns over %.0f ns)"
print(line:format(best_ours / best_bare, best_ours / count * 1e9, best_bare / count * 1e9))
