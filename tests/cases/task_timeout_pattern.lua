-- A function is given a while; a flag tells whether it has finished in time.
local function within(duration, fn)
  local done, result = false, nil
  task.spawn(function()
    result = fn()
    done = true
  end)
  task.wait(duration)
  if not done then error("too slow", 0) end
  return result
end

print(pcall(within, 2, function()
  task.wait(1)
  return "in time"
end))
print(pcall(within, 2, function()
  task.wait(3)
  return "never seen"
end))
print(pcall(within, 2, function() return "without a wait" end))
