-- Whatever tasks do, the user's own handles are served; whatever those do, tasks run.

local neap, uv = require "neap", require "luv"
require("neap.hosts.uv").attach()

local lines = {}

-- A task that sleeps for an hour holds up nothing, and is woken by a callback.
local ticks = 0
local sleeper = neap.spawn(neap.sleep, "1h")
local timer = uv.new_timer()
timer:start(2, 2, function()
  ticks = ticks + 1
  if ticks < 10 then return end
  timer:close()
  lines[1] = "ten ticks while a task sleeps: " .. tostring(sleeper:cancel())
end)

-- Tasks that are always busy do not starve it either: ten files are looked at meanwhile.
neap.spawn(function()
  local looked, turns = 0, 0
  local function look()
    looked = looked + 1
    if looked < 10 then uv.fs_stat("README.md", look) end
  end
  uv.fs_stat("README.md", look)
  while looked < 10 do
    turns = turns + 1
    neap.yield()
  end
  lines[2] = "ten files while a task is busy: " .. tostring(turns >= 10)
end)

-- Deadlines come in their order, and never early.
neap.spawn(function()
  pcall(sleeper.wait, sleeper)
  local order, tasks = {}, {}
  local start = uv.hrtime()
  for i, time in ipairs { 45, 15, 30 } do
    tasks[i] = neap.spawn(function()
      neap.sleep(time / 1000)
      order[#order + 1] = time
      if (uv.hrtime() - start) / 1e6 < time then print("early: " .. time) end
    end)
  end
  neap.all(tasks)
  lines[3] = "order: " .. table.concat(order, " ")
end)

uv.run()
print(table.concat(lines, "\n"))
print("the loop ends by itself")
