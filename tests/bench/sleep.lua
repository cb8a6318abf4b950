-- What it costs to sleep and wake with 20,000 timers at random deadlines, over a bare
-- coroutine.create and two resumes. The clock is virtual (under `neap run`, with --virtual-time),
-- so that nothing but the work is measured.

local neap = require "neap"
local measure = require "./measure"

local count = 20000
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

measure.compare("sleep and wake, 20,000 timers", "create and two resumes", count, bare, ours)
