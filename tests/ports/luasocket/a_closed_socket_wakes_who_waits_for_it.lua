-- A socket that is closed, here or by the other side, lets go of those who wait for it.

local neap, socket = require "neap", require "socket"
local sockets = require "neap.hosts.luasocket"

local selects = 0
local system_select = socket.select
function socket.select(...)
  selects = selects + 1
  return system_select(...)
end
neap.use(sockets)

local server = assert(socket.bind("127.0.0.1", 0))
local _, port = server:getsockname()

local function pair()
  local client = assert(socket.connect("127.0.0.1", port))
  local connection = server:accept()
  connection:settimeout(0)
  return client, connection
end

local client, connection = pair()
local function read()
  sockets.readable(connection)
  local line, err = connection:receive("*l")
  return line or err
end

neap.run(neap.timeout, "5s", function()
  local reader, other = neap.spawn(read), neap.spawn(read)
  neap.sleep("1ms")
  connection:close()
  print("closed while waited for", reader:wait())
  print("by two", other:wait())
  print("closed before", read())
  print("in a select", neap.select { neap.future(), sockets.reading(connection) })
  print("pending", sockets.pending())

  client, connection = pair()
  reader = neap.spawn(read)
  neap.sleep("1ms")
  client:close()
  print("closed by the other side", reader:wait())

  -- One that lives beside closed ones is still waited for, without a busy loop.
  client, connection = pair()
  reader = neap.spawn(read)
  local partner, gone = pair()
  local left = neap.spawn(sockets.readable, gone)
  neap.sleep("1ms")
  gone:close()
  left:wait()
  selects = 0
  neap.sleep("50ms")
  print("few selects while nothing happens", selects < 5)
  client:send("still here\n")
  partner:close()
  print(reader:wait())
end)

-- The host thread waits too.
connection:close()
print("in the host thread", read())
