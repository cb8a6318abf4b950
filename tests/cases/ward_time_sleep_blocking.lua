-- time.sleep_blocking waits by itself and tells the time that passed; only its caller waits.
local async = require "ward.async"
local time = require "ward.time"
local t = async.spawn(function()
  print(("task: slept %g seconds"):format(time.sleep_blocking("500ms")))
  print(("task: slept %g seconds"):format(time.sleep_blocking(0.75)))
end)
print(("script: slept %g seconds"):format(time.sleep_blocking("1s")))
t:wait()
print((pcall(time.sleep_blocking, "5 parsecs")))
print(select(2, pcall(function() time.sleep_blocking() end)))
