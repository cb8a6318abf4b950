-- What a task takes while it is parked in a sleep, or in a receive, over a bare parked coroutine. All
-- stay until the end, so that nothing that one kind leaves serves another.
-- The clock is virtual (under `neap run`, with --virtual-time): one that is a function in C makes
-- the stacks of LuaJIT's threads grow.

local neap = require "neap"
local measure = require "./measure"

measure.use_virtual_clock()

local create, resume, yield = coroutine.create, coroutine.resume, coroutine.yield
local count = 10000

local function kib()
  collectgarbage()
  collectgarbage()
  return collectgarbage("count")
end

local function bytes(make)
  local kept = {}
  for i = 1, count do kept[i] = false end
  local before = kib()
  for i = 1, count do kept[i] = make() end
  neap.yield()
  neap.yield()
  local each = (kib() - before) * 1024 / count
  return each, kept
end

local function wait() yield() end

local function parked()
  local thread = create(wait)
  resume(thread)
  return thread
end

local channel = neap.channel()
local function sleep() neap.sleep(1e6) end
local function receive() channel:wait() end

local bare, threads = bytes(parked)
local sleep_bytes, sleepers = bytes(function() return neap.spawn(sleep) end)
local receive_bytes, receivers = bytes(function() return neap.spawn(receive) end)
measure.print("a task parked in a sleep", "a parked coroutine", sleep_bytes, bare, "bytes")
measure.print("a task parked in a receive", "a parked coroutine", receive_bytes, bare, "bytes")
for i = 1, count do
  threads[i] = nil
  sleepers[i]:cancel()
  receivers[i]:cancel()
end
