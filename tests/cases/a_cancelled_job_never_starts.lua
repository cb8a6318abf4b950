-- A job that is cancelled in a pool's queue never starts; one that runs leaves its place.
local neap = require "neap"

local pool = neap.pool(1)
local jobs = {}
for i = 1, 5 do
  jobs[i] = pool:submit(function()
    neap.finally(print, "finalizer of " .. i)
    print("job " .. i .. " begins")
    neap.sleep(1)
    print("job " .. i .. " ends")
  end)
end
print("the second, in the queue", jobs[2]:status(), jobs[2]:cancel(), jobs[2]:status())
neap.yield()
print("the first, which runs", jobs[1]:cancel())
neap.yield()
print("the fourth, in the queue", jobs[4]:cancel())
local idle = neap.spawn(function()
  pool:wait()
  print("the pool is idle")
end)
neap.sleep(1.5)
print("the last, which runs", jobs[5]:cancel())
idle:wait()

local running, queued = pool:submit(neap.sleep, 1), pool:submit(print, "never printed")
running:cancel()
print("its turn had come, but it had not begun", queued:cancel())
pool:wait()
for i = 1, 5 do print(i, pcall(jobs[i].wait, jobs[i])) end
