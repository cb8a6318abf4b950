-- A semaphore or a pool has a whole size from 1 up; with, submit and map want a function.
local neap = require "neap"

local function caught(fn)
  print((select(2, pcall(fn))))
end

caught(function() neap.semaphore() end)
caught(function() neap.semaphore("one") end)
caught(function() neap.semaphore(-1) end)
caught(function() neap.semaphore(1.5) end)
caught(function() neap.semaphore(0 / 0) end)
local mutex = neap.mutex()
caught(function() mutex:with() end)
caught(function() mutex:with("text") end)
caught(function() mutex:release() end)
print("the lock is not taken", mutex:try_acquire())

caught(function() neap.pool() end)
caught(function() neap.pool(-1) end)
caught(function() neap.pool({}) end)
local pool = neap.pool(1)
caught(function() pool:submit() end)
caught(function() pool:submit("text") end)
caught(function() pool:map() end)
caught(function() pool:map("text", print) end)
caught(function() pool:map({}) end)
print("the pool is idle", pool:wait())
