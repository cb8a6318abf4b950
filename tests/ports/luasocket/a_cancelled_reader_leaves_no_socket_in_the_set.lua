-- However a wait for a socket ends, nothing of it stays behind.

local neap, socket = require "neap", require "socket"
local sockets = require "neap.hosts.luasocket"

-- What the system is asked for, at each sleep.
local asked
local system_select, system_sleep = socket.select, socket.sleep
function socket.select(read, write, timeout)
  asked = { #(read or {}), #(write or {}) }
  return system_select(read, write, timeout)
end
function socket.sleep(seconds)
  asked = { 0, 0 }
  return system_sleep(seconds)
end
neap.use(sockets)

local server = assert(socket.bind("127.0.0.1", 0))
local client = assert(socket.connect("127.0.0.1", (select(2, server:getsockname()))))
local connection = server:accept()
client:settimeout(0)
connection:settimeout(0)

local function look(what)
  neap.yield()
  asked = nil
  repeat neap.sleep("1ms") until asked
  local pending = tostring(sockets.pending())
  print(what, "reading " .. asked[1], "writing " .. asked[2], "pending " .. pending)
end

local readers = {}
for i = 1, 3 do readers[i] = neap.spawn(sockets.readable, connection) end
local other = neap.spawn(sockets.readable, server)
look("four wait for two")
readers[2]:cancel()
look("one is cancelled")
readers[1]:cancel()
readers[3]:cancel()
look("all three are")
other:cancel()
look("nobody waits")

print(pcall(neap.timeout, "1ms", sockets.readable, connection))
look("after a timeout")

print(neap.select({ sockets.reading(connection), sockets.reading(client) }, "1ms"))
print(neap.select({ sockets.reading(connection), sockets.writing(connection) }))
local both = neap.spawn(neap.select, { sockets.reading(connection), sockets.reading(connection) })
look("twice in a select")
client:send("tide\n")
print(both:wait())
look("after the selects")

for i = 1, 3 do
  readers[i] = neap.spawn(function()
    sockets.readable(connection)
    print("reader " .. i .. " wakes")
  end)
end
neap.all(readers)
look("all were woken")
print((connection:receive("*l")))
