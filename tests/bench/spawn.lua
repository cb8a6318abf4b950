-- What it costs to spawn a task, run it, let it finish and join it, in batches of 1,000, over a
-- bare coroutine.create and resume. Alternates with its bare baseline in one process; prints the
-- best of several rounds, ratio first.

local neap = require "neap"

local clock = os.clock
local rounds = 5
local count = 200000

local function nothing() end

local function bare()
  for _ = 1, count do coroutine.resume(coroutine.create(nothing)) end
end

local function ours()
  local tasks = {}
  for _ = 1, count / 1000 do
    for i = 1, 1000 do tasks[i] = neap.spawn(nothing) end
    for i = 1, 1000 do tasks[i]:wait() end
  end
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
local line = "%.2f  spawn, run, finish and join, over create and resume (%.0f ns over %.0f ns)"
print(line:format(best_ours / best_bare, best_ours / count * 1e9, best_bare / count * 1e9))
