-- neap beside cqueues, whose scheduler is written in C. Both do the same work in one process, turn
-- by turn, on the real clock; what counts is the processor's time, so that nobody pays for waiting.
--
-- switch      1,000 tasks that let each other run: neap.yield() and cqueues.poll(0)
-- spawn       batches of 1,000 functions that return at once. A task of cqueues has no result: what
--             is joined is the whole loop; or each is a promise, the counterpart of neap's Task
-- round trip  two tasks hand a value to and fro: over two channels; with two conditions beside a
--             variable
-- sleep       20,000 tasks that sleep for up to 0.1 s, at random

local cqueues = require "cqueues"
local condition = require "cqueues.condition"
local promise = require "cqueues.promise"
local neap = require "neap"
local measure = require "./measure"

local clock = os.clock

local function nothing() end

local function in_cqueues(body)
  return function()
    local loop = cqueues.new()
    local seconds
    loop:wrap(function() seconds = body(loop) end)
    assert(loop:loop())
    return seconds
  end
end

do
  local tasks, switches = 1000, 200
  local function theirs()
    local loop = cqueues.new()
    local seconds
    for i = 1, tasks do
      loop:wrap(function()
        cqueues.poll(0)
        local start = clock()
        for _ = 1, switches do cqueues.poll(0) end
        if i == 1 then seconds = clock() - start end
      end)
    end
    assert(loop:loop())
    return seconds
  end
  local function ours()
    local spawned, seconds = {}, nil
    for i = 1, tasks do
      spawned[i] = neap.spawn(function()
        neap.yield()
        local start = clock()
        for _ = 1, switches do neap.yield() end
        if i == 1 then seconds = clock() - start end
      end)
    end
    for i = 1, tasks do spawned[i]:wait() end
    return seconds
  end
  measure.race("cqueues", "switch by yield, 1000 tasks", tasks * switches, theirs, ours)
end

do
  local batches, batch = 50, 1000
  local function ours()
    local spawned = {}
    for _ = 1, batches do
      for i = 1, batch do spawned[i] = neap.spawn(nothing) end
      for i = 1, batch do spawned[i]:wait() end
    end
  end
  local function join_all()
    local loop = cqueues.new()
    for _ = 1, batches do
      for _ = 1, batch do loop:wrap(nothing) end
      assert(loop:loop())
    end
  end
  local join_each = in_cqueues(function()
    local promises = {}
    for _ = 1, batches do
      for i = 1, batch do promises[i] = promise.new(nothing) end
      for i = 1, batch do promises[i]:get() end
    end
  end)
  measure.race("cqueues", "spawn, join all", batches * batch, join_all, ours)
  measure.race("cqueues", "spawn, join each", batches * batch, join_each, ours)
end

do
  local count = 30000
  local theirs = in_cqueues(function(loop)
    local there, back, value = condition.new(), condition.new(), nil
    loop:wrap(function()
      for _ = 1, count do
        while value == nil do there:wait() end
        value = nil
        back:signal()
      end
    end)
    for i = 1, count do
      value = i
      there:signal()
      while value ~= nil do back:wait() end
    end
  end)
  local function ours()
    local there, back = neap.channel(), neap.channel()
    neap.spawn(function()
      for _ = 1, count do back:send(there:wait()) end
    end)
    neap.spawn(function()
      for i = 1, count do
        there:send(i)
        back:wait()
      end
    end):wait()
  end
  measure.race("cqueues", "a round trip between two tasks", count, theirs, ours)
end

do
  local count = 20000
  local times = {}
  for i = 1, count do times[i] = math.random() / 10 end
  local function theirs()
    local loop = cqueues.new()
    for i = 1, count do
      loop:wrap(function() cqueues.sleep(times[i]) end)
    end
    assert(loop:loop())
  end
  local function ours()
    local tasks = {}
    for i = 1, count do tasks[i] = neap.spawn(neap.sleep, times[i]) end
    for i = 1, count do tasks[i]:wait() end
  end
  measure.race("cqueues", "sleep, 20,000 timers", count, theirs, ours)
end
