-- A stack overflow that hits within a spawn, and is caught, leaves neither a task that is counted
-- and never runs, nor one that runs and is not counted: the run ends.
local neap = require "neap"

local returned, ran = 0, 0

local function count() ran = ran + 1 end

-- (What a frame holds beside that lets fewer of them fit in.)
local function deep(start, ...)
  start(count)
  returned = returned + 1
  return 1 + deep(start, ...)
end

for name, start in pairs { spawn = neap.spawn, defer = task.defer } do
  for _ = 1, 3 do
    local ok = pcall(deep, start, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18)
    if ok then print(name, "did not overflow") end
    neap.sleep(1)
  end
end
print("all have run", ran == returned, "tasks", #neap.tasks())
