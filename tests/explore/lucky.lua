-- Nine workers, one of which must not come first: which one is drawn by lot.
local neap = require "neap"
local unlucky, first = math.random(2, 9), nil
for i = 1, 9 do neap.spawn(function() first = first or i end) end
neap.yield()
neap.yield()
assert(first ~= unlucky, "the unlucky one came first")
