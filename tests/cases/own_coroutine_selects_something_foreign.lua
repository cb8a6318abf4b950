-- A coroutine whose first wait is a select over something foreign has a number of its own, and so
-- has the helper that waits for that.
local neap = require "neap"

local foreign = { wait = function() neap.sleep(1) return "foreign" end }
local thread = coroutine.create(function()
  print("selected", neap.select { foreign, foreign, neap.timer(5) })
  neap.sleep(1)
  print("goes on")
end)
coroutine.resume(thread)
local ids, count = {}, 0
for _, task in ipairs(neap.tasks()) do
  if not ids[task.id] then ids[task.id], count = true, count + 1 end
end
print("tasks", #neap.tasks(), "numbers", count)
neap.sleep(3)
print("tasks", #neap.tasks())
