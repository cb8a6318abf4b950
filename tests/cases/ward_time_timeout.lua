-- time.timeout gives an awaitable at once, whose deadline counts from the call; it waits for what
-- it was given, but not for ever, can stand in a select, and what it waited for goes on.
local async = require "ward.async"
local time = require "ward.time"
local function within(awaited, limit) return pcall(time.timeout(awaited, limit)) end
local quick = async.spawn(function()
  time.sleep(1):wait()
  return "in", "time"
end)
print(within(quick, "2s"))
local slow = async.spawn(function()
  time.sleep(5):wait()
  print("slow: goes on after the timeout")
  return "slow"
end)
local limited = time.timeout(slow, "2s")
time.sleep(1):wait()
local start = time.instant_now()
print(pcall(limited.wait, limited))
print("from its making:", start:elapsed():seconds())
print("slow can still be waited for:", slow:wait())
local failing = async.spawn(function() error("its own error", 0) end)
print(within(failing, 1))
local ch = async.channel()
print(within(ch, "250ms"))
ch:send("left in place")
print((ch:wait()))
print("select", async.select { ch, time.timeout(time.sleep("1s"), "2s"), time.sleep("3s") })
print("select", pcall(async.select, { ch, time.timeout(time.sleep("9s"), "2s"), time.sleep("3s") }))
print(select(2, pcall(function() time.timeout("nothing to wait for", 1) end)))
print((pcall(time.timeout, ch, "soon")))
