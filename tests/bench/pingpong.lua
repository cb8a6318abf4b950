-- What a round trip between two tasks costs, over two channels, over two bare coroutines that are
-- resumed in turn, each with what the other has yielded.

local neap = require "neap"
local measure = require "./measure"

local create, resume, yield = coroutine.create, coroutine.resume, coroutine.yield
local count = 100000

local function echo(value)
  while true do value = yield(value) end
end

local function bare()
  local here, there = create(echo), create(echo)
  local value = 0
  for _ = 1, count do
    local _, away = resume(there, value)
    local _, home = resume(here, away)
    value = home
  end
end

local function answer(there, back)
  for _ = 1, count do back:send(there:wait()) end
end

local function ask(there, back)
  for i = 1, count do
    there:send(i)
    back:wait()
  end
end

local function ours()
  local there, back = neap.channel(), neap.channel()
  neap.spawn(answer, there, back)
  neap.spawn(ask, there, back):wait()
end

measure.compare("a round trip over two channels", "two resumes and yields", count, bare, ours)
