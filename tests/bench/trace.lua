-- What it costs to record (neap.trace): switches, tasks and items with a recording under way, over
-- the same without one. The events go nowhere; to make them text is what costs.

local neap = require "neap"
local measure = require "./measure"
local trace = require "neap.trace"

measure.use_virtual_clock()

local function nothing() end

local function yields()
  for _ = 1, 300 do neap.yield() end
end

local function switch()
  local tasks = {}
  for i = 1, 1000 do tasks[i] = neap.spawn(yields) end
  for i = 1, 1000 do tasks[i]:wait() end
end

local function spawn()
  local tasks = {}
  for _ = 1, 50 do
    for i = 1, 1000 do tasks[i] = neap.spawn(nothing) end
    for i = 1, 1000 do tasks[i]:wait() end
  end
end

local function items()
  local channel = neap.channel(64)
  neap.spawn(function()
    for i = 1, 100000 do channel:send(i) end
    channel:close()
  end)
  neap.spawn(channel.each, channel, nothing):wait()
end

local function recorded(fn)
  return function()
    local recording = trace.start { json = nothing }
    fn()
    recording:stop()
  end
end

measure.compare("a switch by yield, recorded", "one that is not", 300000, switch, recorded(switch))
measure.compare("spawn, run, finish and join, recorded", "a task that is not", 50000, spawn,
  recorded(spawn))
measure.compare("an item through a channel of 64, recorded", "one that is not", 100000, items,
  recorded(items))
