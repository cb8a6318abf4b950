-- A server and 200 clients that talk at once, in one process.

local neap, socket = require "neap", require "socket"
local sockets = require "neap.hosts.luasocket"

neap.use(sockets)

local CLIENTS, LINES = 200, 10

local function receive(connection)
  local line, err, part
  repeat
    sockets.readable(connection)
    line, err, part = connection:receive("*l", part)
  until err ~= "timeout"
  return line
end

local function send(connection, text)
  local sent, err, last = connection:send(text)
  while err == "timeout" do
    sockets.writable(connection)
    sent, err, last = connection:send(text, last + 1)
  end
  return sent
end

local function serve(connection)
  connection:settimeout(0)
  local line = receive(connection)
  while line do
    send(connection, line .. "\n")
    line = receive(connection)
  end
  connection:close()
end

local server = assert(socket.bind("127.0.0.1", 0, CLIENTS))
server:settimeout(0)
local _, port = server:getsockname()
local accepted, most_at_once, at_once, echoes = 0, 0, 0, 0

local function accept()
  while true do
    sockets.readable(server)
    local connection = server:accept()
    if connection then
      accepted = accepted + 1
      neap.spawn(serve, connection)
    end
  end
end

local function client(number)
  local connection = socket.tcp()
  connection:settimeout(0)
  if not connection:connect("127.0.0.1", port) then sockets.writable(connection) end
  at_once = at_once + 1
  most_at_once = math.max(most_at_once, at_once)
  for i = 1, LINES do
    local text = ("client %d says %d"):format(number, i)
    send(connection, text .. "\n")
    assert(receive(connection) == text)
    echoes = echoes + 1
  end
  connection:close()
  at_once = at_once - 1
end

neap.run(neap.timeout, "30s", function()
  local acceptor = neap.spawn(accept)
  local clients = {}
  for i = 1, CLIENTS do clients[i] = neap.spawn(client, i) end
  neap.all(clients)
  acceptor:cancel()
end)
print(accepted .. " connections, " .. echoes .. " echoes")
print("all at once: " .. tostring(most_at_once == CLIENTS))
print("sockets waited for: " .. tostring(sockets.pending()))
