-- map calls a function for each item, so many at a time; results come in the order of the items.
local neap = require "neap"
local clock = require("neap.hosts.virtual").now

local pool = neap.pool(2)
local results = pool:map({ 3, 1, 2, 0 }, function(seconds, index)
  neap.sleep(seconds)
  print(("%g s: item %d is done"):format(clock(), index))
  if seconds == 1 then return nil end
  return seconds .. " at " .. index, "a second result is not kept"
end)
print(results.n, results[1], results[2], results[3], results[4])
print("of nothing", pool:map({}, error).n)
print("nils", pool:map({ n = 3 }, function(item, index) return index end)[3])

local busy = pool:submit(neap.sleep, 10)
pool:submit(neap.sleep, 10)
local before = clock()
pool:map({ 1 }, function() end)
print(("it waited %g s for a place"):format(clock() - before), busy:done())
