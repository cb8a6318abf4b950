-- A chain of joins runs depth first, by iteration: 5,000 deep, from outside and from inside.
local aa = require "async_await"
local function chain(depth)
  local ends = 0
  local last
  for _ = 1, depth do
    local joined = last
    last = aa.task_create(function()
      if joined then aa.task_join(joined) end
      aa.task_yield()
      ends = ends + 1
    end)
    aa.task_start(last)
  end
  return last, function() return ends end
end
local outermost, count = chain(5000)
aa.task_join(outermost)
print("joined from outside: " .. count())

outermost, count = chain(5000)
local inside = aa.task_create(function() aa.task_join(outermost) end)
aa.task_start(inside)
aa.task_schedule_all()
print("scheduled: " .. count() .. ", " .. inside.state)

-- Each task makes the next one only when it runs.
local function deeper(depth)
  if depth == 0 then return 0 end
  return aa.await(aa.async(deeper)(depth - 1)) + 1
end
print("awaited: " .. aa.await(aa.async(deeper)(5000)))
