-- Whatever tasks do, the user's own handles are served; whatever those do, tasks run.

local neap, uv = require "neap", require "luv"
require("neap.hosts.uv").attach()

local log = neap.channel(math.huge)
local function say(text) log:try_send(text) end

-- A task that sleeps for an hour holds up nothing, and is woken by a callback.
local ticks = 0
local sleeper = neap.spawn(neap.sleep, "1h")
local timer = uv.new_timer()
timer:start(2, 2, function()
  ticks = ticks + 1
  if ticks < 10 then return end
  timer:close()
  say("ten ticks while a task sleeps: " .. tostring(sleeper:cancel()))
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
  say("ten files while a task is busy: " .. tostring(turns >= 10))
end)

-- Deadlines come in their order, with the user's among them, and never early.
neap.spawn(function()
  pcall(sleeper.wait, sleeper)
  local order = {}
  local start = uv.hrtime()
  for _, time in ipairs { 600, 200, 400 } do
    neap.spawn(function()
      neap.sleep(time / 1000)
      order[#order + 1] = time
      if (uv.hrtime() - start) / 1e6 < time then say("early: " .. time) end
    end)
    local own = uv.new_timer()
    own:start(time + 100, 0, function()
      own:close()
      order[#order + 1] = "(" .. time + 100 .. ")"
      if #order == 6 then say("order: " .. table.concat(order, " ")) end
    end)
  end
end)

neap.spawn(function()
  for _ = 1, 3 do print((log:wait())) end
end)

uv.run()
print("the loop ends by itself")
