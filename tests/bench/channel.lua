-- What an item costs through a channel that keeps 64, over one bare resume and yield.
-- Alternates with its bare baseline in one process; prints the best of several rounds, ratio first.

local neap = require "neap"

local clock = os.clock
local rounds = 5
local count = 300000

local function bare()
  local thread = coroutine.create(function()
    while true do coroutine.yield() end
  end)
  for _ = 1, count do coroutine.resume(thread) end
end

local function ours()
  local channel = neap.channel(64)
  neap.spawn(function()
    for i = 1, count do channel:send(i) end
    channel:close()
  end)
  neap.spawn(function() channel:each(function() end) end):wait()
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
local line = "%.2f  an item through a channel of 64, over a resume and yield (%.0f ns over %.0f ns)"
print(line:format(best_ours / best_bare, best_ours / count * 1e9, best_bare / count * 1e9))
