-- A host's clock that gives NaN for a moment counts as one that stands still: whoever sets a
-- deadline then waits until that, and so do the others.
local neap = require "neap"

local time, is_broken = 0, false
neap.use {
  now = function() return is_broken and 0 / 0 or time end,
  sleep = function(seconds) time = time + (seconds < math.huge and seconds or 0) end,
}

local function sleep(name, seconds)
  print(name, ("%g"):format(neap.sleep(seconds)))
end

neap.spawn(sleep, "before", 1)
neap.yield()
is_broken = true
neap.spawn(sleep, "meanwhile", 2)
neap.yield()
is_broken = false
neap.spawn(sleep, "after", 3)
print(neap.pcall(neap.timeout, 4, neap.sleep, 5))
