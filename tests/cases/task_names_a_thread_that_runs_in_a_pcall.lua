-- `task.spawn`, `task.defer` and `task.delay` refuse a thread that runs, also where it stands in a
-- pcall that it has waited in.
local neap = require "neap"

local function try(what)
  local me = coroutine.running()
  print(what, coroutine.status(me))
  print("", select(2, pcall(task.spawn, me)))
  print("", select(2, pcall(task.defer, me)))
  print("", select(2, pcall(task.delay, 1, me)))
end

neap.spawn(try, "in the task"):wait()
neap.spawn(pcall, try, "in a pcall"):wait()
neap.spawn(pcall, pcall, function()
  neap.sleep(1)
  try("in a pcall, after a wait")
end):wait()
task.spawn(pcall, pcall, function()
  task.wait(1)
  try("in a thread of its own")
end)
neap.sleep(5)
print(#neap.tasks())
