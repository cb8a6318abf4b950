-- A class may say when its objects are equal, and expect no others: its `__eq` raises if it is
-- called with anything else, or says yes to it. Lua 5.3 and later call it for any two tables.

local neap = require "neap"

local strict = setmetatable({ size = { 1 } }, {
  __eq = function(a, b) return a.size[1] == b.size[1] end,
  __tostring = function() return "strict" end,
})
local easy = setmetatable({}, {
  __eq = function() return true end,
  __tostring = function() return "easy" end,
})

for _, object in ipairs { strict, easy } do
  local channel = neap.channel(2)
  channel:send(object)
  channel:send(object)
  channel:try_send(object)
  print("received", channel:wait(), (channel:try_recv()))

  local tell = neap.async(function(first) return "called with " .. tostring(first) end)
  print(tell(object):wait())
  print(neap.await(tell, object))

  local mutex = neap.mutex()
  local holder = neap.spawn(mutex.with, mutex, function()
    neap.finally(print, object, "is an argument of a finalizer")
    return "with the mutex"
  end)
  print(holder:wait())

  local yielding = neap.spawn(function() coroutine.yield(object) end)
  print(neap.pcall(yielding.wait, yielding))

  local thread = task.spawn(function()
    coroutine.yield(object)
    print("the thread goes on")
  end)
  coroutine.resume(thread)
end
