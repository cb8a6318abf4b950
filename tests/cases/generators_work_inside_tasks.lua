-- A coroutine that only yields and never waits is nobody's business but its user's.
local neap = require "neap"
local function squares(count)
  return coroutine.wrap(function()
    for i = 1, count do coroutine.yield(i * i) end
  end)
end
local function sum(name, count)
  local total = 0
  for square in squares(count) do
    total = total + square
    neap.sleep(1)
  end
  print(name .. ": " .. total)
end
local t = neap.spawn(sum, "a task", 4)
task.spawn(sum, "a thread of the task face", 3)
sum("the script", 5)
t:wait()
