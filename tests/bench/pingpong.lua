-- What a round trip over two channels costs, over two bare resumes and yields.

local neap = require "neap"
local measure = require "./measure"

local count = 100000

local function bare()
  local thread = coroutine.create(function()
    while true do coroutine.yield() end
  end)
  for _ = 1, 2 * count do coroutine.resume(thread) end
end

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

measure.compare("a round trip over two channels", "two resumes and yields", count, bare, ours)
