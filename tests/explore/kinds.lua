-- Programs that fail under some schedule, but not under neap's own, each in another way.
local neap = require "neap"
local explore = require "neap.explore"

local kinds = {}

function kinds.deadlock()
  local a, b = neap.mutex(), neap.mutex()
  local function both(first, second)
    first:with(function()
      neap.sleep(0.01)
      second:with(neap.yield)
    end)
  end
  local one = neap.spawn(both, a, b)
  local two = neap.spawn(function()
    neap.sleep(0.01)
    both(b, a)
  end)
  neap.all { one, two }
end

function kinds.report()
  local order = {}
  neap.spawn(function() order[#order + 1] = 1 end)
  neap.spawn(function() assert(order[1] == 1, "no tide") end)
  neap.sleep(1)
end

function kinds.differs()
  local order = {}
  for i = 1, 2 do neap.spawn(function() order[#order + 1] = i end) end
  neap.yield()
  explore.same(order[1], order[2])
end

function kinds.arm()
  assert(neap.select { neap.timer(0), neap.timer(0) } == 1, "the second arm")
end

function kinds.deadline()
  assert(neap.select({ neap.timer(1) }, 1) == 1, "timeout")
end

function kinds.endless()
  local stop = false
  neap.spawn(function() stop = true end)
  neap.spawn(function() while not stop do neap.yield() end end)
  neap.spawn(function()
    if not stop then while true do neap.yield() end end
  end)
  neap.yield()
end

kinds[(...)]()
