-- However long the list is, and however much of it is ready already, all, any and settle ask each
-- awaitable only a few times: here timers, of which each looks at the clock when it is asked.
local neap = require "neap"

local COUNT = 200
local time, looks = 0, 0
neap.use {
  now = function()
    looks = looks + 1
    return time
  end,
  sleep = function(seconds) time = time + (seconds < math.huge and seconds or 0) end,
}

local function timers(from, to)
  local list = {}
  for i = 1, COUNT do list[i] = neap.timer(i <= COUNT / 2 and from or to) end
  neap.sleep(1)
  return list
end

local function show(name, combine, list)
  looks = 0
  combine(list)
  print(name, looks <= 5 * COUNT and "a few times" or looks .. " looks at the clock")
end

local function any_of_errors(list)
  local tasks = {}
  for i = 1, COUNT do
    tasks[i] = list[i]
    if i % 2 == 0 then
      tasks[i] = neap.spawn(error, "fails")
      tasks[i]:detach()
    end
  end
  neap.on_error(function() end)
  neap.yield()
  return neap.any(tasks)
end

show("all, the second half is ready", neap.all, timers(2, 0))
show("settle, the first half is ready", neap.settle, timers(0, 2))
show("any, the half has failed", any_of_errors, timers(2, 3))
