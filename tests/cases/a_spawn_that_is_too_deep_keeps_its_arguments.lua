-- Where 40 spawns are nested, the next runs after this one has waited, with its own arguments: a
-- function, a coroutine that begins, and one that is parked.
local neap = require "neap"
local task = require "task"

local function nest(count, fn)
  if count == 0 then return fn() end
  task.spawn(nest, count - 1, fn)
end

local parked = task.spawn(function() print("parked", coroutine.yield()) end)

for _, depth in ipairs { 1, 38, 39, 40, 60 } do
  nest(depth, function()
    task.spawn(function(...) print("function", ...) end, depth, nil, 2)
    task.spawn(coroutine.create(function(...) print("coroutine", ...) end), depth, nil, 3)
    task.spawn(coroutine.create(function(...) print("none", ...) end))
    if depth == 40 then task.spawn(parked, depth, nil, 4) end
  end)
  task.wait(1)
end
print(#neap.tasks())
