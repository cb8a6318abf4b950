-- One client sends half a line and takes its time; the server answers the others meanwhile.

local neap, socket = require "neap", require "socket"
local sockets = require "neap.hosts.luasocket"

neap.use(sockets)

local server = assert(socket.bind("127.0.0.1", 0, 16))
local _, port = server:getsockname()
server:settimeout(0)

local function receive(connection)
  local line, err, part
  repeat
    sockets.readable(connection)
    line, err, part = connection:receive("*l", part)
  until err ~= "timeout"
  return line
end

local function connect()
  local connection = socket.tcp()
  connection:settimeout(0)
  if not connection:connect("127.0.0.1", port) then sockets.writable(connection) end
  return connection
end

local acceptor = neap.spawn(function()
  while true do
    sockets.readable(server)
    local connection = server:accept()
    connection:settimeout(0)
    neap.spawn(function()
      local line = receive(connection)
      while line do
        connection:send(line:upper() .. "\n")
        line = receive(connection)
      end
      connection:close()
    end)
  end
end)

local slow_is_over = false

local slow = neap.spawn(function()
  local connection = connect()
  connection:send("half a ")
  neap.sleep("500ms")
  connection:send("line\n")
  print("slow: " .. receive(connection))
  slow_is_over = true
  connection:close()
end)

local quick = {}
for i = 1, 5 do
  quick[i] = neap.spawn(function()
    local connection = connect()
    for _ = 1, 100 do
      connection:send("a line\n")
      assert(receive(connection) == "A LINE")
    end
    connection:close()
  end)
end

neap.all(quick)
print("500 lines were answered; the slow client is over: " .. tostring(slow_is_over))
slow:wait()
acceptor:cancel()
