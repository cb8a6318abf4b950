-- `neap.run`, and waits in the main script, run libuv's loop themselves: attached or not.

local neap, uv = require "neap", require "luv"
local host = require "neap.hosts.uv"

local function after(milliseconds, fn)
  local timer = uv.new_timer()
  timer:start(milliseconds, 0, function()
    timer:close()
    fn()
  end)
end

local function try(what)
  print(what)
  local future, ticks = neap.future(), 0
  after(5, function() future:resolve("from libuv") end)
  print(neap.run(function()
    local timer = uv.new_timer()
    timer:start(1, 1, function() ticks = math.min(ticks + 1, 5) end)
    neap.spawn(function()
      while ticks < 5 do neap.sleep("2ms") end
      timer:close()
    end)
    return future:wait()
  end), "ticks: " .. ticks)

  -- The main script waits, and others go on.
  local task = neap.spawn(function() return neap.sleep("5ms") >= 0.005 end)
  print(neap.callback(uv.fs_stat, "README.md"))
  print(task:wait())

  -- Busy tasks hold up no callback; a task may even run the loop itself.
  local is_over = false
  after(5, function() is_over = true end)
  neap.run(function()
    while not is_over do neap.yield() end
    after(1, function() is_over = false end)
    while is_over do uv.run("nowait") end
  end)

  -- A callback that is due as the wait begins ends it, however far the next deadline is.
  local sleeper = neap.spawn(neap.sleep, "1h")
  neap.yield()
  future = neap.future()
  local timer = uv.new_timer()
  timer:start(1, 0, function() future:resolve("at once") end)
  local start = uv.hrtime()
  while uv.hrtime() - start < 5e6 do end
  print(future:wait())
  timer:close()
  sleeper:cancel()

  local ok, err = pcall(neap.run, function() neap.future():wait() end)
  print(ok, (err:gsub("\n.*", "")))
  print(pcall(neap.timeout, "10ms", neap.sleep, "1h"))
end

local stat = uv.fs_stat
uv.fs_stat = function(path, resume)
  return stat(path, function(err, found) resume(err, found and found.type) end)
end

try("not attached")
host.attach()
try("attached")

-- After that the loop is libuv's again.
neap.spawn(function()
  neap.sleep("5ms")
  print("in libuv's loop")
end)
uv.run()
