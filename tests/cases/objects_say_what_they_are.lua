-- What tostring gives of each object: its kind and its state.
local neap = require "neap"

local channel = neap.channel(2)
print(channel)
channel:send("one")
print(channel, channel:sending("two"))
channel:send("two")
print(channel)
channel:close()
print(channel)
print(neap.channel(), neap.channel(math.huge))

local future, rejected = neap.future(), neap.future()
print(future)
future:resolve()
neap.spawn(neap.pcall, rejected.wait, rejected)
neap.yield()
rejected:reject("no")
print(future, rejected)

local event = neap.event()
print(event)
event:set()
print(event)

local timer, interval = neap.timer("1.5s"), neap.interval("250ms")
print(timer, interval)
interval:wait()
timer:wait()
print(timer, interval)

local mutex, semaphore = neap.mutex(), neap.semaphore(3)
semaphore:acquire()
print(mutex, semaphore)
mutex:acquire()
neap.spawn(function() print(mutex) end):name("reader"):wait()

local pool = neap.pool(2)
pool:submit(neap.sleep, 1)
print(pool)
neap.scope(function(scope)
  print(scope, scope:spawn(neap.yield):name("child"))
end)
pool:wait()

-- A misspelt method is told, with the right one; a name that is not near to any is nil, for
-- programs ask objects whether they have one.
local function told(fn) print((select(2, neap.pcall(fn)))) end
told(function() channel:sned(1) end)
told(function() channel:closee() end)
told(function() future:resove(1) end)
told(function() mutex:aquire() end)
told(function() pool:sumbit(print) end)
told(function() timer:wiat() end)
told(function() event:claer() end)
print(channel.destroy, event.close, mutex.disconnect)
