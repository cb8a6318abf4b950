-- What it costs to spawn a task, run it, let it finish and join it, in batches of 1,000, over bare
-- coroutines of one function: 1,000 are created, and then resumed.

local neap = require "neap"
local measure = require "./measure"

local count, batch = 200000, 1000

local function nothing() end

local function ours()
  local tasks = {}
  for _ = 1, count / batch do
    for i = 1, batch do tasks[i] = neap.spawn(nothing) end
    for i = 1, batch do tasks[i]:wait() end
  end
end

measure.compare("spawn, run, finish and join", "create and resume", count,
  measure.create_and_resume(count, batch, nothing), ours)
