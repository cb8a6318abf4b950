-- neap on luv's loop beside luv alone: 20,000 sleeps of up to 100 ms, in whole ones, as luv counts
-- them. Without neap, each is a coroutine that starts a timer, whose callback resumes it. Both run
-- in one process, turn by turn, on the same loop; what counts is the processor's time, so that
-- nobody pays for waiting.

local uv = require "luv"
local neap = require "neap"
local measure = require "./measure"

local count = 20000
local times = {}
for i = 1, count do times[i] = math.random(100) end

local function theirs()
  local function sleep(milliseconds)
    local me, timer = coroutine.running(), uv.new_timer()
    timer:start(milliseconds, 0, function()
      timer:close()
      coroutine.resume(me)
    end)
    coroutine.yield()
  end
  for i = 1, count do coroutine.wrap(sleep)(times[i]) end
  uv.run()
end

local function ours()
  local tasks = {}
  for i = 1, count do tasks[i] = neap.spawn(neap.sleep, times[i] / 1000) end
  for i = 1, count do tasks[i]:wait() end
end

measure.race("luv", "sleep, 20,000 timers", count, theirs, ours)
