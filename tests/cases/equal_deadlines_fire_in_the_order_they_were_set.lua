-- Sleepers that are due at the same moment wake in the order in which they went to sleep.
local neap = require "neap"

local function sleeper(name, duration)
  neap.sleep(duration)
  print(name)
end

neap.spawn(sleeper, "first, 2 s", 2)
neap.spawn(sleeper, "second, 2 s", 2)
neap.spawn(sleeper, "third, 2000 ms", "2000ms")
neap.spawn(sleeper, "a shorter one, 1 s", 1)
neap.spawn(function()
  neap.sleep(1)
  sleeper("fourth, 1 s after 1 s", 1)
end)
neap.spawn(sleeper, "fifth, 2 s: set before the fourth", 2)
