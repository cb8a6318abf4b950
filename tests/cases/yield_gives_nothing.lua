-- yield returns nothing, wherever it is called.
local neap = require "neap"

print("script", select("#", neap.yield()))
print("pcall", select("#", neap.pcall(neap.yield)))
print("task", neap.spawn(function() return select("#", neap.yield()) end):wait())
local thread = coroutine.create(function() print("coroutine", select("#", neap.yield())) end)
coroutine.resume(thread)
neap.yield()
