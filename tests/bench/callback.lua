-- What `neap.callback` costs: when `resume` is called at once, over a bare call with a closure that
-- keeps the value; and when it is called later, over what one would write without neap: a closure
-- for each wait, that resumes the coroutine, which yields. Later is when 100 tasks, or 100 bare
-- coroutines of one function, wait; then one calls them all.

local neap = require "neap"
local measure = require "./measure"

local create, resume = coroutine.create, coroutine.resume
local running, yield = coroutine.running, coroutine.yield
local tasks, rounds = 100, 1000

do
  local count = tasks * rounds
  local kept
  local function answer(call) call(42) end
  local function bare()
    for _ = 1, count do
      local result
      answer(function(value) result = value end)
      kept = result
    end
  end
  local function callbacks()
    for _ = 1, count do kept = neap.callback(answer) end
  end
  local function ours() neap.spawn(callbacks):wait() end
  measure.compare("a callback that comes at once", "a call with a closure", count, bare, ours)
  assert(kept == 42)
end

do
  local waiting, waiting_count = {}, 0
  local function later(call)
    waiting_count = waiting_count + 1
    waiting[waiting_count] = call
  end
  local function answer_all()
    local list, count = waiting, waiting_count
    waiting, waiting_count = {}, 0
    for i = 1, count do list[i](i) end
  end

  local function yields()
    local me = running()
    for _ = 1, rounds do
      later(function(value) resume(me, value) end)
      yield()
    end
  end

  local function bare()
    for _ = 1, tasks do resume(create(yields)) end
    while waiting_count > 0 do answer_all() end
  end

  local function callbacks()
    for _ = 1, rounds do neap.callback(later) end
  end

  local function ours()
    for _ = 1, tasks do neap.spawn(callbacks) end
    neap.yield()
    while waiting_count > 0 do
      answer_all()
      neap.yield()
    end
  end

  local what = "a callback that comes later"
  measure.compare(what, "a closure, resume and yield", tasks * rounds, bare, ours)
end
