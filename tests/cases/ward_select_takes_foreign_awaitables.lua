-- Anything with a wait method, or that can be called, may stand in a select's list.
local async = require "ward.async"
local time = require "ward.time"
local function foreign(name, seconds)
  return { wait = function()
    time.sleep(seconds):wait()
    print(name .. ": its wait has ended")
    return name, seconds
  end }
end
print("winner", async.select({ foreign("slow", 3), foreign("quick", 1), time.sleep(2) }))
time.sleep(5):wait()
print("winner", async.select({ foreign("late", 9), time.sleep(1) }))
local callable = setmetatable({}, { __call = function() return "called" end })
print("winner", async.select({ time.sleep(1), callable }))
local failing = { wait = function() error("a foreign failure", 0) end }
print(pcall(async.select, { time.sleep(1), failing }))
