-- A plain coroutine.yield in one script: each task keeps the rule of the face that made it.
local neap = require "neap"
local async = require "ward.async"
local aa = require "async_await"
local function yields() coroutine.yield() return "continued" end

print("neap:", pcall(neap.await, neap.spawn(yields)))
print("ward:", pcall(async.await, async.spawn(yields)))
print("async_await:", pcall(aa.await, aa.async(yields)()))
local thread = task.spawn(function() print("task:", yields()) end)
print("the task face's thread is " .. coroutine.status(thread))
task.spawn(thread)
-- Which face a function is called from makes no difference.
local called = neap.spawn(function() return aa.await(aa.async(yields)) end)
print("called in a task of neap's:", pcall(called.wait, called))
