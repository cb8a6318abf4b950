-- An arm that fails first raises its error; wrong lists raise at the caller's line.
local async = require "ward.async"
local time = require "ward.time"
local failing = async.spawn(function() error("the arm's error", 0) end)
print(pcall(async.select, { time.sleep(1), failing }))
local cancelled = async.spawn(function() time.sleep(1):wait() end)
async.spawn(function() cancelled:cancel() end):detach()
print(pcall(async.select, { cancelled, time.sleep(10) }))
local joined = async.spawn(function() end)
joined:wait()
print(pcall(async.select, { joined, time.sleep(10) }))
print(select(2, pcall(function() async.select({}) end)))
print(select(2, pcall(function() async.select() end)))
print(select(2, pcall(function() async.select({ time.sleep(1), "no awaitable" }) end)))
