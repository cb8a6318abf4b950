-- A task that is cancelled before it started never runs, and its waiters get "cancelled".
local neap = require "neap"

local function work(name) print(name .. " runs") end
local first = neap.spawn(work, "first")
local second = neap.spawn(work, "second")
local third = neap.spawn(work, "third")
local waiter = neap.spawn(function() print("waiter", pcall(second.wait, second)) end)
print("cancel", second:cancel(), second:status())
print("again", second:cancel())
waiter:wait()
print(first:status(), second:status(), third:status())

-- Also when it was to start in the same tick as the task that cancels it.
local victim
neap.spawn(function() print("cancel the next", victim:cancel()) end)
victim = neap.spawn(work, "victim")
neap.spawn(work, "the one after it")
