-- Tasks, channels and timers are awaitables: calling one is the same as its wait.
local async = require "ward.async"
local time = require "ward.time"
local t = async.spawn(function() return "from a task", 2 end)
print(t())
local ch = async.channel(1)
ch:send("from a channel")
print((ch()))
print(time.sleep(1)())
print(async.await(async.spawn(function() return "through await" end)))
print(async.await(setmetatable({}, { __call = function() return "only __call" end })))
print(async.await({ wait = function(self) return self.value end, value = "only wait" }))
print((pcall(async.await, "a string")))
print(select(2, pcall(function() async.await({}) end)))
