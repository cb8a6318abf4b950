--- The steps that generated programs are made of: `steps[i](me)` does one. The details are drawn
-- from the task's own random numbers, so that a program is the same under every schedule.
--
-- `me` is a task's part in a program: `random(n)` returns a number from 0 to n - 1, `world` is what
-- all share, `depth` says how many steps the current one stands in, `is_by_hand` whether a plain
-- `coroutine.resume` continues it, `part()` makes the part of a child, and `run(n)` does n steps.

local neap = require "neap"

local steps = {}

local function add(weight, step)
  for _ = 1, weight do steps[#steps + 1] = step end
end

--- A duration: often the same, so that deadlines meet.
local function time(me) return 0.25 * me.random(5) end

local function pick(me, list)
  if #list > 0 then return list[me.random(#list) + 1] end
end

--- Calls fn, and notes how that ended.
local function try(me, fn, ...)
  local function ended(ok, ...)
    me.world:note(ok and 1 or 2)
    if not ok then me.world:seen((...)) end
    return ok, ...
  end
  return ended(neap.pcall(fn, ...))
end
steps.try = try

local function child(me, count)
  local part = me.part()
  return function() part.run(count) end
end

local function spawn(me, fn)
  local task = neap.spawn(fn or child(me, 1 + me.random(5)))
  local tasks = me.world.tasks
  tasks[#tasks + 1] = task
  return task
end


-- Tasks.

add(4, function() neap.yield() end)
add(4, function(me) me.world:sleep(time(me)) end)
add(6, function(me) spawn(me) end)
add(2, function(me)
  local task = spawn(me)
  try(me, neap.timeout, 1 + time(me), task.wait, task)
end)
add(3, function(me)
  local task = pick(me, me.world.tasks)
  if task then me.world:note(task:cancel() and 1 or 2) end
end)
add(1, function(me)
  local task = neap.current()
  if task then me.world:note(task:cancel() and 1 or 2) end
end)
add(1, function(me)
  local task = pick(me, me.world.tasks)
  if task then task:detach() end
end)
add(1, function(me)
  local task = pick(me, me.world.tasks)
  if not task then return end
  task:name("name " .. me.random(10))
  me.world:note(#task:status() + #tostring(task))
end)
add(2, function(me) error(me.world:error(), 0) end)
add(1, function(me)
  me.world:note(#neap.tasks())
  neap.dump(function(line) me.world:note(#line > 0 and 1 or 0) end)
end)
add(1, function(me) try(me, neap.run, print) end)
add(1, function(me) try(me, neap.step) end)

local function in_finalizer(me)
  local kind, world = me.random(11), me.world
  if kind == 0 then
    neap.yield()
  elseif kind == 9 then
    neap.settle { neap.spawn(neap.sleep, 1), neap.timer(0.5) }
  elseif kind == 10 then
    -- Another waits for it, too, and came first.
    local task = neap.spawn(neap.sleep, 0.5)
    neap.spawn(task.wait, task)
    neap.yield()
    task:wait()
  elseif kind == 1 then
    world:sleep(time(me))
  elseif kind == 2 then
    error(world:error(), 0)
  elseif kind == 3 then
    local entry = pick(me, world.locks)
    if entry.lock:acquire(0.5) then entry.lock:release() end
  elseif kind == 4 then
    neap.spawn(child(me, 2))
  elseif kind > 5 then
    try(me, me.run, 1)
  else
    world:finally(function() end)
  end
end
add(4, function(me)
  local part = me.part()
  me.world:finally(function() in_finalizer(part) end)
end)


-- Channels.

local function channel_of(me) return pick(me, me.world.channels) end

add(4, function(me)
  local channel, value = channel_of(me), me.world:value()
  try(me, neap.timeout, time(me), function()
    me.world:was_sent(value, channel:send(value) or false)
  end)
end)
add(3, function(me)
  local channel, value = channel_of(me), me.world:value()
  local index = neap.select({ channel:sending(value) }, time(me))
  -- What happens if the arm wins is not looked at: it sends, or the channel is closed.
  if not index then me.world:was_sent(value, false) end
end)
add(2, function(me)
  local channel, value = channel_of(me), me.world:value()
  me.world:was_sent(value, channel:try_send(value) or false)
end)
add(4, function(me)
  local channel = channel_of(me)
  try(me, neap.timeout, time(me), function() me.world:got((channel:wait())) end)
end)
add(2, function(me) me.world:got((channel_of(me):try_recv())) end)
add(2, function(me)
  local channel = channel_of(me)
  try(me, neap.timeout, time(me), channel.each, channel, function(value)
    me.world:got(value)
    if me.random(2) == 0 then neap.yield() end
  end)
end)
add(1, function(me)
  if me.random(8) == 0 then channel_of(me):close() end
end)
add(4, function(me)
  local world, value = me.world, me.world:value()
  local one, two, three = channel_of(me), channel_of(me), channel_of(me)
  local index, result, err = neap.select({ one, two:sending(value), three, neap.timer(time(me)) },
    me.random(2) == 0 and time(me) or nil)
  world:note(index or 0)
  if index == 2 then
    world:was_sent(value, result or false)
  else
    world:was_sent(value, false)
    if (index == 1 or index == 3) and not err then world:got(result) end
  end
end)


-- Other things to wait for.

add(3, function(me)
  local world, list = me.world, {}
  local things = {
    function() return pick(me, world.events) end, function() return pick(me, world.futures) end,
    function() return pick(me, world.tasks) end, function() return neap.interval(0.25) end,
    function() return neap.timer(time(me)) end, function() return pick(me, world.handles) end,
    function()
      local part = me.part()
      return { wait = function() part.run(1) end }
    end,
  }
  for i = 1, 1 + me.random(3) do list[i] = things[me.random(#things) + 1]() or neap.timer(0.5) end
  local kind = me.random(5)
  if kind == 0 then
    try(me, neap.timeout, time(me), neap.all, list)
  elseif kind == 1 then
    try(me, neap.timeout, time(me), neap.any, list)
  elseif kind == 2 then
    try(me, neap.timeout, time(me), neap.settle, list)
  else
    try(me, neap.select, list, time(me))
  end
end)
add(2, function(me)
  local event = pick(me, me.world.events)
  if me.random(2) == 0 then event:set() else event:clear() end
  if me.random(2) == 0 then try(me, neap.timeout, time(me), event.wait, event) end
end)
add(2, function(me)
  local futures, kind = me.world.futures, me.random(4)
  local future = pick(me, futures)
  if kind == 0 then
    futures[me.random(2) + 1] = neap.future()
  elseif kind == 1 then
    me.world:note(future:resolve(me.random(9)) and 1 or 2)
  elseif kind == 2 then
    me.world:note(future:reject(me.world:error()) and 1 or 2)
  else
    try(me, neap.timeout, time(me), future.wait, future)
  end
end)
add(1, function(me)
  local interval = neap.interval(0.25)
  for _ = 1, 1 + me.random(3) do
    me.world:note((interval:wait()))
    if me.random(3) == 0 then me.world:sleep(0.5) end
  end
end)
add(2, function(me)
  local kind = me.random(3)
  local part = me.part()
  try(me, neap.timeout, time(me), neap.callback, function(a, resume)
    if kind == 0 then return resume(a) end
    if kind == 1 then
      neap.spawn(function()
        me.world:sleep(0.25 * part.random(4))
        me.world:note(resume(a, a) and 1 or 2)
        resume(a)
      end)
    elseif part.random(2) == 0 then
      error(me.world:error(), 0)
    end
  end, 7)
end)


-- Locks.

add(4, function(me)
  local entry = pick(me, me.world.locks)
  try(me, neap.timeout, 1 + time(me), entry.lock.with, entry.lock, child(me, 1 + me.random(3)))
end)
add(2, function(me)
  local lock = pick(me, me.world.locks).lock
  if lock:acquire(time(me)) then
    if me.random(2) == 0 then
      me.world:finally(function() lock:release() end)
    else
      lock:release()
    end
  end
end)
add(1, function(me)
  local lock = pick(me, me.world.locks).lock
  if lock:try_acquire() then lock:release() end
end)
add(2, function(me)
  local list = {}
  for i, entry in ipairs(me.world.locks) do list[i] = entry.lock end
  local index = neap.select(list, time(me))
  if index then
    me.world:note(index)
    if me.random(2) == 0 then
      list[index]:release()
    else
      me.world:finally(function() list[index]:release() end)
    end
  end
end)


-- Structure.

add(3, function(me)
  local count, fails = 1 + me.random(3), me.random(4) == 0
  try(me, neap.scope, function(scope)
    for _ = 1, count do
      local task = scope:spawn(child(me, 1 + me.random(3)))
      me.world.tasks[#me.world.tasks + 1] = task
    end
    if me.random(4) == 0 then scope:cancel() end
    if me.random(4) == 0 then try(me, scope.spawn, scope, neap.yield) end
    if me.random(4) == 0 and not fails then
      local pool = neap.pcall(scope.spawn, scope, neap.yield) and scope:pool(1)
      if pool then try(me, pool.map, pool, { 1, 2 }, child(me, 1)) end
    end
    me.run(1)
    if fails then error(me.world:error(), 0) end
  end)
end)
add(3, function(me) try(me, neap.timeout, time(me), child(me, 1 + me.random(4))) end)
add(2, function(me)
  local pool, list = neap.pool(1 + me.random(2)), {}
  me.world.pools[#me.world.pools + 1] = pool
  local kind = me.random(3)
  if kind == 0 then
    for i = 1, 1 + me.random(4) do list[i] = i end
    local part = me.part()
    try(me, pool.map, pool, list, function(item)
      part.run(1)
      return item
    end)
  else
    for _ = 1, 1 + me.random(4) do
      local task = pool:submit(child(me, 1 + me.random(2)))
      me.world.tasks[#me.world.tasks + 1] = task
    end
    if kind == 1 then pool:cancel() end
    try(me, neap.timeout, 2, pool.wait, pool)
    if me.random(2) == 0 then pool:cancel() end
  end
end)


-- What stands around a step: a pcall, a coroutine, a callback in C.

add(3, function(me) try(me, me.run, 1 + me.random(3)) end)
add(1, function(me)
  local world = me.world
  local ok = neap.xpcall(me.run, function(err)
    world:seen(err)
    return err
  end, 1 + me.random(2))
  world:note(ok and 1 or 2)
end)
add(1, function(me)
  local err = me.world:error()
  local ok, raised = neap.pcall(function()
    neap.yield()
    neap.pcall(neap.yield)
    neap.pcall(error, me.world:error(), 0)
    error(err, 0)
  end)
  if ok or not rawequal(raised, err) then me.world:complain("a pcall gives another error") end
end)
add(1, function(me)
  local next_value = coroutine.wrap(function()
    for i = 1, 3 do coroutine.yield(i) end
  end)
  for i = 1, 2 do
    if next_value() ~= i then me.world:complain("a generator gives another value") end
    neap.yield()
  end
end)
add(2, function(me)
  local part = me.part()
  part.is_by_hand = true
  local thread = coroutine.create(function() return (try(part, part.run, 2)) end)
  coroutine.resume(thread)
  neap.yield()
  if coroutine.status(thread) == "suspended" then coroutine.resume(thread) end
end)
add(1, function(me)
  local text = ("abc"):gsub("%a", function(letter)
    spawn(me, child(me, 1))
    channel_of(me):try_send(nil)
    return letter
  end)
  me.world:note(#text)
end)
add(1, function(me)
  -- The VM refuses to wait there. In a thread that is resumed by hand, Lua 5.1 and 5.2 raise that
  -- later.
  if me.is_by_hand and not me.world.collects then return end
  me.world:note(neap.pcall(table.sort, { 3, 1, 2 }, function(a, b)
    neap.yield()
    return a < b
  end) and 1 or 2)
end)

return steps
