-- A channel without a bound that has kept many values takes no more memory than before once they
-- have been received, in whatever steps; and no value is lost on the way.
local neap = require "neap"

local function memory()
  collectgarbage()
  collectgarbage()
  return collectgarbage("count")
end

local channel, sent, received = neap.channel(math.huge), 0, 0

local function send(count)
  for _ = 1, count do
    sent = sent + 1
    channel:send(sent)
  end
end

local function receive(count)
  for _ = 1, count do
    received = received + 1
    assert(channel:wait() == received)
  end
end

local before = memory()
local function tell(what)
  local more = memory() - before
  print(what, channel, more < 64 and "as before" or ("%.0f KB more"):format(more))
end

send(100000)
receive(100000)
tell("at once")

send(100000)
receive(1)
send(5)
receive(100004)
tell("with some sent meanwhile")

for count = 1000, 1050 do
  send(count)
  receive(count - 1)
  send(count)
  receive(count + 1)
end
tell("around the limit")

send(100000)
channel:close()
channel:each(function(value)
  received = received + 1
  assert(value == received)
end)
print("after a close", channel, received == sent)
