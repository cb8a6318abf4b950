-- Receivers that were handed values are cancelled before they run, in one order or another: the
-- values are received in the order in which they were sent. That also takes no longer, each, where
-- there are many of them.
local neap = require "neap"

-- Has `count` receivers wait, hands each a number, and cancels them in the order that `nth` gives.
local function cancelled(count, nth)
  local channel, tasks = neap.channel(), {}
  for i = 1, count do tasks[i] = neap.spawn(channel.wait, channel) end
  neap.yield()
  for i = 1, count do channel:send(i) end
  for i = 1, count do tasks[nth(i)]:cancel() end
  return channel
end

local function received(channel)
  local values = {}
  while channel:len() > 0 do values[#values + 1] = channel:wait() end
  return table.concat(values, " ")
end

print("in order", received(cancelled(7, function(i) return i end)))
print("in reverse", received(cancelled(7, function(i) return 8 - i end)))
print("in disorder", received(cancelled(7, function(i) return i * 3 % 7 + 1 end)))

-- Some are taken while others are still to be given back.
local channel, tasks = neap.channel(), {}
for i = 1, 6 do tasks[i] = neap.spawn(channel.wait, channel) end
neap.yield()
for i = 1, 6 do channel:send(i) end
for _, i in ipairs { 3, 5 } do tasks[i]:cancel() end
print("takes", channel:wait())
for _, i in ipairs { 6, 2, 4 } do tasks[i]:cancel() end
print("takes", channel:wait(), channel:wait())
tasks[1]:cancel()
print("takes", received(channel), channel)

local start = os.clock()
for _, nth in ipairs { function(i) return i end, function(i) return 16001 - i end } do
  channel = cancelled(16000, nth)
  for i = 1, 16000 do assert(channel:wait() == i) end
end
print("in good time", os.clock() - start < 4)
