-- What it costs a shared host's run to sleep: its state is put aside and taken up again, two
-- exchanges, over a bare resume and yield, which the host's own sleep takes at least.

require "neap"
local runs = require "neap.kernel.runs"
local measure = require "./measure"

local resume, yield = coroutine.resume, coroutine.yield
local count = 100000

local thread = coroutine.create(function()
  while true do yield() end
end)

local function bare()
  for _ = 1, count do resume(thread) end
end

runs.share(true)
local run, first = runs.new(), runs.first

local function ours()
  for _ = 1, count do
    runs.enter(run)
    runs.enter(first)
  end
end

measure.compare("two exchanges of a run's state", "a bare resume and yield", count, bare, ours)
