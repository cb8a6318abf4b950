-- HAProxy's tasks, each with a run of its own, on the host that neap finds.
local neap = require "neap"
local haproxy = require "neap.hosts.haproxy"

local PORT = tonumber(os.getenv("LUA_PORT"))

local function start(fn, ...)
  local task, arguments = { is_over = false }, table.pack(...)
  core.register_task(function()
    task.result = table.pack(pcall(fn, table.unpack(arguments, 1, arguments.n)))
    task.is_over = true
    if not task.result[1] then print("failed", task.result[2]) end
  end)
  return task
end

local function join(...)
  for _, task in ipairs { ... } do
    while not task.is_over do core.msleep(1) end
  end
end

local function took(fn)
  local begun = haproxy.now()
  fn()
  return haproxy.now() - begun
end

local function fetch(port)
  local socket = core.tcp()
  socket:settimeout(5)
  if not socket:connect("127.0.0.1", port) then error("no connection") end
  socket:send("GET / HTTP/1.0\r\n\r\n")
  local answer = socket:receive("*a")
  socket:close()
  return answer:match("\r\n\r\n(.*)")
end

local function three_sleep()
  local tasks, sum = {}, 0
  for i = 1, 3 do
    tasks[i] = start(function()
      local part = neap.run(function()
        local parts = {}
        for j = 1, 3 do
          parts[j] = neap.spawn(function() neap.sleep("50ms") return i * j end)
        end
        local results = neap.all(parts)
        return results[1] + results[2] + results[3]
      end)
      sum = sum + part
    end)
  end
  join(table.unpack(tasks))
  print("sum", sum)
end

local function main()
  print("at once", took(three_sleep) < 0.14)

  -- What two of them share.
  local future, channel, semaphore = neap.future(), neap.channel(), neap.semaphore(1)
  join(start(neap.run, function()
    semaphore:acquire()
    print("first: future", future:wait())
    print("first: sends", channel:send("a value"))
    neap.sleep("10ms")
    semaphore:release()
  end), start(neap.run, function()
    neap.sleep("10ms")
    future:resolve("resolved")
    print("second: received", channel:wait())
    semaphore:acquire()
    print("second: has the semaphore")
  end))
  future = neap.future()
  local first = start(neap.run, function() print("from a task without a run", future:wait()) end)
  core.msleep(10)
  future:resolve("resolved")
  join(first)

  -- What waits in a task of HAProxy's; only the task that calls waits for it.
  local failure = {}
  neap.run(function()
    neap.spawn(function() neap.sleep("10ms") print("another task goes on") end)
    print("call", select("#", haproxy.call(function(...)
      core.msleep(30)
      return ...
    end, 1, nil, nil)))
    print("a socket", haproxy.call(fetch, PORT))
    local client = haproxy.call(function()
      return core.httpclient():get { url = "http://127.0.0.1:" .. PORT .. "/" }
    end)
    print("a client", client.status, client.body)
    print("error", select(2, pcall(haproxy.call, error, failure)) == failure)
    local ended = false
    print(pcall(neap.timeout, "20ms", haproxy.call, function()
      core.msleep(50)
      ended = true
    end))
    print("given up", not ended)
    neap.sleep("50ms")
    print("its task goes on", ended)
    print("run in a call", haproxy.call(neap.run, function() neap.sleep("5ms") return "done" end))
    print(pcall(haproxy.call, neap.sleep, 1))
    print(pcall(haproxy.call))
  end)
  print(pcall(neap.run, function() neap.run(print) end))

  -- A service with a run of its own.
  local client = core.httpclient()
  print("a service", client:get({ url = "http://127.0.0.1:" .. PORT .. "/tide" }).body)

  -- HAProxy interrupts no run: what two of them compute for long does not mix.
  local inside, overlaps = 0, 0
  local function compute()
    neap.run(function()
      for round = 1, 3 do
        local tasks = {}
        inside = inside + 1
        for i = 1, 2000 do tasks[i] = neap.spawn(function() neap.yield() return i end) end
        for _ = 1, 100000 do if inside > 1 then overlaps = overlaps + 1 end end
        inside = inside - 1
        for i = 1, 2000 do assert(tasks[i]:wait() == i) end
        neap.sleep("1ms")
      end
    end)
  end
  join(start(compute), start(compute), start(compute))
  print("overlaps", overlaps)

  -- Busy tasks let others have a turn. What waits when main has ended waits no longer.
  local turns = 0
  join(start(neap.run, neap.timeout, "1s", function()
    while turns < 5 do neap.yield() end
    print("busy, with", turns, "turns of another")
  end), start(neap.run, function()
    for _ = 1, 5 do neap.sleep("1ms") turns = turns + 1 end
  end))
  first = start(neap.run, function() neap.sleep("50ms") end)
  neap.run(function()
    neap.spawn(function()
      neap.finally(print, "forgotten")
      neap.future():wait()
    end)
  end)
  print("the first", first.is_over)
  join(first)

  -- Failures that nobody sees are told to HAProxy's log.
  local log = core.log
  core.log = function(level, text) print(level == core.err, text) end
  neap.run(function() neap.spawn(error, "lost") neap.sleep("1ms") end)
  core.log = log

  -- Where HAProxy does not sleep.
  print(pcall(neap.sleep, 1))
  print(coroutine.wrap(function() return pcall(neap.run, neap.sleep, 1) end)())
end

core.register_service("tide", "http", function(applet)
  local body = neap.run(function()
    local task = neap.spawn(function() neap.sleep("20ms") return applet.path end)
    return task:wait() .. " after " .. haproxy.call(fetch, PORT)
  end)
  applet:set_status(200)
  applet:start_response()
  applet:send(body)
end)

print("while it starts", pcall(neap.run, neap.sleep, 1))
core.register_task(function()
  local ok, err = xpcall(main, debug.traceback)
  if not ok then print(err) end
  os.exit(ok)
end)
