-- any gives the results of the first that ends well; if none does, the error of the last.
local neap = require "neap"
local clock = require("neap.hosts.virtual").now

neap.on_error(function(err) print("reported", err) end)
local function task(seconds, fn, ...)
  return neap.spawn(function(...)
    neap.sleep(seconds)
    return fn(...)
  end, ...)
end
local function same(...) return ... end
local function say(...) print(("%g s:"):format(clock()), ...) end

local slow, channel = task(3, same, "slow"), neap.channel(1)
local early, fast = task(1, error, "fails early"), task(2, same, "fast", nil, 3, nil)
say("won", neap.any { slow, early, fast, channel })
say("the others go on", slow:status(), slow:wait())
say("nobody is left in the channel", channel:try_send("kept"), channel:wait())
say("all fail", pcall(neap.any, { task(2, error, "last", 0), task(1, error, "first", 0) }))
say("at once", neap.any { slow, task(1, same) })
local cancelled = task(1, same)
neap.spawn(cancelled.cancel, cancelled)
say("a cancelled one has not succeeded", neap.any { cancelled, task(1, same, "alive") })
say("tasks besides main", #neap.tasks() - 1)
