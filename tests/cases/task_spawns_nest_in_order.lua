-- A spawn within a spawn runs at once too; each returns to the one that made it.
local function nested(depth)
  print(("%sdown %d"):format(("  "):rep(depth), depth))
  if depth < 3 then task.spawn(nested, depth + 1) end
  print(("%sup %d"):format(("  "):rep(depth), depth))
  task.wait(1)
  print(("%safter the wait %d"):format(("  "):rep(depth), depth))
end
nested(0)
