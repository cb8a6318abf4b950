-- What becomes ready just before all, any and settle begin to wait is taken like everything else:
-- here an interval's tick is due between the first look at the clock and the second.
local neap = require "neap"

local time, moving_looks = 0, 0
neap.use {
  now = function()
    if moving_looks > 0 then time, moving_looks = time + 0.3, moving_looks - 1 end
    return time
  end,
  sleep = function(seconds) time = time + (seconds < math.huge and seconds or 0) end,
}

local function show_ticks(name, next_tick)
  local interval, start = neap.interval(1), time
  local ticks = {}
  for i = 1, 3 do
    neap.sleep(start + i - 0.5 - time)
    moving_looks = 2
    ticks[i] = tostring((next_tick(interval)))
  end
  print(name, table.concat(ticks, ", "))
end

show_ticks("all", function(interval) return neap.all({ interval })[1] end)
show_ticks("any", function(interval) return neap.any { interval } end)
show_ticks("settle", function(interval) return neap.settle({ interval })[1][1] end)
show_ticks("select", function(interval) return select(2, neap.select { interval }) end)
