-- with gives the lock back when its function returns, fails, or is cancelled while it waits.
local neap = require "neap"

local mutex = neap.mutex()
local function is_free()
  local free = mutex:try_acquire()
  if free then mutex:release() end
  return free
end

print("returns", mutex:with(function(...) return is_free(), ... end, nil, "b", nil))
print("free", is_free())
local boom = { code = 7 }
local ok, err = pcall(mutex.with, mutex, error, boom)
print("fails", ok, err == boom, "free", is_free())
ok, err = pcall(mutex.with, mutex, function()
  neap.sleep(1)
  error(boom)
end)
print("fails later", ok, err == boom, "free", is_free())

local holder = neap.spawn(mutex.with, mutex, neap.sleep, 100)
local next_one = neap.spawn(mutex.with, mutex, function() return "the next one has it" end)
neap.yield()
print("held", is_free())
print("cancelled", holder:cancel(), next_one:wait())
print("free", is_free())
local suicide = neap.spawn(mutex.with, mutex, function()
  neap.current():cancel()
  neap.sleep(1)
end)
print("cancels itself", pcall(suicide.wait, suicide))
print("free", is_free())
print("timed out", pcall(neap.timeout, 1, mutex.with, mutex, neap.sleep, 100))
print("free", is_free())
