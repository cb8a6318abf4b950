-- A task whose handle has been collected is cancelled, where it waits; its finalizers run.
local async = require "ward.async"
local time = require "ward.time"
local neap = require "neap"
local function start(name)
  local handle = async.spawn(function()
    neap.finally(function() print(name .. " has ended") end)
    time.sleep("10s"):wait()
    print(name .. " ran to its end")
  end)
  return handle
end
local kept = start("kept")
do start("dropped") end
time.sleep(1):wait()
for _ = 1, 3 do
  collectgarbage()
  collectgarbage()
  time.sleep(1):wait()
end
print("script: waits for the one that it kept")
kept:wait()
