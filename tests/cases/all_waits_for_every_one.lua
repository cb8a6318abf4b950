-- all waits for everything in a list: tasks, futures, timers, channels, whatever has a wait.
local neap = require "neap"
local clock = require("neap.hosts.virtual").now

local channel, future = neap.channel(1), neap.future()
local function show(results)
  local texts = {}
  for i = 1, results.n do texts[i] = tostring(results[i]) end
  print(("%g s: %d results: %s"):format(clock(), results.n, table.concat(texts, ", ")))
end
neap.spawn(function()
  neap.sleep(1)
  future:resolve("resolved", "the second result is not kept")
  channel:send("received")
end)
show(neap.all {
  neap.spawn(function()
    neap.sleep(3)
    return "slowest"
  end),
  future,
  neap.timer(2),
  channel,
  neap.spawn(function() return nil end),
  { wait = function() return "foreign" end },
})
show(neap.all {})
local one = neap.spawn(function() return "the same" end)
show(neap.all { one, one })
