-- A chain of spawns, each in the one before, is not bounded by the C stack: 5,000 deep.
local reached, waited = 0, 0
local function deeper(depth)
  reached = reached + 1
  if depth < 5000 then task.spawn(deeper, depth + 1) end
  task.wait(1)
  waited = waited + 1
end
task.spawn(deeper, 1)
print("beyond a depth of 40 a spawn runs next instead of now: " .. tostring(reached < 5000))
task.wait(0)
print("all have begun: " .. reached)
task.wait(2)
print("all have gone on: " .. waited)
