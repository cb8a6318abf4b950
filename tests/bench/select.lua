-- What a round of `select` costs over 2 and over 10 channels, when it has to wait and one of them
-- then gets a value, each in its turn; over two bare coroutines, the sender's and the chooser's,
-- that are resumed in turn, each with what the other has yielded.

local neap = require "neap"
local measure = require "./measure"

local create, resume, yield = coroutine.create, coroutine.resume, coroutine.yield
local count = 50000

local function pass_on(value)
  while true do value = yield(value) end
end

local function bare()
  local sender, chooser = create(pass_on), create(pass_on)
  for i = 1, count do
    local _, value = resume(sender, i)
    resume(chooser, value)
  end
end

local function send_in_turn(channels, arms)
  neap.yield()
  for i = 1, count do
    channels[i % arms + 1]:send(i)
    neap.yield()
  end
end

local function choose(channels)
  for _ = 1, count do neap.select(channels) end
end

local function rounds_of(arms)
  return function()
    local channels = {}
    for i = 1, arms do channels[i] = neap.channel() end
    neap.spawn(send_in_turn, channels, arms)
    neap.spawn(choose, channels):wait()
  end
end

for _, arms in ipairs { 2, 10 } do
  local what = ("a select of %d channels, one gets a value"):format(arms)
  measure.compare(what, "two resumes and yields", count, bare, rounds_of(arms))
end
