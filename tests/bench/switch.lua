-- What a switch costs: tasks that yield in turn, 1,000 or as many as the argument says, over a bare
-- loop that resumes as many coroutines, which yield.

local neap = require "neap"
local measure = require "./measure"

local clock = os.clock
local create, resume, yield = coroutine.create, coroutine.resume, coroutine.yield
local tasks = tonumber((...)) or 1000
local switches = math.max(math.floor(1000000 / tasks), 10)

local function yield_for_ever()
  while true do yield() end
end

local function bare()
  local threads = {}
  for i = 1, tasks do threads[i] = create(yield_for_ever) end
  for i = 1, tasks do resume(threads[i]) end
  local start = clock()
  for _ = 1, switches do
    for i = 1, tasks do resume(threads[i]) end
  end
  return clock() - start
end

--- Returns the seconds that the switches of all the tasks have taken.
local function yields()
  neap.yield()
  local start = clock()
  for _ = 1, switches do neap.yield() end
  return clock() - start
end

local function ours()
  local spawned = {}
  for i = 1, tasks do spawned[i] = neap.spawn(yields) end
  local seconds = spawned[1]:wait()
  for i = 2, tasks do spawned[i]:wait() end
  return seconds
end

local what = ("switch by yield, %d tasks"):format(tasks)
measure.compare(what, "a bare resume and yield", switches * tasks, bare, ours)
