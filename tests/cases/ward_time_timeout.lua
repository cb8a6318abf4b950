-- time.timeout waits for an awaitable, but not for ever; what it waited for goes on.
local async = require "ward.async"
local time = require "ward.time"
local quick = async.spawn(function()
  time.sleep(1):wait()
  return "in", "time"
end)
print(pcall(time.timeout, quick, "2s"))
local slow = async.spawn(function()
  time.sleep(5):wait()
  print("slow: goes on after the timeout")
  return "slow"
end)
print(pcall(time.timeout, slow, "2s"))
print("slow can still be waited for:", slow:wait())
local failing = async.spawn(function() error("its own error", 0) end)
print(pcall(time.timeout, failing, 1))
local ch = async.channel()
print(pcall(time.timeout, ch, "250ms"))
ch:send("left in place")
print((ch:wait()))
print(select(2, pcall(function() time.timeout("nothing to wait for", 1) end)))
print((pcall(time.timeout, ch, "soon")))
