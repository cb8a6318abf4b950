-- Of several that are ready, select takes the first in the list; else the first to become ready.
local neap = require "neap"

local never, settled, full = neap.future(), neap.future(), neap.channel(1)
settled:resolve("settled", nil)
full:send("kept")
print("lowest", neap.select { never, full, settled })
print("lowest", neap.select { never, full, settled })
full:send("kept again")
print("lowest", neap.select { settled, full })
print("left where it was: " .. full:len())
print("all kinds", neap.select { neap.channel(), neap.timer(0), neap.interval(1), settled })

local first, second = neap.future(), neap.future()
neap.spawn(function()
  second:resolve("came first")
  first:resolve("came second")
end)
print("earliest", neap.select { first, second })
print("both ready now", neap.select { first, second })

local slow = neap.spawn(function() neap.sleep(2) return "slow" end)
local fast = neap.spawn(function() neap.sleep(1) return "fast", 1 end)
print("tasks", neap.select { slow, fast })
print("the loser goes on", slow:wait())
