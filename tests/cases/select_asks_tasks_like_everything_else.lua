-- A task that is dead is ready: it wins over higher indices, and is never waited for in vain.
local neap = require "neap"

local dead = neap.spawn(function() return "its result", nil end)
dead:wait()
local settled, kept = neap.future(), neap.channel(1)
settled:resolve("settled")
kept:send("kept")

print("a dead task first", neap.select { dead, settled, kept })
print("a dead task last", neap.select { settled, dead })
print("with no time", neap.select({ neap.future(), dead }, 0))

local failed = neap.spawn(error, "its error", 0)
print("failed", pcall(failed.wait, failed))
print("a failed task first", pcall(neap.select, { failed, kept }))
print("the channel keeps its value: " .. kept:len())

neap.spawn(function() print("another task runs when main has ended") end)
print("a dead task, at once", neap.select { dead })
