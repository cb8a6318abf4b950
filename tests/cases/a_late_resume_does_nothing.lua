-- When a task that waits in a callback is cancelled, a resume that comes later changes nothing.
local neap = require "neap"

local resumes = {}
local function keep(resume) resumes[#resumes + 1] = resume end
local function start(name)
  return neap.spawn(function()
    neap.finally(print, name .. ": finalizer")
    print(name .. ": never printed", neap.callback(keep))
  end)
end

local task = start("one")
neap.yield()
print("cancel", task:cancel())
resumes[1]("too late")
print("wait", pcall(task.wait, task))

local ready = start("two")
neap.yield()
print("resume", resumes[2]("in time"))
print("cancelled before it ran", ready:cancel(), pcall(ready.wait, ready))

print("timed out", pcall(neap.timeout, 1, neap.callback, keep))
resumes[3]("too late")
neap.sleep(1)
print("tasks besides main", #neap.tasks() - 1)
