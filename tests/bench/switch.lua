-- What a switch costs: tasks that yield in turn, 1,000 or as many as the argument says, over a bare
-- loop that resumes as many coroutines, which yield.

local neap = require "neap"
local measure = require "./measure"

local clock = os.clock
local tasks = tonumber((...)) or 1000
local switches = math.max(1000000 / tasks, 10)

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
  local spawned, seconds = {}, nil
  for i = 1, tasks do
    spawned[i] = neap.spawn(function()
      neap.yield()
      local start = clock()
      for _ = 1, switches do neap.yield() end
      if i == 1 then seconds = clock() - start end
    end)
  end
  for i = 1, tasks do spawned[i]:wait() end
  return seconds
end

local what = ("switch by yield, %d tasks"):format(tasks)
measure.compare(what, "a bare resume and yield", switches * tasks, bare, ours)
