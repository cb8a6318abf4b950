--- An echo server and its clients, in one process on libuv's loop, for as long as one likes:
--
--     luajit tests/generator/echo.lua SECONDS CLIENTS
--
-- Each client connects, sends lines, and has to get each back. Some are cancelled wherever they
-- stand, some fail, and so do some of the server's tasks; each is followed by another. In between,
-- and at the end, it says how many there were, what was lost, and how much memory is in use.

local neap, uv = require "neap", require "luv"

local arguments = arg or { ... }
local SECONDS, CLIENTS = tonumber(arguments[1]), tonumber(arguments[2])

local random = require "neap.explore.random"(7)
local counts = { asked = 0, answered = 0, cancelled = 0, failed = 0, cut = 0, wrong = 0 }
local connected, served = 0, 0
local server = uv.new_tcp()

--- A stream that is closed when the task ends.
local function new_stream()
  local stream = uv.new_tcp()
  neap.finally(function() if not stream:is_closing() then stream:close() end end)
  return stream
end

--- What a stream receives, as a channel that is closed at its end.
local function reading(stream)
  local received = neap.channel(math.huge)
  assert(stream:read_start(function(err, data)
    if data and not err then received:try_send(data) else received:close() end
  end))
  return received
end

local function write(stream, text)
  local err = neap.callback(uv.write, stream, text)
  if err then error("cut", 0) end
end

local function serve()
  served = served + 1
  neap.finally(function() served = served - 1 end)
  local stream = new_stream()
  server:accept(stream)
  reading(stream):each(function(text)
    write(stream, text)
    if random(2000) == 0 then error("the server fails", 0) end
  end)
end

server:bind("127.0.0.1", 0)
server:listen(CLIENTS, function(err)
  assert(not err, err)
  neap.spawn(serve):detach()
end)
local port = server:getsockname().port

local function ask(stream, received, text)
  counts.asked = counts.asked + 1
  write(stream, text)
  local answer = ""
  while #answer < #text do
    local part = received:wait()
    if not part then error("cut", 0) end
    answer = answer .. part
  end
  if answer ~= text then counts.wrong = counts.wrong + 1 end
  counts.answered = counts.answered + 1
end

local function client(number)
  neap.sleep(random(1000) / 1000)
  connected = connected + 1
  neap.finally(function() connected = connected - 1 end)
  local stream = new_stream()
  if neap.callback(uv.tcp_connect, stream, "127.0.0.1", port) then error("cut", 0) end
  local received = reading(stream)
  for i = 1, 10 + random(40) do
    ask(stream, received, ("client %d says %d\n"):format(number, i))
    neap.sleep(1 + random(8000) / 1000)
  end
  if random(20) == 0 then error("the client fails", 0) end
end

neap.on_error(function(err)
  if err == "the server fails" then counts.failed = counts.failed + 1 else print(err) end
end)

local function tell(time)
  collectgarbage()
  collectgarbage()
  local names = {}
  for name in pairs(counts) do names[#names + 1] = name end
  table.sort(names)
  for i, name in ipairs(names) do names[i] = counts[name] .. " " .. name end
  print(("%4d s: %s; %d connected, %d served, %d tasks, %.1f MB"):format(time,
    table.concat(names, ", "), connected, served, #neap.tasks(),
    collectgarbage("count") / 1024))
  io.stdout:flush()
end

neap.run(function()
  local clients, has_ended = {}, false
  local function keep(number)
    while not has_ended do
      clients[number] = neap.spawn(client, number)
      local ok, err = neap.pcall(clients[number].wait, clients[number])
      if not ok then
        local name = ({ cancelled = "cancelled", cut = "cut" })[err] or "failed"
        counts[name] = counts[name] + 1
        if name == "failed" and err ~= "the client fails" then print(err) end
      end
    end
  end
  local keepers = {}
  for number = 1, CLIENTS do keepers[number] = neap.spawn(keep, number) end
  local start = uv.hrtime()
  local function passed() return (uv.hrtime() - start) / 1e9 end
  local next_tell = SECONDS / 10
  while passed() < SECONDS do
    neap.sleep(0.1)
    for _ = 1, math.ceil(CLIENTS / 1000) do
      local one = clients[random(CLIENTS) + 1]
      if one then one:cancel() end
    end
    if passed() >= next_tell then
      tell(passed())
      next_tell = next_tell + SECONDS / 10
    end
  end
  has_ended = true
  for number = 1, CLIENTS do
    if clients[number] then clients[number]:cancel() end
  end
  neap.all(keepers)
  server:close()
end)
tell(SECONDS)
local is_clean = counts.wrong == 0 and connected == 0 and served == 0 and #neap.tasks() == 0
print(is_clean and "nothing is left, nothing was wrong" or "SOMETHING IS LEFT OR WAS WRONG")
os.exit(is_clean and 0 or 1)
