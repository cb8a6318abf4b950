-- What a timeout costs around a wait that ends in time, over a bare create and two resumes, on a
-- virtual clock (under `neap run`, with --virtual-time).

local neap = require "neap"
local measure = require "./measure"

local count = 50000
measure.use_virtual_clock()

local function bare()
  local function wait() coroutine.yield() end
  for _ = 1, count do
    local thread = coroutine.create(wait)
    coroutine.resume(thread)
    coroutine.resume(thread)
  end
end

local function ours()
  neap.spawn(function()
    for _ = 1, count do neap.timeout(1000, neap.yield) end
  end):wait()
end

local what = "a timeout around a wait that ends in time"
measure.compare(what, "create and two resumes", count, bare, ours)
