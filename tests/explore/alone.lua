-- A test of a project's own, in plain Lua: which of two tasks came first must not matter, but does.
local explore = require "neap.explore"
local neap = require "neap"

local function program()
  local log = neap.channel(10)
  for _, name in ipairs { "ebb", "flood" } do
    neap.spawn(function()
      neap.sleep("10ms")
      log:send(name)
    end)
  end
  neap.sleep("20ms")
  log:close()
  local all = {}
  log:each(function(name) all[#all + 1] = name end)
  explore.same(all)
end

for _, strategy in ipairs { "random", "pct", "exhaustive" } do
  print(select(2, pcall(explore.check, program, { strategy = strategy })))
end
print(select(2, pcall(explore.check, program, { schedule = "2.1.1" })))
print(explore.check(program, { schedule = "fifo" }))

local function draw()
  local unlucky, first = math.random(2, 9), nil
  for i = 1, 9 do neap.spawn(function() first = first or i end) end
  neap.sleep("10ms")
  assert(first ~= unlucky, "the unlucky one came first")
end

local _, text = pcall(explore.check, draw)
local schedule = text:match 'schedule = "(.-)"'
local _, again = pcall(explore.check, draw, { schedule = schedule })
print(tostring(again):match "the unlucky one came first")
print((select(2, pcall(explore.check, neap.yield, { ticks = 1 })):match "[^\n]*"))
