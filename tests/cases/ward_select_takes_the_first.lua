-- select gives the index of the first that is ready and its results; the others go on.
local async = require "ward.async"
local time = require "ward.time"
local t = async.spawn(function()
  time.sleep("200ms"):wait()
  print("task: goes on after it has lost")
  return "task"
end)
local index, value = async.select({ t, time.sleep("50ms") })
print("winner", index, value)
print("the loser is still there to be waited for:", t:wait())

local ch = async.channel(1)
print("a task against a channel:", async.select({ ch, async.spawn(function()
  return "x", nil, 3
end) }))
ch:send("item")
index, value = async.select({ ch, time.sleep(0) })
print("of two that are ready the first:", index, value)
ch:close()
print("a closed channel is ready:", async.select({ time.sleep(1), ch }))
