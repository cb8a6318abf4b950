-- A value handed to a thread of the task face that its user closes before it runs is received by
-- the next one. (Where threads cannot be closed, it is cancelled.)
local neap = require "neap"

local channel = neap.channel()
local thread = task.spawn(function() print("never received", channel:wait()) end)
neap.spawn(function() print("received", channel:wait()) end)
neap.yield()
channel:send("the value")
local close = rawget(coroutine, "close") or task.cancel
print("closed", close(thread))
neap.sleep(1)
print("tasks", #neap.tasks())
