-- Threads that are parked for their user, and that he resumes to their ends: their finalizers run
-- in the order in which the tasks were made.
local neap = require "neap"
local threads = {}
for i = 1, 8 do
  threads[i] = task.spawn(function()
    neap.finally(print, "finalizer", i)
    coroutine.yield()
  end)
end
for i = 8, 1, -1 do coroutine.resume(threads[i]) end
neap.sleep(1)
print("the script ends")
