-- Four programs, each cancelled from outside at every step: nothing is left running or locked, no
-- value is lost or doubled, and every finalizer that was registered runs exactly once.
local neap = require "neap"

-- What a run of a program has done. `guard` registers a finalizer; `send` and `receive` keep count.
local World = {}
World.__index = World

function World.guard(world, wait)
  local index = #world.finalized + 1
  world.finalized[index] = 0
  neap.finally(function()
    if wait then wait() end
    world.finalized[index] = world.finalized[index] + 1
  end)
end

function World.lock(world, size)
  local lock = size == 1 and neap.mutex() or neap.semaphore(size)
  world.locks[#world.locks + 1] = { lock = lock, size = size }
  return lock
end

function World.number(world)
  world.attempted = world.attempted + 1
  return world.attempted
end

function World.got(world, value)
  if value then world.received[value] = (world.received[value] or 0) + 1 end
  return value
end

local programs = {}

programs[1] = { "a scope in a timeout in a pool", function(world)
  local mutex, places = world:lock(1), world:lock(2)
  world:guard()
  local function job(item)
    world:guard(neap.yield)
    return neap.timeout(item == 3 and 0.5 or 5, neap.scope, function(scope)
      for i = 1, 2 do
        scope:spawn(function()
          world:guard(function() neap.sleep(0.25) end)
          places:with(neap.sleep, 0.25 * i)
          mutex:with(neap.yield)
        end)
      end
      world:guard()
      mutex:with(neap.sleep, 0.25)
      return item
    end)
  end
  neap.pool(2):map({ 1, 2, 3, 4 }, function(item) return neap.pcall(job, item) end)
end }

programs[2] = { "producers and consumers", function(world)
  local channel, direct, mutex = neap.channel(2), neap.channel(0), world:lock(1)
  world.channels = { channel, direct }
  neap.scope(function(scope)
    local producers = {}
    for i = 1, 3 do
      producers[i] = scope:spawn(function()
        world:guard(neap.yield)
        for round = 1, 3 do
          local value, other = world:number(), world:number()
          mutex:with(function()
            channel:send(value)
            world.sent[value] = true
          end)
          local index = neap.select({ channel:sending(other), direct:sending(other) }, 0.25 * round)
          if index then world.sent[other] = true end
          if i == 2 then neap.sleep(0.25) end
        end
      end)
    end
    for i = 1, 2 do
      scope:spawn(function()
        world:guard()
        repeat
          local index, value = neap.select({ channel, direct }, i)
          if index then world:got(value) end
          if i == 1 then mutex:with(neap.yield) end
        until not value or not index
      end)
    end
    scope:spawn(function() channel:each(function(value) world:got(value) end) end)
    neap.all(producers)
    channel:close()
    direct:close()
  end)
end }

programs[3] = { "scopes in scopes, finalizers that wait", function(world)
  local mutex, places, opened = world:lock(1), world:lock(2), neap.event()
  local function worker(depth)
    world:guard(function() mutex:with(neap.sleep, 0.25) end)
    opened:wait()
    places:with(neap.sleep, 0.25 * depth)
    places:acquire()
    neap.finally(places.release, places)
    return depth
  end
  local function level(depth)
    world:guard(neap.yield)
    return neap.scope(function(scope)
      world:guard(function() neap.scope(function(inner) inner:spawn(neap.yield) end) end)
      local workers = { scope:spawn(worker, depth), scope:spawn(worker, depth + 1) }
      if depth < 3 then scope:spawn(level, depth + 1) else opened:set() end
      neap.any(workers)
      local later = scope:spawn(neap.sleep, 0.5)
      neap.settle { later, workers[1], neap.timer(0.25) }
      neap.all(workers)
    end)
  end
  level(1)
end }

programs[4] = { "threads that are deferred, spawned, delayed and cancelled", function(world)
  local channel, mutex = neap.channel(1), world:lock(1)
  world.channels = { channel }
  local threads, ids, begun = {}, {}, {}
  -- The threads are nobody's children: what is left of them ends with the program.
  neap.finally(function()
    for _, id in ipairs(ids) do task.cancel(id) end
    for _, thread in ipairs(threads) do task.cancel(thread) end
    for _, each in ipairs(begun) do neap.pcall(each.wait, each) end
  end)

  local function body(name)
    begun[#begun + 1] = neap.current()
    world:guard(neap.yield)
    world:guard()
    local round = coroutine.yield(name)
    while round do
      mutex:with(neap.yield)
      local value = world:number()
      if channel:send(value) then world.sent[value] = true end
      world:guard(function() mutex:with(neap.sleep, 0.25) end)
      round = neap.pcall(task.wait, 0.25 * round) and coroutine.yield()
    end
  end

  for i = 1, 4 do threads[i] = task.spawn(body, i) end
  threads[5] = task.defer(body, 5)
  for i = 6, 7 do ids[#ids + 1] = task.delay(0.25 * (i - 5), function() body(i) end) end
  neap.scope(function(scope)
    scope:spawn(function() channel:each(function(value) world:got(value) end) end)
    for round = 1, 3 do
      task.defer(threads[1], round)
      task.spawn(threads[1], round)
      task.defer(threads[2], round)
      task.defer(threads[2], round + 1)
      ids[#ids + 1] = task.delay(0.25, threads[3], round)
      if round == 2 then task.defer(threads[3], round) end
      task.defer(threads[4], round)
      if round == 3 then task.cancel(threads[4]) end
      if coroutine.status(threads[5]) == "suspended" then task.spawn(threads[5], round) end
      neap.sleep(1)
    end
    task.cancel(ids[2])
    channel:close()
  end)
end }

-- One step of whoever watches: several ticks without time, then a quarter of a second.
local function step(number)
  if number % 12 == 0 then neap.sleep(0.25) else neap.yield() end
end

local function check(world, complain)
  local finalizers, values = #world.finalized, 0
  for i = 1, finalizers do
    local times = world.finalized[i]
    if times ~= 1 then complain(("finalizer %d ran %d times"):format(i, times)) end
  end
  for i, entry in ipairs(world.locks) do
    local free = 0
    while free <= entry.size and entry.lock:try_acquire() do free = free + 1 end
    if free ~= entry.size then complain(("lock %d: %d of %d free"):format(i, free, entry.size)) end
  end
  for _, channel in ipairs(world.channels) do
    local value = channel:try_recv()
    while world:got(value) do value = channel:try_recv() end
  end
  for value = 1, world.attempted do
    local times = world.received[value] or 0
    values = values + times
    if times > 1 or (times == 0 and world.sent[value]) then
      complain(("value %d was received %d times"):format(value, times))
    end
  end
  return finalizers, values
end

for _, entry in ipairs(programs) do
  local name, program = entry[1], entry[2]
  local steps, finalizers, values, violation = 0, 0, 0, nil
  repeat
    local world = setmetatable(
      { finalized = {}, locks = {}, channels = {}, attempted = 0, sent = {}, received = {} }, World)
    local found = {}
    local function complain(text) found[#found + 1] = text end
    neap.on_error(function(err) complain("reported: " .. tostring(err)) end)
    local before = #neap.tasks()
    local task = neap.spawn(program, world)
    for number = 1, steps do step(number) end
    local is_over = task:done()
    local is_cancelled = task:cancel()
    local ok, err = neap.pcall(task.wait, task)
    if ok == is_cancelled or (not ok and err ~= "cancelled") then complain(tostring(err)) end
    local left = #neap.tasks() - before
    if left ~= 0 then complain(("%d tasks run on"):format(left)) end
    neap.sleep(10)
    collectgarbage()
    neap.yield()
    local more_finalizers, more_values = check(world, complain)
    finalizers, values = finalizers + more_finalizers, values + more_values
    if found[1] then
      violation = ("at step %d: %s"):format(steps, table.concat(found, "; "))
    end
    steps = steps + 1
  until is_over or violation
  print(("%s: %d steps, %d finalizers, %d values"):format(name, steps, finalizers, values))
  print(violation or "clean")
end
