-- spawn only queues: tasks start in the order they were spawned, when the spawner waits.
local neap = require "neap"

local function work(name)
  print(name .. " starts")
  neap.yield()
  print(name .. " goes on")
end

print("spawn a, b and c")
local a = neap.spawn(work, "a")
local b = neap.spawn(work, "b")
local c = neap.spawn(function(...)
  print("c starts with " .. select("#", ...) .. " arguments:", ...)
end, 1, nil, "three", nil)
print("nothing has run yet: " .. a:status() .. ", " .. b:status() .. ", " .. c:status())
neap.yield()
print("main goes on")
a:wait()
b:wait()
print("all are dead: " .. a:status() .. ", " .. b:status() .. ", " .. c:status())
