-- A coroutine of the user's takes a lock for the task around it, whose end releases it: once.
local neap = require "neap"

local semaphore = neap.semaphore(2)
local function free()
  local count = 0
  while semaphore:try_acquire() do count = count + 1 end
  for _ = 1, count do semaphore:release() end
  return count
end

local around = neap.spawn(function()
  coroutine.resume(coroutine.create(function()
    semaphore:with(neap.sleep, 1)
    print("the coroutine is done")
  end))
  print("free while the task lives", free())
end)
around:wait()
print("free when it has ended", free())
neap.sleep(2)
print("free in the end", free())
print("none is left to release", pcall(function() semaphore:release() end))
