-- Whoever keeps the thread of a spawned task cannot disturb it, nor those that use it later.
local neap = require "neap"
local kept
local first = neap.spawn(function()
  kept = coroutine.running()
  neap.sleep(1)
  return "first is not disturbed"
end)
neap.yield()
print("while it sleeps:", coroutine.resume(kept, "by hand"))
print(first:wait())
print("after its end:", coroutine.resume(kept, print, "by hand"))
local others = {}
for i = 1, 3 do
  others[i] = neap.spawn(function(...)
    neap.sleep(1)
    return ...
  end, "other " .. i, nil)
end
neap.yield()
print("while it may serve another:", coroutine.resume(kept))
for i = 1, 3 do print(others[i]:wait()) end
