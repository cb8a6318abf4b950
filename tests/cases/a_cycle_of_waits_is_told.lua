-- Tasks that wait for each other in a circle are told, although others live that could go on.
local neap = require "neap"

neap.current():name("main")
local mooring, crane = neap.mutex(), neap.mutex()

local function take(first, second)
  first:acquire()
  neap.sleep(0.01)
  second:acquire()
end
local brig = neap.spawn(take, mooring, crane):name("brig")
local sloop = neap.spawn(take, crane, mooring):name("sloop")

local first, second
first = neap.spawn(function() neap.sleep(0.01) second:wait() end):name("first")
second = neap.spawn(function() neap.scope(function(scope)
  scope:spawn(first.wait, first):name("child")
end) end):name("second")

-- These wait for one that can never go on, and so can neither.
neap.spawn(brig.wait, brig):name("owner")
neap.spawn(neap.all, { sloop, first }):name("both")

-- These can.
neap.spawn(neap.select, { sloop, neap.timer(9) }):name("patient")
neap.spawn(neap.select, { sloop }, 9):name("patient too")
neap.spawn(neap.any, { neap.future(), sloop }):name("hopeful")
neap.spawn(function() while true do neap.sleep(1) end end):name("heartbeat")

neap.sleep(0.5)
neap.dump(function(line)
  if line:find("cycle") then print(line) end
end)

for _, living in ipairs(neap.tasks()) do
  if living ~= neap.current() then living:cancel() end
end
neap.yield()
neap.yield()
neap.dump(print)
