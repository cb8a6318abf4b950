-- 100,000 tasks sleep at the same time, and 5,000 immediate spawns nest.
local neap = require "neap"
local tasks, sum = {}, 0
for i = 1, 100000 do
  tasks[i] = neap.spawn(function()
    neap.sleep(1)
    return 1
  end)
end
for i = 1, 100000 do sum = sum + tasks[i]:wait() end
print("tasks", sum)

local depth = 0
local function deeper()
  depth = depth + 1
  if depth < 5000 then task.spawn(deeper) end
end
task.spawn(deeper)
neap.yield()
print("spawns", depth)
