-- A coroutine waits where the VM cannot yield, catches that error, and goes on to its end. What its
-- pcalls have left behind serves another task by the time that neap comes to look after it: that
-- task is not mistaken for it.
local neap = require "neap"

local function wait_in_sort()
  return neap.pcall(table.sort, { 3, 1, 2 }, function(a, b)
    neap.yield()
    return a < b
  end)
end

local thread = coroutine.create(function()
  local ok, is_refused = neap.pcall(wait_in_sort)
  print("the wait is refused", ok, not is_refused)
end)
print(coroutine.resume(thread))

local other = neap.spawn(function()
  neap.sleep("10ms")
  return "flood"
end)
print(neap.pcall(function()
  neap.sleep("20ms")
  return neap.pcall(other.wait, other)
end))
print(neap.current():status(), #neap.tasks() .. " task is left")

-- Nor is it, where the coroutine's task is cancelled.
thread = coroutine.create(function()
  neap.pcall(wait_in_sort)
  coroutine.yield()
end)
coroutine.resume(thread)
print(neap.pcall(function()
  for _, each in ipairs(neap.tasks()) do
    if each ~= neap.current() then each:cancel() end
  end
  neap.sleep("20ms")
  return "slack"
end))
print(neap.current():status(), #neap.tasks() .. " task is left")

-- And one that its user holds by then is still its user's.
thread = coroutine.create(function()
  neap.pcall(wait_in_sort)
  print("resumed with", coroutine.yield())
  neap.sleep("10ms")
  print("and on")
end)
coroutine.resume(thread)
neap.yield()
coroutine.resume(thread, "ebb")
neap.sleep("20ms")
print(#neap.tasks() .. " task is left")
