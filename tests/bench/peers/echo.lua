-- neap on LuaSocket and on libuv beside copas: an echo server and 200 clients in one process, each
-- of which sends 100 lines and waits for each answer. It needs LuaSocket and copas, and leaves
-- libuv out where there is no luv.
--
--   LUA_PATH="lua/?.lua;tests/bench/?.lua;;" lua5.1 tests/bench/peers/echo.lua [clients]

local copas = require "copas"
local socket = require "socket"
local has_luv, uv = pcall(require, "luv")
local neap = require "neap"
local measure = require "./measure"
local sockets = require "neap.hosts.luasocket"
local uv_host = require "neap.hosts.uv"

local CLIENTS = tonumber((...)) or 200
local LINES = 100
local TEXT = "the tide comes in and the tide goes out"

local echoes

local function on_copas()
  local server = assert(socket.bind("127.0.0.1", 0, CLIENTS))
  local _, port = server:getsockname()
  local left = CLIENTS
  copas.addserver(server, function(connection)
    local line = copas.receive(connection)
    while line do
      copas.send(connection, line .. "\n")
      line = copas.receive(connection)
    end
    connection:close()
  end, 0)
  for _ = 1, CLIENTS do
    copas.addthread(function()
      local connection = socket.tcp()
      local ok, err = copas.connect(connection, "127.0.0.1", port)
      assert(ok or err == "already connected", err)
      for _ = 1, LINES do
        copas.send(connection, TEXT .. "\n")
        assert(copas.receive(connection) == TEXT)
        echoes = echoes + 1
      end
      connection:close()
      left = left - 1
    end)
  end
  while left > 0 do copas.step(10) end
  server:close()
end

local function receive(connection)
  local line, err, part
  repeat
    sockets.readable(connection)
    line, err, part = connection:receive("*l", part)
  until err ~= "timeout"
  return line
end

local function send(connection, text)
  local _, err, last = connection:send(text)
  while err == "timeout" do
    sockets.writable(connection)
    _, err, last = connection:send(text, last + 1)
  end
end

local function on_luasocket()
  neap.use(sockets)
  local server = assert(socket.bind("127.0.0.1", 0, CLIENTS))
  server:settimeout(0)
  local _, port = server:getsockname()

  local function serve(connection)
    connection:settimeout(0)
    local line = receive(connection)
    while line do
      send(connection, line .. "\n")
      line = receive(connection)
    end
    connection:close()
  end

  local function client()
    local connection = socket.tcp()
    connection:settimeout(0)
    if not connection:connect("127.0.0.1", port) then sockets.writable(connection) end
    for _ = 1, LINES do
      send(connection, TEXT .. "\n")
      assert(receive(connection) == TEXT)
      echoes = echoes + 1
    end
    connection:close()
  end

  neap.run(function()
    local acceptor = neap.spawn(function()
      while true do
        sockets.readable(server)
        neap.spawn(serve, server:accept())
      end
    end)
    local clients = {}
    for i = 1, CLIENTS do clients[i] = neap.spawn(client) end
    neap.all(clients)
    acceptor:cancel()
  end)
  server:close()
end

local function on_libuv()
  uv_host.attach()

  local function reading(stream)
    local received = neap.channel(math.huge)
    stream:read_start(function(err, data)
      if data and not err then received:try_send(data) else received:close() end
    end)
    return received
  end

  local server = uv.new_tcp()
  server:bind("127.0.0.1", 0)
  server:listen(CLIENTS, function()
    local stream = uv.new_tcp()
    server:accept(stream)
    neap.spawn(function()
      local received = reading(stream)
      local text = received:wait()
      while text do
        stream:write(text)
        text = received:wait()
      end
      stream:close()
    end)
  end)

  local function client()
    local stream = uv.new_tcp()
    neap.callback(uv.tcp_connect, stream, "127.0.0.1", server:getsockname().port)
    local received = reading(stream)
    for _ = 1, LINES do
      stream:write(TEXT .. "\n")
      local line = received:wait()
      while #line <= #TEXT do line = line .. received:wait() end
      assert(line == TEXT .. "\n")
      echoes = echoes + 1
    end
    stream:close()
  end

  neap.spawn(function()
    local clients = {}
    for i = 1, CLIENTS do clients[i] = neap.spawn(client) end
    neap.all(clients)
    server:close()
  end)
  uv.run()
  uv_host.detach()
  uv.run()
end

--- Runs one to its end, and looks whether all was said.
local function whole(fn)
  return function()
    echoes = 0
    fn()
    assert(echoes == CLIENTS * LINES, "echoes: " .. echoes)
  end
end

local theirs = whole(on_copas)

local function race(name, ours)
  local what = ("echo on %s, %d clients"):format(name, CLIENTS)
  measure.race("copas", what, CLIENTS * LINES, theirs, whole(ours))
end

race("LuaSocket", on_luasocket)
if has_luv then race("libuv", on_libuv) end
