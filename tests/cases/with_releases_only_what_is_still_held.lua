-- The function that `with` calls releases the lock itself: `with` does not release it once more, be
-- it free or somebody else's by then, and tells of the mistake. An error of the function's own goes
-- first.
local neap = require "neap"

local mutex = neap.mutex()

print(pcall(function()
  mutex:with(function() mutex:release() end)
end))
print(mutex, mutex:count(), "taken", mutex:try_acquire(), "again", mutex:try_acquire())
mutex:release()

print(pcall(mutex.with, mutex, function()
  mutex:release()
  error("of the function", 0)
end))
print(mutex)

print("a function may release it for a while")
print(mutex:with(function()
  mutex:release()
  neap.yield()
  mutex:acquire()
  return "done"
end), mutex)

local function work(name)
  mutex:acquire()
  print(name, "has it", mutex)
  neap.sleep(1)
  mutex:release()
end

print("it was handed to a task that has not run")
local task = neap.spawn(function()
  print(pcall(mutex.with, mutex, function()
    neap.spawn(work, "the waiter")
    neap.yield()
    mutex:release()
  end))
  print(mutex)
end)
task:wait()
neap.sleep(1)
print(mutex)

print("it was taken by another, and the task is cancelled")
task = neap.spawn(mutex.with, mutex, function()
  mutex:release()
  neap.spawn(work, "the other")
  neap.sleep(5)
end)
neap.yield()
neap.yield()
print(task:cancel())
neap.yield()
neap.yield()
print(mutex, mutex:try_acquire())
neap.sleep(1)
print(mutex)

print("a coroutine takes it anew, by now a task of its own")
neap.spawn(function()
  coroutine.resume(coroutine.create(function()
    print("with", pcall(mutex.with, mutex, function()
      neap.sleep(1)
      mutex:release()
      return mutex:acquire()
    end))
  end))
  neap.sleep(2)
end):wait()
print(mutex)

local semaphore = neap.semaphore(2)
print(pcall(semaphore.with, semaphore, function() semaphore:release() end))
print(semaphore)
