-- What it costs to spawn a task, run it, let it finish and join it, in batches of 1,000, over a
-- bare coroutine.create and resume.

local neap = require "neap"
local measure = require "./measure"

local count = 200000

local function nothing() end

local function bare()
  for _ = 1, count do coroutine.resume(coroutine.create(nothing)) end
end

local function ours()
  local tasks = {}
  for _ = 1, count / 1000 do
    for i = 1, 1000 do tasks[i] = neap.spawn(nothing) end
    for i = 1, 1000 do tasks[i]:wait() end
  end
end

measure.compare("spawn, run, finish and join", "create and resume", count, bare, ours)
