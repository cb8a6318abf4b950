-- An arm that is due at the very moment of the timeout was set before it, and wins.
local neap = require "neap"

print("a timer", neap.select({ neap.future(), neap.timer(1) }, 1))
local late = neap.timer(3)
neap.sleep(1)
print("one made earlier", neap.select({ late }, 2))
print("no time at all", neap.select({ neap.timer(0) }, 0))
print("an interval", neap.select({ neap.interval("2s") }, "2s"))
