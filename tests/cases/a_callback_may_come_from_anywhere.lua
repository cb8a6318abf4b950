-- resume works from another task, from a plain coroutine, from on_error, and from the host's sleep.
local neap = require "neap"
local host = require "neap.hosts.virtual"

local resume
local function keep(given) resume = given end
local function wait(label) print(label, neap.callback(keep)) end

neap.spawn(function() resume("a task's") end)
wait("from a task")
neap.spawn(function() coroutine.wrap(function() resume("a coroutine's") end)() end)
wait("from a coroutine")
neap.on_error(function(err) resume("on_error's", err) end)
neap.spawn(error, "a failure", 0):detach()
wait("from on_error")

local sleep = host.sleep
host.sleep = function(seconds)
  host.sleep = sleep
  resume("the host's")
end
local sleeper = neap.spawn(neap.sleep, 5)
wait("from the host's sleep")
print("nobody else was woken", sleeper:status(), host.now())
host.sleep = sleep
