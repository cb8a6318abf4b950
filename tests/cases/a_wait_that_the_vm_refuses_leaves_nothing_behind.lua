-- A wait in a coroutine of the user's, where the VM cannot yield, raises; neither a value nor a
-- later wait is disturbed by it.
local neap = require "neap"
local channel = neap.channel(1)
local function refused(wait)
  return (pcall(table.sort, { 1, 2, 3 }, wait))
end
local thread = coroutine.create(function()
  print("receive in sort", refused(function() return channel:wait() end))
  print("yield in sort", refused(function() return neap.yield() end))
  print(("slept %g"):format(neap.sleep(5)))
  print("sleep in sort", refused(function() return neap.sleep(1) end))
  print(("slept %g"):format(neap.sleep(5)))
  print("receive in sort", refused(function() return channel:wait() end))
end)
print("resume", coroutine.resume(thread))
neap.sleep(20)
channel:send("a value")
neap.sleep(20)
print("received", (channel:wait()))
