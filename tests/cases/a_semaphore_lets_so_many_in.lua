-- A semaphore has so many permits; who finds none waits, and is served in the order of coming.
local neap = require "neap"
local clock = require("neap.hosts.virtual").now

local semaphore = neap.semaphore(2)
local inside, most = 0, 0
local tasks = {}
for i = 1, 5 do
  tasks[i] = neap.spawn(function()
    print(("%d: result %s"):format(i, semaphore:with(function(seconds)
      inside = inside + 1
      most = math.max(most, inside)
      print(("%d enters at %g s"):format(i, clock()))
      neap.sleep(seconds)
      inside = inside - 1
      return "of " .. i
    end, i % 2 + 1)))
  end)
end
neap.all(tasks)
print("most inside at a time", most)

semaphore:acquire()
print("try_acquire", semaphore:try_acquire(), semaphore:try_acquire())
neap.spawn(function()
  semaphore:acquire()
  print("a waiter has the permit; nobody overtakes it")
  semaphore:release()
end)
neap.yield()
semaphore:release()
print("try_acquire", semaphore:try_acquire())
neap.yield()
print("try_acquire", semaphore:try_acquire())
semaphore:release()
semaphore:release()
print("too many", pcall(function() semaphore:release() end))
