-- time.sleep_blocking waits by itself and gives true; only its caller waits.
local async = require "ward.async"
local time = require "ward.time"
local start = time.instant_now()
local function passed() return ("after %g s"):format(start:elapsed():seconds()) end
local t = async.spawn(function()
  print("task", time.sleep_blocking("500ms"), passed())
  print("task", time.sleep_blocking(0.75), passed())
end)
print("script", time.sleep_blocking("1s"), passed())
t:wait()
print((pcall(time.sleep_blocking, "5 parsecs")))
print(select(2, pcall(function() time.sleep_blocking() end)))
