-- What a task takes while it is parked in a sleep, or in a receive, over a bare parked coroutine.
-- The tasks of both kinds stay until the end, so that none is made of what another has left. The
-- clock is virtual (under `neap run`, with --virtual-time): one that is a function in C makes the
-- stacks of LuaJIT's threads grow.

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
local kinds = {
  { "a task parked in a sleep", function() neap.sleep(1e6) end },
  { "a task parked in a receive", function() channel:wait() end },
}
local bare = bytes(parked)
for _, kind in ipairs(kinds) do
  local each
  each, kind.tasks = bytes(function() return neap.spawn(kind[2]) end)
  measure.print(kind[1], "a parked coroutine", each, bare, "bytes")
end
for _, kind in ipairs(kinds) do
  for i = 1, count do kind.tasks[i]:cancel() end
end
