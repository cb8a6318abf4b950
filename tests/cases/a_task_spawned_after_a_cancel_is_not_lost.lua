-- Tasks that are spawned just after a ready one was cancelled run all the same, and so do those
-- that are spawned from a deep chain of immediate spawns.
local neap = require "neap"
local yielding = neap.spawn(function()
  while true do neap.yield() end
end)
neap.yield()
print("cancel", yielding:cancel())
neap.spawn(print, "first")
neap.spawn(print, "second")
neap.sleep(1)

local ran = 0
local function count() ran = ran + 1 end
local function deeper(depth)
  if depth % 40 == 0 then neap.spawn(count) end
  if depth < 100 then task.spawn(deeper, depth + 1) end
end
neap.spawn(count)
task.spawn(deeper, 1)
neap.sleep(1)
print("ran", ran)
