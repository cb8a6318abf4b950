-- An interval of "0s" ticks without waiting; reset() starts its count again; after needs no
-- function.
local async = require "ward.async"
local time = require "ward.time"
local at_once = time.interval("0s")
print(at_once:wait(), at_once())
at_once:reset()
print("after a reset", at_once:wait())

local ticks, start = time.interval(1), time.instant_now()
local function passed() return ("after %g s"):format(start:elapsed():seconds()) end
print(ticks:wait(), passed())
print(ticks:wait(), passed())
local waiting = async.spawn(function() print("who waits", ticks:wait(), passed()) end)
time.sleep(0.5):wait()
ticks:reset()
waiting:wait()
print(ticks:wait(), passed())
print("after", time.after("1ms"):wait(), time.after("1ms", function() return "done" end):wait())
