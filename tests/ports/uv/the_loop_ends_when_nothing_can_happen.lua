-- Attached, neap keeps libuv's loop alive as long as a task is ready or sleeps, and no longer.

local neap, uv = require "neap", require "luv"
local host = require "neap.hosts.uv"
host.attach()

local function active()
  local count = 0
  uv.walk(function(handle) if not handle:is_closing() then count = count + 1 end end)
  return count
end

uv.run()
print("no task")

neap.spawn(function() print("spawned before the loop runs") end)
host.attach()
uv.run()

-- The last callback of all spawns a task; nothing but neap keeps the loop alive after that.
local timer = uv.new_timer()
timer:start(1, 0, function()
  timer:close()
  neap.spawn(function()
    local err, stat = neap.callback(uv.fs_stat, "README.md")
    print("from the last timer: " .. (err or stat.type))
    neap.sleep("10ms")
    print("and ten milliseconds later")
  end)
end)
uv.run()

-- Who waits for what nobody will do keeps nothing alive.
local future = neap.future()
neap.spawn(function() print("the future gives " .. future:wait()) end)
host.attach()
uv.run()
print("alive after the loop: " .. #neap.tasks())

-- A sleeper that is cancelled from a callback no longer does.
local sleeper = neap.spawn(neap.sleep, "1h")
timer = uv.new_timer()
timer:start(5, 0, function()
  timer:close()
  print("cancelled: " .. tostring(sleeper:cancel()))
  future:resolve("a value")
end)
uv.run()

-- What nobody waits for is reported when no task is left.
neap.on_error(function(err) print("reported: " .. tostring(err)) end)
timer = uv.new_timer()
timer:start(1, 0, function()
  timer:close()
  neap.spawn(error, "a failure", 0)
end)
uv.run()

print("handles that are open: " .. tostring(active() > 0))
host.detach()
uv.run()
print("detached: " .. active())
