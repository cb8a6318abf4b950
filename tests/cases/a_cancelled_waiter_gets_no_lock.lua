-- Who is cancelled while it waits for a lock, or after it was handed the lock but before it ran,
-- does not keep it: the next in line gets it.
local neap = require "neap"

local mutex = neap.mutex()
local function waiter(name)
  return neap.spawn(mutex.with, mutex, function()
    print(name .. " has it")
    neap.yield()
  end)
end

mutex:acquire()
local waiters = { waiter("one"), waiter("two"), waiter("three"), waiter("four") }
neap.yield()
print("two is cancelled where it waits", waiters[2]:cancel())
mutex:release()
print("one was handed the lock, and is cancelled before it ran", waiters[1]:cancel())
print("nobody overtakes", mutex:try_acquire())
neap.all { waiters[3], waiters[4] }

mutex:acquire()
local last = neap.spawn(mutex.acquire, mutex)
neap.yield()
mutex:release()
print("the last was handed it", last:cancel(), "free", mutex:try_acquire())
