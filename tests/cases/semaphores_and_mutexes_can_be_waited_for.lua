-- A semaphore can stand in a select, wait no longer than a while, begin empty, and take back
-- several permits at once; a mutex says who holds it.
local neap = require "neap"

local permits = neap.semaphore(2)
print(permits:acquire(), permits:acquire(), permits:count(), tostring(permits))
print("in time", permits:acquire("250ms"))
print("select", neap.select({ permits, neap.future() }, 1))
neap.spawn(function() neap.sleep(1) permits:release(2) end)
print("select", neap.select({ neap.future(), permits }, 5))
print("wait", permits:wait(), permits:count())
print(pcall(permits.release, permits, 3))
permits:release(2)
print("free again", permits:count())

local signal = neap.semaphore(0)
neap.spawn(function() print("signalled", signal:acquire(5), signal:count()) end)
neap.yield()
signal:release(3)
neap.yield()
print("kept", signal:count(), tostring(signal))

local mutex = neap.mutex()
neap.current():name("main")
mutex:acquire()
print(tostring(mutex), mutex:try_acquire(), mutex:acquire(0.5))
local waiting = neap.spawn(function()
  mutex:with(function() print("now", tostring(mutex)) end)
end):name("the other")
neap.yield()
mutex:release()
waiting:wait()
print(tostring(mutex))

-- A cancelled waiter of either kind takes nothing.
mutex:acquire()
local late = neap.spawn(mutex.acquire, mutex, 5)
local choosing = neap.spawn(neap.select, { mutex })
neap.yield()
mutex:release()
print("cancel", late:cancel(), choosing:cancel())
print("free", mutex:count())
