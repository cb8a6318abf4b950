-- What a timeout costs around a wait that ends in time, over what one would write by hand if it
-- needed none: a coroutine that creates another for each wait and resumes it twice. The clock is
-- virtual (under `neap run`, with --virtual-time).

local neap = require "neap"
local measure = require "./measure"

local create, resume, yield = coroutine.create, coroutine.resume, coroutine.yield
local count = 50000
measure.use_virtual_clock()

local function wait() yield() end

local function waits()
  for _ = 1, count do
    local thread = create(wait)
    resume(thread)
    resume(thread)
  end
end

local function bare() resume(create(waits)) end

local function timeouts()
  for _ = 1, count do neap.timeout(1000, neap.yield) end
end

local function ours() neap.spawn(timeouts):wait() end

local what = "a timeout around a wait that ends in time"
measure.compare(what, "create and two resumes", count, bare, ours)
