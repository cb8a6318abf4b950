-- `explore.check` reports wrong arguments at the caller's line, and names the option that is wrong.
-- It makes runs of its own, so it is refused in a task.
local explore = require "neap.explore"

print(pcall(function() explore.check() end))
print(pcall(function() explore.check(print, 7) end))
print(pcall(function() explore.check(print, { sed = 7 }) end))
print(pcall(function() explore.check(print, { seed = "7" }) end))
print(pcall(function() explore.check(print, { schedules = 0 }) end))
print(pcall(function() explore.check(print, { strategy = "all" }) end))
print(pcall(function() explore.check(print, { schedule = "3.1" }) end))
print(pcall(function() explore.check(print) end))
