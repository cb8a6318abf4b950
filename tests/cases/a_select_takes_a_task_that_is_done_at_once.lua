-- EXPECTED: a Task in a select is asked like a future or a channel (DESIGN: the lowest index of
-- several
--   that are ready; timeout 0 finds a dead task ready; waiters wake in the order they came):
--     a dead task first       1  its result  nil
--     a dead task last        1  settled
--     with no time            2  its result  nil
--     failed                  false  its error
--     a failed task first     false  its error
--     the channel keeps its value: 1
--     a dead task, at once    1  its result  nil
--     another task has not run before            (after it, when main ends)
-- ACTUAL: index 2 "settled", nil "timeout", true 2 "kept", ...: Task is never awaitable.declare()d
-- (task.lua
--   ends with `return Task`), so select waits for it through a helper task, a tick late.
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

neap.spawn(function() print("another task has not run before") end)
print("a dead task, at once", neap.select { dead })
