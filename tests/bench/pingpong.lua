-- What a round trip over two channels costs, over two bare resumes and yields.
-- Alternates with its bare baseline in one process; prints the best of several rounds, ratio first.

local neap = require "neap"

local clock = os.clock
local rounds = 5
local count = 100000

local function bare()
  local thread = coroutine.create(function()
    while true do coroutine.yield() end
  end)
  for _ = 1, 2 * count do coroutine.resume(thread) end
end

local function ours()
  local there, back = neap.channel(), neap.channel()
  neap.spawn(function()
    for _ = 1, count do back:send(there:wait()) end
  end)
  neap.spawn(function()
    for i = 1, count do
      there:send(i)
      back:wait()
    end
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
local line = "%.2f  a round trip over two channels, over two resumes and yields"
  .. " (%.0f ns over %.0f ns)"
print(line:format(best_ours / best_bare, best_ours / count * 1e9, best_bare / count * 1e9))
