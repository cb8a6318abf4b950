-- What an item costs through a channel that keeps 64, over one bare resume and yield.

local neap = require "neap"
local measure = require "./measure"

local count = 300000

local function bare()
  local thread = coroutine.create(function()
    while true do coroutine.yield() end
  end)
  for _ = 1, count do coroutine.resume(thread) end
end

local function ours()
  local channel = neap.channel(64)
  neap.spawn(function()
    for i = 1, count do channel:send(i) end
    channel:close()
  end)
  neap.spawn(function() channel:each(function() end) end):wait()
end

measure.compare("an item through a channel of 64", "a resume and yield", count, bare, ours)
