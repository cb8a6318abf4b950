-- What a task costs that yields four times and is joined, among 100,000 alive at once or as many as
-- the argument says, over as many bare coroutines of one function that yield as often: all are
-- created, and then resumed in turn until they are done.

local neap = require "neap"
local measure = require "./measure"

local create, resume, yield = coroutine.create, coroutine.resume, coroutine.yield
local count = tonumber((...)) or 100000

local function yield_four_times()
  for _ = 1, 4 do yield() end
end

local function bare()
  local threads = {}
  for i = 1, count do threads[i] = create(yield_four_times) end
  for _ = 1, 5 do
    for i = 1, count do resume(threads[i]) end
  end
end

local function switch_four_times()
  for _ = 1, 4 do neap.yield() end
end

local function ours()
  local tasks = {}
  for i = 1, count do tasks[i] = neap.spawn(switch_four_times) end
  for i = 1, count do tasks[i]:wait() end
end

local what = ("a task of %d at once, with four yields"):format(count)
measure.compare(what, "create, five resumes and four yields", count, bare, ours)
