--- Makes a program of a seed, runs it on the virtual clock, and checks what it did.

local Choices = require "neap.explore.choices"
local World = require "world"
local add_faces = require "faces"
local faults = require "faults"
local invariant = require "invariant"
local neap = require "neap"
local new_random = require "neap.explore.random"
local scheduler = require "neap.kernel.scheduler"
local state = require("neap.kernel.runs").state
local steps = require "steps"
local trace = require "neap.trace"

add_faces(steps)
neap.install()

--- How deep steps may stand in others; beyond it they only let others run.
local DEEPEST = 5

--- How many steps a program takes in all.
local BUDGET = 120

--- A task's part in a program, see tests/generator/steps.lua.
local function new_part(world, random, depth)
  local me = { world = world, random = random, depth = depth }
  function me.part() return new_part(world, new_random(random(2 ^ 30)), depth + 1) end
  function me.run(count)
    for _ = 1, count do
      if not world:goes_on() then return end
      local number = random(#steps) + 1
      if me.depth > DEEPEST then
        neap.yield()
      else
        world:note(number)
        me.depth = me.depth + 1
        steps[number](me)
        me.depth = me.depth - 1
      end
    end
  end
  return me
end

--- What may be called from everywhere, at any time.
local function call_neap(world, random)
  local task = world.tasks[random(#world.tasks + 1) + 1]
  local kind = random(8)
  if kind == 0 then
    neap.spawn(neap.yield)
  elseif kind == 1 then
    if task then task:cancel() end
  elseif kind == 2 then
    world.futures[random(2) + 1]:resolve(1)
  elseif kind == 3 then
    local value = world:value()
    world:was_sent(value, world.channels[random(4) + 1]:try_send(value) or false)
  elseif kind == 4 then
    world:got((world.channels[random(4) + 1]:try_recv()))
  elseif kind == 5 then
    world.events[random(2) + 1]:set()
  elseif kind == 6 then
    local lock = world.locks[random(3) + 1].lock
    if lock:try_acquire() then lock:release() end
  elseif task then
    task:detach()
  end
end

--- A host on whose clock no time is lost, with what a fault puts in place of its functions.
local function new_host(world, seed, name)
  local random = new_random(seed + 1)
  local fault = { is_on = false, random = random, world = world, time = 0 }
  function fault.call_neap() call_neap(world, random) end
  local host = {
    now = function() return fault.time end,
    sleep = function(seconds)
      if seconds < math.huge then fault.time = fault.time + seconds end
    end,
    report = function() end,
  }
  for field, fn in pairs(name and faults[name](fault, host) or {}) do host[field] = fn end
  return host, fault
end

--- A number for a text.
local function hash_of(text)
  local hash = 0
  for i = 1, #text do hash = (hash * 31 + text:byte(i)) % 4294967296 end
  return hash
end


---@class Options
---@field schedule? string  "fifo" if absent
---@field cancel_at? integer  the tick in which the program is cancelled
---@field trace? boolean  whether a trace is part of the hash
---@field collects? boolean  whether the collector runs meanwhile: two runs may differ then
---@field fault? string  the name of one in tests/generator/faults.lua

--- Runs the program of a seed.
---@param seed integer
---@param options Options
---@return string hash  the same on every Lua if the program has done the same
---@return string[] problems
---@return integer ticks
return function(seed, options)
  state.made, state.gone, state.next_look = 0, 0, 0 -- so that it does not matter what came before
  local random = new_random(seed)
  local world = World.new(random, BUDGET)
  local host, fault = new_host(world, seed, options.fault)
  local collects = options.collects or host.collects or false
  if not collects then collectgarbage("stop") end
  neap.use(host)
  world.collects, world.is_exact, fault.is_on = collects, not options.fault, true
  local texts, recording = {}, nil
  if options.trace then
    recording = trace.start { json = function(text) texts[#texts + 1] = text end }
  end
  local choices = Choices.start(options.schedule or "fifo")
  local root
  scheduler.set_order(function(tasks, count)
    if collects then collectgarbage("stop") end
    choices:arrange(tasks, count)
    local ok, err = pcall(invariant, tasks, count)
    if not ok then world:complain(err) end
    world:look()
    if collects then collectgarbage("restart") end
    if fault.on_tick then fault.on_tick() end
    if choices.tick == options.cancel_at and root then root:cancel() end
    if choices.tick > 20000 then
      world:complain("the program does not end")
      error("the program does not end", 0)
    end
  end)
  if host.on_error == nil then
    neap.on_error(function(err) world:seen(err) end)
  else
    neap.on_error(host.on_error or nil)
  end

  local ok, err = pcall(neap.run, function()
    root = neap.spawn(function()
      local me = new_part(world, random, 0)
      for _ = 1, 12 do steps.try(me, me.run, 2) end
    end)
    steps.try({ world = world }, neap.timeout, 1000, root.wait, root)
    if root:cancel() and not options.fault then
      world:complain("the program does not come to its end")
    end
  end)
  fault.is_on = false
  if fault.on_end then fault.on_end() end
  if not ok and not options.fault then world:complain("run raised: " .. tostring(err)) end
  if not ok then neap.close(1000) end
  -- The next run works, and ends what has been left.
  if options.fault and neap.run(function() return neap.sleep(1) end) < 1 then
    world:complain("the next run does not work")
  end
  Choices.stop()
  neap.on_error(nil)
  local hash = world.hash
  world:check()
  if recording then
    recording:stop()
    hash = (hash + hash_of(table.concat(texts))) % 4294967296
  end
  if not collects then
    collectgarbage("restart")
    if seed % 10 == 0 then collectgarbage() end
  end
  if not ok and #neap.tasks() > 0 then error(world.problems[1], 0) end
  return ("%08x"):format(hash), world.problems, choices.tick
end
