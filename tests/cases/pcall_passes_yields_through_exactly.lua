-- In a coroutine of the user's, plain yields pass through pcall with exactly their values; a wait
-- in a pcall yields none.
local neap = require "neap"
local function count(_, ...) return select("#", ...) end
local thread = coroutine.create(function()
  pcall(function()
    coroutine.yield("one")
    coroutine.yield("one", nil)
    coroutine.yield()
    pcall(coroutine.yield)
    neap.sleep(1)
  end)
end)
for _ = 1, 4 do print("yielded", count(coroutine.resume(thread))) end
print("waits", count(coroutine.resume(thread)))
