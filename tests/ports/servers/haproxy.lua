-- Services of HAProxy's. The first does three things at once in tasks, the second in tasks of
-- HAProxy's own; the third tells what Lua holds. The fourth sleeps for long, and the last tells of
-- how many such runs something is left.
local neap = require "neap"
local haproxy = require "neap.hosts.haproxy"

local BACKEND_PORT = tonumber(os.getenv("NEAP_BACKEND_PORT"))

local function ask()
  local socket = core.tcp()
  socket:settimeout(5)
  assert(socket:connect("127.0.0.1", BACKEND_PORT), "no connection")
  socket:send("GET / HTTP/1.0\r\n\r\n")
  local answer = socket:receive("*a")
  socket:close()
  return math.tointeger(answer:match("\r\n\r\n(%d+)"))
end

local function service(name, page)
  core.register_service(name, "http", function(applet)
    local ok, answer = pcall(page)
    applet:set_status(ok and 200 or 500)
    applet:start_response()
    applet:send(tostring(answer))
  end)
end

service("neap", function()
  return neap.run(function()
    local tasks, sum = {}, 0
    for i = 1, 3 do
      tasks[i] = neap.spawn(function()
        neap.sleep("50ms")
        return haproxy.call(ask)
      end)
    end
    for i = 1, 3 do sum = sum + tasks[i]:wait() end
    return sum
  end)
end)

service("own", function()
  local left, sum = 3, 0
  for _ = 1, 3 do
    core.register_task(function()
      core.msleep(50)
      local ok, answer = pcall(ask)
      left, sum = left - 1, sum + (ok and answer or 0)
    end)
  end
  while left > 0 do core.msleep(1) end
  return sum
end)

local marks = setmetatable({}, { __mode = "k" })

service("lost", function()
  neap.run(function()
    local mark = {}
    marks[mark] = true
    neap.spawn(function() neap.sleep(1000) return mark end)
    neap.spawn(haproxy.call, function() core.msleep(300) return mark end)
    neap.future():wait()
  end)
end)

service("alive", function()
  collectgarbage()
  collectgarbage()
  local count = 0
  for _ in pairs(marks) do count = count + 1 end
  return count
end)

service("memory", function()
  collectgarbage()
  collectgarbage()
  return math.ceil(collectgarbage("count"))
end)
