-- A wait that the system cannot do raises where it is asked for, and does no harm.

local neap, socket = require "neap", require "socket"
local sockets = require "neap.hosts.luasocket"

neap.use(sockets)

local names = { "readable", "writable", "reading", "writing" }
for _, name in ipairs(names) do
  for _, value in ipairs { 5, "text", {}, io.stdout } do
    print(select(2, pcall(sockets[name], value)))
  end
  print(select(2, pcall(sockets[name])))
end

-- `socket.select` cannot be given a descriptor as large as this one.
local large = { getfd = function() return socket._SETSIZE end }
print(pcall(sockets.readable, large))
print(pcall(sockets.writable, large))
print(pcall(neap.select, { neap.future(), sockets.reading(large) }))
print(pcall(neap.await, sockets.writing(large)))

local task = neap.spawn(sockets.readable, large)
local other = neap.spawn(neap.sleep, "10ms")
print(pcall(task.wait, task))
print("the others go on: " .. tostring(other:wait() >= 0.01))

-- Where another host sleeps, nobody asks for the sockets: that is a deadlock, and is said.
neap.use(require "neap.hosts.virtual")
local server = socket.bind("127.0.0.1", 0)
print((select(2, pcall(sockets.readable, server)):gsub(" at .*", "")))
