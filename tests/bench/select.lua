-- What a round of `select` costs over 2 and over 10 channels, when it has to wait and one of them
-- then gets a value, each in its turn; over two bare resumes and yields: the chooser's and the
-- sender's.

local neap = require "neap"
local measure = require "./measure"

local count = 50000

local function bare()
  local thread = coroutine.create(function()
    while true do coroutine.yield() end
  end)
  for _ = 1, 2 * count do coroutine.resume(thread) end
end

local function rounds_of(arms)
  return function()
    local channels = {}
    for i = 1, arms do channels[i] = neap.channel() end
    neap.spawn(function()
      neap.yield()
      for i = 1, count do
        channels[i % arms + 1]:send(i)
        neap.yield()
      end
    end)
    neap.spawn(function()
      for _ = 1, count do neap.select(channels) end
    end):wait()
  end
end

for _, arms in ipairs { 2, 10 } do
  local what = ("a select of %d channels, one gets a value"):format(arms)
  measure.compare(what, "two resumes and yields", count, bare, rounds_of(arms))
end
