-- What `neap.callback` costs: when `resume` is called at once, over a bare call with a closure that
-- keeps the value; and when it is called later, over what one would write without neap: a closure
-- that resumes the coroutine, which yields. Later is when 100 tasks wait; then one calls them all.

local neap = require "neap"
local measure = require "./measure"

local tasks, rounds = 100, 1000

do
  local count = tasks * rounds
  local kept
  local function answer(resume) resume(42) end
  local function bare()
    local function keep()
      answer(function(value) kept = value end)
      return kept
    end
    for _ = 1, count do keep() end
  end
  local function ours()
    neap.spawn(function()
      for _ = 1, count do kept = neap.callback(answer) end
    end):wait()
  end
  measure.compare("a callback that comes at once", "a call with a closure", count, bare, ours)
end

do
  local waiting, waiting_count = {}, 0
  local function later(resume)
    waiting_count = waiting_count + 1
    waiting[waiting_count] = resume
  end
  local function answer_all()
    local list, count = waiting, waiting_count
    waiting, waiting_count = {}, 0
    for i = 1, count do list[i](i) end
  end

  local function bare()
    for _ = 1, tasks do
      coroutine.resume(coroutine.create(function()
        local me = coroutine.running()
        for _ = 1, rounds do
          later(function(value) coroutine.resume(me, value) end)
          coroutine.yield()
        end
      end))
    end
    while waiting_count > 0 do answer_all() end
  end

  local function ours()
    for _ = 1, tasks do
      neap.spawn(function()
        for _ = 1, rounds do neap.callback(later) end
      end)
    end
    neap.yield()
    while waiting_count > 0 do
      answer_all()
      neap.yield()
    end
  end

  local what = "a callback that comes later"
  measure.compare(what, "a closure, resume and yield", tasks * rounds, bare, ours)
end
