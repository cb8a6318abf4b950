-- A task that has yielded to the scheduler is runnable, and task_schedule_all runs it to its end,
-- whether it yielded by itself, by neap.yield, or inside a pcall.
local neap, face = require "neap", require "async_await"

local function start(name, yield)
  local entry = face.task_create(function()
    print(name .. ": begins")
    yield()
    print(name .. ": goes on")
  end)
  face.task_start(entry)
  return entry
end

local entries = {
  start("task_yield", face.task_yield),
  start("neap.yield", neap.yield),
  start("pcall of neap.yield", function() neap.pcall(neap.yield) end),
  start("pcall of task_yield", function() neap.pcall(face.task_yield) end),
}
neap.yield()
print("script: schedules all")
face.task_schedule_all()
for i, entry in ipairs(entries) do print(i, entry.state) end
