-- What the `task` face costs with a function that does not wait: `task.spawn`, over a bare
-- coroutine.create and resume; and `task.defer` in batches of 1,000, with a wait for the tick that
-- runs them, over 1,000 bare coroutines that are created and then resumed. The clock is virtual
-- (under `neap run`, with --virtual-time), so that nothing but the work is measured.

local measure = require "./measure"
local task = require "task"

local create, resume = coroutine.create, coroutine.resume
local count, batch = 200000, 1000
measure.use_virtual_clock()

local function nothing() end

local function create_and_resume()
  for _ = 1, count do resume(create(nothing)) end
end

local function spawns()
  for _ = 1, count do task.spawn(nothing) end
end

local function defers()
  for _ = 1, count / batch do
    for _ = 1, batch do task.defer(nothing) end
    task.wait()
  end
end

measure.compare("task.spawn", "create and resume", count, create_and_resume, spawns)
measure.compare("task.defer", "create and resume", count,
  measure.create_and_resume(count, batch, nothing), defers)
