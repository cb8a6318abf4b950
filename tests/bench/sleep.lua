-- What it costs to sleep and wake with 20,000 timers at random deadlines, over as many
-- bare coroutines of one function: all are created, and then all are resumed, twice. The clock is
-- virtual (under `neap run`, with --virtual-time), so that nothing but the work is measured.

local neap = require "neap"
local measure = require "./measure"

local create, resume, yield = coroutine.create, coroutine.resume, coroutine.yield
local count = 20000
measure.use_virtual_clock()

--- Up to 10 ms, as they come, and whole milliseconds up to 100 ms, as most systems' timers have.
local exact, whole = {}, {}
local seed = 42
for i = 1, count do
  seed = (seed * 16807) % 2147483647
  exact[i], whole[i] = seed / 2147483647 / 100, seed % 100 / 1000
end

local function wait() yield() end

local function bare()
  local threads = {}
  for i = 1, count do threads[i] = create(wait) end
  for i = 1, count do resume(threads[i]) end
  for i = 1, count do resume(threads[i]) end
end

local function sleeps(delays)
  return function()
    local tasks = {}
    for i = 1, count do tasks[i] = neap.spawn(neap.sleep, delays[i]) end
    for i = 1, count do tasks[i]:wait() end
  end
end

measure.compare("sleep and wake, 20,000 timers, one a tick", "create and two resumes",
  count, bare, sleeps(exact))
measure.compare("sleep and wake, 20,000 timers, whole milliseconds", "create and two resumes",
  count, bare, sleeps(whole))
