-- What a timeout costs around a wait that ends in time, over a bare create and two resumes.
-- Alternates with its bare baseline in one process; prints the best of several rounds, ratio first.

local neap = require "neap"

local clock = os.clock
local rounds = 5
local count = 50000

local function bare()
  local function wait() coroutine.yield() end
  for _ = 1, count do
    local thread = coroutine.create(wait)
    coroutine.resume(thread)
    coroutine.resume(thread)
  end
end

local function ours()
  neap.spawn(function()
    for _ = 1, count do neap.timeout(1000, neap.yield) end
  end):wait()
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
local line = "%.2f  a timeout around a wait that ends in time, over create and two resumes"
  .. " (%.0f ns over %.0f ns)"
print(line:format(best_ours / best_bare, best_ours / count * 1e9, best_bare / count * 1e9))
