-- A server of HTTP: each connection is a fiber of Tarantool's. For /neap it does three things at
-- once in tasks, for /own in fibers; /memory tells what Lua holds. On NEAP_BACKEND_PORT it answers
-- itself.
local neap = require "neap"
local tarantool = require "neap.hosts.tarantool"
local fiber = require "fiber"
local socket = require "socket"

local PORT, BACKEND_PORT = os.getenv("NEAP_PORT"), os.getenv("NEAP_BACKEND_PORT")

local function ask()
  local connection = assert(socket.tcp_connect("127.0.0.1", BACKEND_PORT, 5))
  connection:write("how many?\n")
  local answer = connection:read("\n", 5)
  connection:close()
  return tonumber(answer)
end

local pages = {}

function pages.neap()
  return neap.run(function()
    local tasks, sum = {}, 0
    for i = 1, 3 do
      tasks[i] = neap.spawn(function()
        neap.sleep("50ms")
        return tarantool.call(ask)
      end)
    end
    for i = 1, 3 do sum = sum + tasks[i]:wait() end
    return sum
  end)
end

function pages.own()
  local fibers, sum = {}, 0
  for i = 1, 3 do
    fibers[i] = fiber.new(function()
      fiber.sleep(0.05)
      local answer = ask()
      sum = sum + answer
    end)
    fibers[i]:set_joinable(true)
  end
  for i = 1, 3 do fibers[i]:join() end
  return sum
end

function pages.memory()
  collectgarbage()
  collectgarbage()
  return math.ceil(collectgarbage("count"))
end

local function serve(connection)
  local page = connection:read("\r\n\r\n", 5):match("^GET /(%w+)")
  local ok, answer = pcall(pages[page])
  connection:write("HTTP/1.0 " .. (ok and 200 or 500) .. " -\r\n\r\n" .. tostring(answer))
end

assert(socket.tcp_server("127.0.0.1", BACKEND_PORT, function(connection)
  connection:read("\n", 5)
  connection:write("1\n")
end))
assert(socket.tcp_server("127.0.0.1", PORT, serve))
