--- More steps: those of the three faces.

local async_await = require "async_await"
local neap = require "neap"
local task = require "task"
local ward = require "ward.async"
local ward_time = require "ward.time"

return function(steps)
  local try = steps.try

  local function add(weight, step)
    for _ = 1, weight do steps[#steps + 1] = step end
  end

  local function pick(me, list)
    if #list > 0 then return list[me.random(#list) + 1] end
  end

  local function body(me, count)
    local part = me.part()
    return function() return (try(part, part.run, count)) end
  end


  -- `task`: threads, and the ids of delayed ones.

  local function parking(me)
    local part = me.part()
    part.is_by_hand = true
    return function()
      part.world.begun[#part.world.begun + 1] = true
      try(part, part.run, 1)
      local round = coroutine.yield()
      while round and part.world:goes_on() do
        try(part, part.run, 1)
        round = coroutine.yield()
      end
    end
  end

  local function keep(list, value)
    list[#list + 1] = value
    return value
  end

  add(2, function(me) keep(me.world.threads, task.spawn(parking(me))) end)
  add(2, function(me) keep(me.world.threads, task.defer(parking(me))) end)
  add(2, function(me)
    keep(me.world.ids, task.delay(0.25 * me.random(4), body(me, 1 + me.random(2))))
  end)
  add(2, function(me)
    local thread, kind = pick(me, me.world.threads), me.random(4)
    if not thread then return end
    if kind == 0 then
      try(me, task.spawn, thread, me.random(2) == 0)
    elseif kind == 1 then
      try(me, task.defer, thread, true)
    elseif kind == 2 then
      local ok, id = try(me, task.delay, 0.25, thread, true)
      if ok then keep(me.world.ids, id) end
    else
      me.world:note(task.cancel(thread) and 1 or 2)
    end
  end)
  add(1, function(me)
    local id = pick(me, me.world.ids)
    if id then me.world:note(task.cancel(id) and 1 or 2) end
  end)
  add(1, function(me) me.world:note(task.wait(0.25 * me.random(3)) * 4) end)
  add(1, function(me)
    local thread = pick(me, me.world.threads)
    if thread and coroutine.status(thread) == "suspended" then coroutine.resume(thread, true) end
  end)


  -- `ward.async` and `ward.time`.

  local function drop(me) ward.spawn(body(me, 2)) end

  add(1, function(me)
    drop(me)
    if me.world.collects then collectgarbage() end
    neap.yield()
  end)
  add(1, function(me)
    local handle = keep(me.world.handles, ward.spawn(body(me, 1 + me.random(3))))
    local kind = me.random(5)
    if kind == 0 then
      try(me, handle.wait, handle)
      try(me, handle.wait, handle)
    elseif kind == 1 then
      handle:detach()
    elseif kind == 2 then
      handle:cancel()
    elseif kind == 3 then
      try(me, ward_time.timeout(handle, 0.5).wait, ward_time.timeout(handle, 0.5))
    end
  end)
  add(1, function(me)
    local part = me.part()
    try(me, ward.select, {
      ward_time.after(0.25, function() return part.random(3) end), ward_time.sleep(0.25),
    })
  end)


  -- `async_await`.

  add(2, function(me)
    local view = keep(me.world.views, async_await.task_create(body(me, 1 + me.random(3))))
    if me.random(4) > 0 then async_await.task_start(view) end
    if me.random(3) == 0 then try(me, async_await.task_start, view) end
    if me.random(2) == 0 and view.state ~= "pending" then
      try(me, neap.timeout, 2, async_await.task_join, view)
    end
    me.world:note(#view.state)
  end)
  add(1, function() async_await.task_yield() end)
  add(1, function(me)
    local part = me.part()
    local fn = async_await.async(function()
      part.run(1)
      return part.random(4)
    end)
    try(me, neap.timeout, 1, function()
      -- No tail calls here: only Luau knows where a task waits in one, and a trace would differ.
      if part.random(2) == 0 then return (async_await.await(fn)) end
      return (async_await.future_get(fn()))
    end)
  end)
end
