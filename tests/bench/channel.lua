-- What an item costs from one task to another, through a channel that keeps 64, over what one would
-- write by hand: a coroutine that yields each item to another, which resumes it.

local neap = require "neap"
local measure = require "./measure"

local create, resume, yield = coroutine.create, coroutine.resume, coroutine.yield
local count = 300000

local function produce()
  for i = 1, count do yield(i) end
end

local function consume()
  local producer = create(produce)
  for _ = 1, count do resume(producer) end
end

local function bare() resume(create(consume)) end

local function send_all(channel)
  for i = 1, count do channel:send(i) end
  channel:close()
end

local function nothing() end

local function receive_all(channel) channel:each(nothing) end

local function ours()
  local channel = neap.channel(64)
  neap.spawn(send_all, channel)
  neap.spawn(receive_all, channel):wait()
end

measure.compare("an item through a channel of 64", "a resume and yield", count, bare, ours)
