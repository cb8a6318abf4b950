-- A server and 200 clients that talk at once, in one process and on one loop.

local neap, uv = require "neap", require "luv"
require("neap.hosts.uv").attach()

local CLIENTS, LINES = 200, 10

--- What a stream receives, as a channel that is closed at its end.
local function reading(stream)
  local received = neap.channel(math.huge)
  stream:read_start(function(err, data)
    if data and not err then received:try_send(data) else received:close() end
  end)
  return received
end

local function write(stream, text)
  local err = neap.callback(uv.write, stream, text)
  if err then error(err, 0) end
end

local function serve(stream)
  reading(stream):each(function(text) write(stream, text) end)
  stream:close()
end

local accepted, most_at_once, at_once, echoes = 0, 0, 0, 0

local server = uv.new_tcp()
server:bind("127.0.0.1", 0)
server:listen(CLIENTS, function(err)
  assert(not err, err)
  local stream = uv.new_tcp()
  server:accept(stream)
  accepted = accepted + 1
  neap.spawn(serve, stream)
end)

local function client(number)
  local stream = uv.new_tcp()
  local err = neap.callback(uv.tcp_connect, stream, "127.0.0.1", server:getsockname().port)
  assert(not err, err)
  at_once = at_once + 1
  most_at_once = math.max(most_at_once, at_once)
  local received = reading(stream)
  for i = 1, LINES do
    local text, answer = ("client %d says %d\n"):format(number, i), ""
    write(stream, text)
    while #answer < #text do answer = answer .. received:wait() end
    assert(answer == text)
    echoes = echoes + 1
  end
  stream:close()
  at_once = at_once - 1
end

neap.spawn(neap.timeout, "30s", function()
  local clients = {}
  for i = 1, CLIENTS do clients[i] = neap.spawn(client, i) end
  neap.all(clients)
  server:close()
end)

uv.run()
print(accepted .. " connections, " .. echoes .. " echoes")
print("all at once: " .. tostring(most_at_once == CLIENTS))
print("tasks alive: " .. #neap.tasks())
