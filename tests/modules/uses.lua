--- What each module of neap is for, in a few lines: `tests/modules.rs` requires it alone, in a Lua
-- that has loaded nothing else of neap's, and calls its function here with it.

local uses = {}

--- Calls fn as the main task, on the virtual clock.
local function run(fn)
  require("neap.kernel.clock").use(require "neap.hosts.virtual")
  return require("neap.task.run").run(fn)
end

local function spawn(fn, ...) return require("neap.task.task").spawn(fn, ...) end
local function sleep(seconds) return require("neap.task.task").sleep(seconds) end

local function assert_fails(text, fn, ...)
  local ok, err = pcall(fn, ...)
  assert(not ok and tostring(err):find(text, 1, true), err)
end

--- A waiter that adds its name to a list when it is woken.
local function waiter(name, list)
  return { place = false, index = false, wake = function() list[#list + 1] = name end }
end


-- The faces, on the clock that this Lua has.

function uses.neap(neap)
  assert(neap.run(function() return neap.spawn(function() return 7 end):wait() end) == 7)
  assert(neap.sleep("1ms") >= 0.001)
end

function uses.task(task)
  local got
  task.spawn(function(value) task.wait(0.001) got = value end, 7)
  assert(not got and task.wait(0.002) >= 0.002 and got == 7)
end

function uses.async_await(face)
  local square = face.async(function(n) face.task_yield() return n * n end)
  assert(face.future_get(square(7)) == 49 and face.await(square, 3) == 9)
end

uses["ward.async"] = function(ward)
  assert(ward.spawn(function() return 7 end):wait() == 7)
  local channel = ward.channel()
  ward.spawn(function() channel:send("tide") end):detach()
  assert(channel:wait() == "tide")
end

uses["ward.time"] = function(time)
  assert(time.after(0.001, function() return "late" end):wait() == "late")
  assert_fails("timeout", time.timeout(time.sleep(1), 0.001))
end

uses["neap.signals"] = function(signals)
  require("neap.kernel.clock").use(require "neap.hosts.virtual")
  local asked = 0
  function signals.take()
    asked = asked + 1
    return asked == 1 and "end" or nil
  end
  local tasks, is_told = require "neap.task.task", false
  local ok, err = pcall(require("neap.task.run").run, function()
    tasks.finally(function() is_told = true end)
    assert(signals.interrupt(false) == nil and asked == 0)
    sleep(1)
  end)
  assert(not ok and err == "cancelled" and asked == 2 and is_told and signals.has_ended)
end

uses["neap.hogs"] = function(hogs)
  local time, told = 0, {}
  require("neap.kernel.clock").use {
    now = function() return time end,
    sleep = function(seconds) time = time + seconds end,
    report = function(text) told[#told + 1] = text end,
  }
  local check = hogs.watch(1)
  require("neap.task.run").run(function()
    spawn(tostring, 7)
    time = time + 2
    check()
    time = time + 1
    check()
  end)
  assert(told[1]:find("^neap: task 1 has run for 2.00 s without waiting"), told[1])
  assert(told[1]:find("it keeps task 2 waiting (ready for 2.00 s)", 1, true), told[1])
  assert(#told == 2 and told[2] == "neap: task 1 ran for 3.00 s in all", told[2])
end

uses["neap.stats"] = function(stats)
  local told = {}
  require("neap.kernel.clock").use(require "neap.hosts.virtual")
  require("neap.kernel.clock").report = function(text) told[#told + 1] = text end
  local finish = stats.start()
  run(function() spawn(sleep, 2):wait() end)
  finish()
  assert(told[1] == "neap: 2 tasks, 4 switches, 5 ticks", told[1])
  assert(told[2] == "neap: longest run 0.000 s", told[2])
  assert(told[3] == "neap: asleep for 2.000 s of 2.000 s", told[3])
end

uses["neap.kinds"] = function(kinds)
  local Latch = { open = function(self) kinds.check(self, "latch", "open") end }
  kinds.declare(Latch, "latch")
  kinds.suggest(Latch)
  assert_fails("write latch:open()", function() Latch.open() end)
  assert_fails("did you mean 'open'?", function() return Latch.oepn end)
  assert(Latch.closed == nil and kinds.nearest({ ebb = 1, flood = 1 }, "floot") == "flood")
end

--- What only neap's parts call, and what Lua calls: not for users, so that no type tells of it.
local untold = {}
for name in ([[
  above add_finalizer begin check_open claim conclude describe ended every failed hold
  is_awaited is_ready join kill leave mutex needs new observe own park pass_on place_to_wait
  raise remove remove_finalizer request_cancel restart wake wake_all within yielded
]]):gmatch("%S+") do untold[name] = true end

--- The parameters of a Lua function, where this Lua tells them.
local function parameters(fn)
  local debug, names = rawget(_G, "debug"), {}
  if not (debug and debug.getlocal) or debug.getinfo(fn, "S").what == "C" then return nil end
  if not pcall(debug.getlocal, fn, 1) then return nil end
  local name = debug.getlocal(fn, 1)
  while name and not name:find("^%(") do
    names[#names + 1] = name
    name = debug.getlocal(fn, #names + 1)
  end
  -- `wait` of a task has two more, for `select`.
  while names[#names] == "arm" or names[#names] == "marker" do names[#names] = nil end
  return table.concat(names, ", ") .. (debug.getinfo(fn, "u").isvararg and ", ..." or "")
end

--- Holds that each function which is told of is there, with its parameters, and that each which is
-- there is told of.
local function compare(title, told, there)
  for name, fn in pairs(told) do
    local real = rawget(there, name)
    assert(type(real) == "function", title .. name .. " is told of, and not there")
    local right, written = parameters(real), parameters(fn)
    -- What is made by a function for several names has none of its own.
    if right and written and not (right == "..." or right == ", ...") then
      assert(right == written, title .. name .. "(" .. written .. ") has the parameters " .. right)
    end
  end
  for name, fn in pairs(there) do
    local is_untold = untold[name] or name:find("^__")
    if type(fn) == "function" and not is_untold then
      assert(told[name], title .. name .. " is there, and not told of")
    end
  end
end

uses["neap.types"] = function(types)
  local neap, time, face = require "neap", require "ward.time", require "async_await"
  neap.use(require "neap.hosts.virtual")
  local function nothing() end
  for name, told in pairs(types.modules) do compare(name .. ".", told, require(name)) end
  local objects = {
    Task = neap.spawn(nothing), Timer = neap.timer(1), Interval = neap.interval(1),
    Pool = neap.pool(1), Future = neap.future(), Channel = neap.channel(), Event = neap.event(),
    Sending = neap.channel():sending(1), Semaphore = neap.mutex(),
    ["ward.Task"] = require("ward.async").spawn(nothing),
    ["ward.Timeout"] = time.timeout(neap.timer(1), 1), ["ward.Duration"] = time.duration(1),
    ["ward.InstantPoint"] = time.instant_now(),
    ["async_await.Future"] = face.async(nothing)(),
  }
  neap.run(function() neap.scope(function(scope) objects.Scope = scope end) end)
  objects["ward.TimePoint"] = rawget(_G, "os") and time.now() or nil
  for name, told in pairs(types.classes) do
    if objects[name] then compare(name .. ":", told, getmetatable(objects[name]).__index) end
  end
end

uses["neap.fields"] = function(fields)
  local value = { 7, nil, "tide", name = "ebb", inner = { deep = { deeper = {} } } }
  assert(fields.describe(value) == '{ 7, [3] = "tide", inner = { deep = {...} }, name = "ebb" }'
    or fields.describe(value):find("inner = { deep = {...} }", 1, true), fields.describe(value))
end

uses["neap.program"] = function(program)
  local got
  assert(program.run(function(...) task.wait(0.001) got = ... end, 7) and got == 7)
  local ok, text = program.run(function() error("ebb", 0) end)
  assert(not ok and text:find("^ebb"), text)
end


-- What everyone may require.

uses["neap.check"] = function(check)
  check.whole(7, 1, 1, "pool")
  assert_fails("bad argument #1 to 'pool' (number expected", check.whole, nil, 1, 1, "pool")
end

uses["neap.duration"] = function(duration)
  assert(duration("1h30m", 1, "sleep") == 5400 and duration(-1, 1, "sleep") == 0)
  assert_fails("bad argument #1 to 'sleep'", duration, "soon", 1, "sleep")
end


-- neap.structured

uses["neap.structured.async"] = function(async)
  local twice = async.async(function(n) sleep(1) return 2 * n end)
  assert(run(function() return async.await(twice(2)) + async.await(twice, 3) end) == 10)
end

uses["neap.structured.combine"] = function(combine)
  local function after(seconds) return spawn(function() return sleep(seconds) end) end
  run(function()
    local all, settled = combine.all { after(1), after(2) }, combine.settle { after(1) }
    assert(all.n == 2 and all[2] == 2 and settled[1].ok)
    assert(combine.any { after(9), after(3) } == 3)
  end)
end

uses["neap.structured.group"] = function(group)
  local Pair = {}
  Pair.__index = Pair
  group.declare(Pair)
  function Pair:ended()
    self.count = self.count - 1
    if self.count == 0 then self:wake() end
  end
  local function two()
    local pair = setmetatable({ count = 2, caller = false, is_closing = false }, Pair)
    for i = 1, 2 do spawn(sleep, i):observe(pair) end
    group.join(pair)
    return require("neap.kernel.clock").now()
  end
  assert(run(two) == 2)
end

uses["neap.structured.pool"] = function(pool)
  local results = run(function()
    return pool.new(2):map({ 1, 2, 3 }, function(n) sleep(1) return n * n end)
  end)
  assert(results.n == 3 and results[3] == 9 and require("neap.kernel.clock").now() == 2)
  local function wait_for_ever() require("neap.sync.future").new():wait() end
  assert_fails("deadlock: 3 tasks wait", pool.map, pool.new(1), { 1, 2 }, wait_for_ever)
end

uses["neap.structured.scope"] = function(scope)
  local log = {}
  local function body(self) self:spawn(function() sleep(1) log[1] = "child" end) return "body" end
  assert(run(function() return scope(body), log[1] end) == "body" and log[1] == "child")
end

uses["neap.structured.select"] = function(select)
  local slow, quick
  run(function()
    slow, quick = spawn(sleep, 2), spawn(sleep, 1)
    assert(select { slow, quick } == 2)
    assert(select({ slow }, 0.5) == nil)
  end)
end

uses["neap.structured.timeout"] = function(timeout)
  run(function()
    assert(timeout(2, sleep, 1) == 1)
    local ok, err = require("neap.pcall.protected").pcall(timeout, 1, sleep, 2)
    assert(not ok and err == "timeout", err)
  end)
end


-- neap.sync

uses["neap.sync.callback"] = function(callback)
  local resume
  local function ask(question, answer) resume = function() answer(question .. "!") end end
  run(function()
    spawn(function() sleep(1) resume() end)
    assert(callback(ask, "ahoy") == "ahoy!")
  end)
end

uses["neap.sync.store"] = function(store)
  local kept = { inbox = {}, inbox_count = 0, outbox = {}, outbox_first = 1, outbox_count = 0,
    returned = false, count = 0, limit = 3, senders = require("neap.kernel.waiters").new({}) }
  store.push(kept, "flood")
  store.give_back(kept, "slack", 2)
  store.give_back(kept, "ebb", 1)
  assert(store.take(kept) == "ebb" and store.take(kept) == "slack" and store.take(kept) == "flood")
end

uses["neap.sync.channel"] = function(Channel)
  local channel, got = Channel.new(), {}
  run(function()
    spawn(function() channel:send("flood") channel:send("ebb") channel:close() end)
    channel:each(function(value) got[#got + 1] = value end)
  end)
  assert(got[1] == "flood" and got[2] == "ebb" and not got[3])
end

uses["neap.sync.event"] = function(Event)
  local event = Event.new()
  run(function()
    spawn(function() sleep(1) event:set() end)
    assert(event:wait() and event:done() and event:clear())
  end)
end

uses["neap.sync.future"] = function(Future)
  local future, failing = Future.new(), Future.new()
  run(function()
    spawn(function() future:resolve("high", "water") end)
    assert(select(2, future:wait()) == "water")
    failing:reject("low")
    assert_fails("low", failing.wait, failing)
  end)
end

uses["neap.sync.interval"] = function(Interval)
  run(function()
    local interval = Interval.new(5)
    assert(interval:wait() == 1 and interval:wait() == 2)
    assert(require("neap.kernel.clock").now() == 10)
  end)
end

uses["neap.sync.loading"] = function(load_once)
  local loads = 0
  local function load()
    loads = loads + 1
    sleep(1)
    return "module"
  end
  run(function()
    local one = spawn(load_once, "key", "tide", load)
    assert(load_once("key", "tide", load) == "module" and one:wait() == "module" and loads == 1)
    assert_fails("'tide' requires itself", load_once, "key", "tide", load_once, "key", "tide", load)
  end)
end

uses["neap.sync.wait_until"] = function(wait_until)
  local future = require("neap.sync.future").new()
  run(function()
    assert(wait_until(future, 1) == nil)
    spawn(function() sleep(1) future:resolve(7) end)
    assert(wait_until(future, 9) and future:wait() == 7)
  end)
end

uses["neap.sync.semaphore"] = function(Semaphore)
  local mutex, log = Semaphore.mutex(), {}
  local function hold(name) mutex:with(function() sleep(1) log[#log + 1] = name end) end
  run(function() spawn(hold, "a") spawn(hold, "b") end)
  assert(log[1] == "a" and log[2] == "b" and require("neap.kernel.clock").now() == 2)
end

uses["neap.sync.sending"] = function(sending)
  local channel = require("neap.sync.channel").new(1)
  assert(sending.new(channel, "tide"):wait() and channel:wait() == "tide")
  local list, sender = sending.new_list(channel), { place = false, value = true }
  list:park(sender, "ebb")
  assert(list:head() == sender and sender.offer == "ebb")
  list:remove(sender)
  assert(sending.sent(sender) and sender.offer == nil)
  assert(select(2, sending.sent(sender)) == "closed")
end

uses["neap.sync.timer"] = function(timer)
  run(function()
    local hour = timer.timer("1h")
    assert(timer.sleep("59m") == 3540 and not hour:done() and hour:wait())
    assert(require("neap.kernel.clock").now() == 3600)
  end)
end


-- neap.pcall

uses["neap.pcall.children"] = function(children)
  run(function()
    local ok, text = children.call(function(err) return err .. "!" end, error, "ebb", 0)
    assert(not ok and text == "ebb!")
    -- Only where the VM's own pcall cannot be waited in, the scheduler learns of these.
    if require("neap.kernel.vm").yieldable_pcall then return end
    assert(select(2, children.call(children.NO_HANDLER, sleep, 1)) == 1)
  end)
end

uses["neap.pcall.protected"] = function(protected)
  run(function()
    local ok, err = protected.pcall(function() sleep(1) error("ebb", 0) end)
    assert(not ok and err == "ebb" and select(2, protected.xpcall(sleep, print, 2)) == 2)
  end)
end


-- neap.task

uses["neap.task.deadlock"] = function(deadlock)
  local function stuck() require("neap.sync.future").new():wait() end
  assert_fails("deadlock: 1 task waits and nothing can wake it", run, stuck)
  assert(deadlock.resolve() == "deadlock: 0 tasks wait and nothing can wake them")
end

uses["neap.task.ending"] = function(ending)
  local tasks, sleeper, is_told = require "neap.task.task", nil, false
  local function tell() is_told = true end
  run(function()
    sleeper = spawn(function() tasks.finally(tell) sleep(9) end)
    sleep(1)
    assert(sleeper:cancel() and not ending.has_ended(sleeper))
  end)
  assert(is_told and ending.has_ended(sleeper) and sleeper.state == "cancelled")
end

uses["neap.task.failures"] = function(failures)
  local told
  failures.set_handler(function(err, task) told = err .. " in " .. tostring(task) end)
  run(function() spawn(function() error("ebb", 0) end):name("pump"):detach() end)
  assert(told == 'ebb in task "pump"', told)
end

uses["neap.task.cycles"] = function(cycles)
  run(function()
    local first, second
    first = spawn(function() second:wait() end):name("first")
    second = spawn(function() first:wait() end):name("second")
    sleep(1)
    assert(#cycles.find() == 1 and #cycles.news() == 1 and #cycles.news() == 0)
    local text = cycles.describe(cycles.find()[1])
    assert(text == 'task "first" waits for task "second", which waits for task "first"', text)
    assert(cycles.needs(first)[1] == second)
    assert(cycles.needs_of_any({ first, second }, 2)[2] == first)
    first:cancel()
    second:cancel()
  end)
end

uses["neap.task.dump"] = function(dump)
  local lines = {}
  run(function()
    spawn(sleep, 5):name("pump")
    sleep(1)
    dump.write(function(line) lines[#lines + 1] = line end)
  end)
  assert(lines[1] == "neap: 2 tasks" and lines[2] == "  task 1 runs", lines[2])
  assert(lines[3]:find('^  task "pump" waits for a deadline %(4 s left%)'), lines[3])
end

uses["neap.task.history"] = function(history)
  run(function()
    assert(history.debug(true) == false)
    local pump = spawn(sleep, 5)
    assert(history.parent(pump).id == 1 and history.since(pump) == 0)
    assert(history.debug(false) == true and not history.parent(pump))
  end)
end

uses["neap.hosts.notify"] = function(notify)
  local told = {}
  local vim = {
    notify = function(text) told[#told + 1] = text end,
    in_fast_event = function() return true end,
    schedule = function(fn) fn() end,
    api = { nvim_list_uis = function() return { 1 } end },
    log = { levels = { ERROR = 4 } },
  }
  notify(vim, "no tide")
  assert(told[1] == "no tide")
end

uses["neap.task.driven"] = function(driven)
  local time, call, got = 0, nil, nil
  local host = {
    now = function() return time end,
    after = function(seconds, fn) time, call = time + seconds, fn end,
  }
  require("neap.kernel.clock").use(host)
  driven.use(host)
  spawn(function() got = sleep(2) end)
  while call do
    local fn = call
    call = nil
    fn()
  end
  driven.use {}
  assert(got == 2)
end

uses["neap.task.cycle_watch"] = function(cycle_watch)
  local clock, told = require "neap.kernel.clock", {}
  clock.use(require "neap.hosts.virtual")
  clock.report = function(text) told[#told + 1] = text end
  cycle_watch.begin()
  require("neap.task.run").run(function()
    local first, second
    first = spawn(function() second:wait() end)
    second = spawn(function() first:wait() end)
    sleep(9)
    first:cancel()
    second:cancel()
  end)
  clock.report = nil
  assert(#told == 1 and told[1]:find("a cycle of waits: task 2 waits for task 3, which"), told[1])
end

uses["neap.task.colours"] = function(colours)
  assert(colours.report("ebb") == "ebb")
  colours.use(true)
  local text = colours.report("ebb\nstack traceback:\n\tx")
  assert(text == "\27[1;31mebb\27[0m\27[2m\nstack traceback:\n\tx\27[0m")
end

uses["neap.task.life"] = function(life)
  local Task = { __index = life }
  require("neap.kinds").declare(Task, "task")
  local task = setmetatable({ id = 7 }, Task)
  task:add_finalizer(print, nil, "tide")
  assert(task:describe() == "task 7" and task:name("pump"):describe() == 'task "pump"')
  assert(task:remove_finalizer(print, "tide") and not task:remove_finalizer(print, "tide"))
end

uses["neap.task.loop"] = function(loop)
  require("neap.kernel.clock").use(require "neap.hosts.virtual")
  local task = spawn(sleep, 5)
  assert(loop.idle_time() == 0 and loop.is_host() and not loop.refusal())
  assert(not loop.use(require "neap.hosts.virtual"), "a task lives")
  local ok, is_over = loop.enter(loop.drive)
  assert(ok and is_over and task:wait() == 5 and loop.idle_time() == nil)
  assert(loop.use(require "neap.hosts.virtual"))
end

uses["neap.task.abandoned"] = function(abandoned)
  assert(select("#", abandoned.suspend({}, function(...) return ... end, 1, nil)) == 2)
  abandoned.finish()
  assert(not abandoned.found())
end

uses["neap.task.calling"] = function(calling)
  local threads, stopped = {}, 0
  local call = calling.new(function(perform, ...)
    local thread = coroutine.create(perform)
    threads[#threads + 1] = thread
    assert(coroutine.resume(thread, ...))
  end, function() stopped = stopped + 1 end)
  assert(call(math.max, 3, 7) == 7 and #threads == 0 and not calling.is_pending())
  if not require("neap.kernel.vm").yieldable_pcall then return end
  run(function()
    spawn(function()
      sleep(1)
      assert(coroutine.resume(threads[1], 7, nil))
    end)
    local function pass(...) return coroutine.yield(...) end
    assert(select("#", call(pass)) == 2 and stopped == 1)
    local value = {}
    local ok, err = require("neap.pcall.protected").pcall(call, error, value)
    assert(not ok and err == value and stopped == 2)
    local waiting = spawn(call, pass)
    sleep(1)
    assert(waiting:cancel())
    sleep(1)
    assert(stopped == 3)
  end)
end

uses["neap.task.reraise"] = function(reraise)
  local err = {}
  local ok, raised = pcall(reraise, err, "\ttide.lua:7: in function 'ebb'\nwaited for by task 1:")
  assert(not ok and raised == err)
end

uses["neap.task.run"] = function(run_module)
  require("neap.kernel.clock").use(require "neap.hosts.virtual")
  assert(run_module.run(sleep, 2) == 2 and run_module.step() == nil)
  spawn(sleep, 3)
  assert(run_module.step() == 3)
end

uses["neap.task.bound"] = function(bound)
  local runs, log = require "neap.kernel.runs", {}
  local Class = { wake = function(_, giver, value) log[#log + 1] = giver or value end }
  bound.declare(Class)
  runs.share(true)
  local other = runs.new()
  runs.enter(other)
  local one = bound.bind { Bound = Class.Bound, place = false }
  one:wake(nil, "in its own run")
  runs.enter(runs.first)
  require("neap.kernel.clock").use(require "neap.hosts.virtual")
  one:wake(false, "from another")
  assert(#log == 1 and log[1] == "in its own run")
  assert(other.ready_count == 1 and other.ready[1] == one and one.value == "from another")
  runs.share(false)
end

uses["neap.task.task"] = function(tasks)
  local log = {}
  local function body(name)
    tasks.finally(function() log[#log + 1] = name .. " is over" end)
    tasks.yield()
    return name
  end
  assert(run(function() return tasks.spawn(body, "flood"):wait() end) == "flood")
  assert(log[1] == "flood is over")
end

uses["neap.task.user"] = function(user)
  local scheduler, tasks = require "neap.kernel.scheduler", require "neap.task.task"
  local got
  local thread = coroutine.create(function(...) got = ... coroutine.yield() end)
  local task = tasks.new_user_task(nil, thread)
  user.admit(task, thread)
  scheduler.run_now(task, 7)
  assert(got == 7 and user.is_parked(task) and user.find(thread) == task)
end

uses["neap.task.waiting"] = function(waiting)
  require("neap.kernel.clock").use(require "neap.hosts.virtual")
  local scheduler = require "neap.kernel.scheduler"
  local waits = scheduler.waits(waiting.elsewhere(require("neap.task.task").of_thread))
  local woken
  coroutine.wrap(function() woken = waits.sleep(2) end)()
  assert(not woken and waits.sleep(3) == 3 and woken == 2)
end


-- neap.kernel

uses["neap.kernel.awaitable"] = function(awaitable)
  local Tide = {}
  Tide.__index = Tide
  function Tide.wait(_, height) return height or "low" end
  local tide = setmetatable({}, awaitable.declare(Tide))
  assert(awaitable.is_own(tide) and awaitable.wait(tide, "high") == "high" and tide() == "low")
  assert_fails("something with a wait method expected", awaitable.check, {}, 1, "await")
end

uses["neap.kernel.barred"] = function(call_barred)
  local ok, err = call_barred("not here", function() require("neap.task.task").yield() end)
  assert(not ok and err == "not here", err)
  assert(select(2, call_barred("not here", math.max, 3, 7)) == 7)
end

uses["neap.kernel.clock"] = function(clock)
  assert_fails("no clock: call neap.use(host) first", clock.now)
  local time = 5
  clock.use { now = function() return time end }
  assert(clock.now() == 5)
  time = 2
  assert(clock.now() == 5, "it never runs backwards")
  clock.change { now = function() return 1000 + time end }
  time = time + 1
  assert(clock.now() == 6, "it goes on from where it was")
end

uses["neap.kernel.foreign"] = function(foreign)
  local scheduler, threads = require "neap.kernel.scheduler", require "neap.kernel.threads"
  local got
  foreign.pass_to(function(...) return select("#", ...), ... end)
  local task = { thread = threads.acquire() }
  function task.wake() got = "woken" end
  scheduler.run(task, task.thread, threads.BEGIN, function()
    assert(coroutine.yield("a", nil) == 2 and coroutine.yield() == 0)
    coroutine.yield(next({ [1] = 1 }))
    got = "passed"
  end)
  assert(got == "passed" and not task.thread)
  foreign.pass_to(nil)
end

uses["neap.kernel.hooks"] = function(hooks)
  local count = 0
  local function hook() count = count + 1 hooks.remove(hook) end
  hooks.add(hook)
  local scheduler = require "neap.kernel.scheduler"
  scheduler.tick()
  scheduler.tick()
  assert(count == 1)
  local function noticed() count = count + 1 end
  hooks.watch(noticed)
  collectgarbage()
  hooks.run()
  hooks.unwatch(noticed)
  collectgarbage()
  hooks.run()
  assert(count == 2, count)
end

uses["neap.kernel.joined"] = function(joined)
  local Tide, woken = {}, {}
  Tide.__index = Tide
  joined(Tide)
  function Tide.is_ready() return false end
  local tide = setmetatable({}, Tide)
  for _, name in ipairs { "a", "b" } do tide:park(waiter(name, woken)) end
  assert(tide:is_awaited())
  tide:wake_all()
  assert(woken[1] == "a" and woken[2] == "b" and not tide:is_awaited())
end

uses["neap.kernel.light"] = function(light)
  local state = require("neap.kernel.runs").state
  local scheduler, tasks = require "neap.kernel.scheduler", require "neap.task.task"
  assert(light.of_newborn == tasks.of_newborn)
  local got = {}
  local function body(...) got[#got + 1] = select("#", ...) .. ": " .. tostring((...)) end
  local thread = coroutine.create(body)
  assert(state.deferred:add(coroutine.create(body), body, nil, nil))
  assert(state.deferred:add(thread, body, 2, { nil, "ebb" }))
  local task = scheduler.find(thread)
  assert(task.state == "pending" and task.place == state.deferred and task.id == 2)
  scheduler.tick()
  assert(table.concat(got, ", ") == "0: nil, 2: nil" and task.state == "returned")
  assert(require("neap.kernel.registry").alive() == 0)
end

uses["neap.kernel.listing"] = function(listing)
  local first, second = spawn(print), spawn(print)
  second:cancel()
  local all, ready = listing.all(), listing.ready()
  assert(#all == 1 and all[1] == first and #ready == 1 and ready[1] == first)
  first:cancel()
end

uses["neap.kernel.own"] = function(own)
  local text = "tide.lua:7: ebb"
  assert(not own.is_own(text) and own.strip_position(text) == text)
end

uses["neap.kernel.positions"] = function(positions)
  local function fn() return positions.of() end
  local debug = rawget(_G, "debug")
  local where = fn()
  assert(not debug or where:find("uses%.lua:%d+$"), where)
  assert(not debug or positions.definition(fn):find("uses%.lua:%d+$"))
  local own = require("neap.task.task").spawn
  assert(not positions.definition(own) and not positions.definition(print))
  local thread = coroutine.create(function() sleep(1) end)
  coroutine.resume(thread)
  assert(not debug or positions.of(thread):find("uses%.lua:%d+$"))
end

uses["neap.kernel.queue"] = function(queue)
  local first, second, third = spawn(print), spawn(print), spawn(print)
  second:cancel()
  local _, _, ready, count = queue.arrays()
  assert(count == 3 and ready[1] == first and ready[2] == false and ready[3] == third)
  third:cancel()
  assert(select(4, queue.arrays()) == 1)
  first:cancel()
end

uses["neap.kernel.recovery"] = function(recovery)
  local scheduler = require "neap.kernel.scheduler"
  local ran = 0
  local function count() ran = ran + 1 end
  local function fail() error("no memory", 0) end
  assert_fails("no memory", run, function()
    spawn(count)
    spawn(count)
    scheduler.set_order(fail)
    sleep(1)
  end)
  scheduler.set_order(nil)
  assert(require("neap.kernel.runs").state.broken_by == "no memory" and ran == 0)
  recovery.recover()
  run(function() sleep(1) end)
  assert(ran == 2)
end

uses["neap.kernel.registry"] = function(registry)
  local inner, outer = coroutine.create(run), coroutine.create(run)
  registry.callers.map[inner] = outer
  assert(registry.root_of(inner) == outer and registry.is_within(inner, outer))
  run(function() assert(registry.alive() == 1) end)
  assert(registry.alive() == 0)
end

uses["neap.kernel.runs"] = function(runs)
  runs.declare { tides = 0 }
  runs.share(true)
  runs.state.tides = 1
  local first = runs.enter(runs.new())
  assert(runs.state.tides == 0)
  runs.enter(first)
  assert(runs.state.tides == 1)
  assert_fails("no field of a run is called 'tide'", function() runs.state.tide = 1 end)
end

uses["neap.kernel.scheduler"] = function(scheduler)
  local got
  local task = { id = 1, state = "pending", place = false, thread = false, wake = scheduler.wake }
  task.fn = function() got = scheduler.current_task() return "tide" end
  scheduler.admit(task)
  assert(not scheduler.is_idle() and not scheduler.tick() and scheduler.is_idle())
  assert(got == task and task.state == "returned" and task.value == "tide")
end

uses["neap.kernel.threads"] = function(threads)
  local thread = threads.acquire()
  local token = threads.hand_over { value = 6 }
  local function fn(n) return n + 1, nil end
  local _, request = coroutine.resume(thread, token, fn)
  local count, value = threads.exchange.count, threads.exchange.value
  assert(request == threads.DONE and count == 2 and threads.unpack(count, value) == 7)
  threads.recycle(thread)
  assert(threads.acquire() == thread)
end

uses["neap.kernel.timers"] = function(Timers)
  local timers, woken = Timers.new(), {}
  for _, deadline in ipairs { 3, 1, 2, 9 } do timers:park(waiter(deadline, woken), deadline) end
  assert(timers:next_deadline() == 1)
  timers:wake_due(3)
  assert(table.concat(woken) == "123" and timers:next_deadline() == 9)
end

uses["neap.kernel.vm"] = function(vm)
  local packed = vm.pack(nil, 2, nil)
  assert(packed.n == 3 and select("#", vm.unpack(packed, 1, packed.n)) == 3)
  local thread = vm.create(setmetatable({}, { __call = function(_, value) return value end }))
  assert(select(2, coroutine.resume(thread, "tide")) == "tide")
  vm.set_global("neap_tide", 7)
  assert(vm.global_value("neap_tide") == 7)
end

uses["neap.kernel.watchers"] = function(watchers)
  local first, second = {}, {}
  local function noting(log)
    local watcher = {}
    for _, what in ipairs { "made", "ticks", "runs", "ended" } do
      watcher[what] = function() log[#log + 1] = what end
    end
    return watcher
  end
  local noted = noting(first)
  watchers.add(noted)
  watchers.add(noting(second))
  run(function() watchers.remove(noted) end)
  assert(table.concat(first, " ") == "made ticks runs", table.concat(first, " "))
  assert(table.concat(second, " ") == "made ticks runs ended ticks", table.concat(second, " "))
end

uses["neap.kernel.waiters"] = function(Waiters)
  local list, woken, parked = Waiters.new {}, {}, {}
  for i = 1, 3 do
    parked[i] = waiter(i, woken)
    list:park(parked[i])
  end
  Waiters.withdraw(parked[2])
  list:wake_all()
  assert(table.concat(woken) == "13" and not list:head() and not parked[2].place)
end


-- neap.hosts

--- Has `require` find a library that is not there.
local function provide(name, library)
  local original = require
  rawset(_G, "require", function(wanted)
    return wanted == name and library or original(wanted)
  end)
end

uses["neap.hosts.default"] = function(pick)
  local host = pick()
  local start = host.now()
  while host.now() < start + 0.002 do host.sleep(0.001) end
end

uses["neap.hosts.haproxy"] = function(host)
  assert(host.shared and not host.pending())
  assert_fails("function expected, got nil", host.call)
end

uses["neap.hosts.luasocket"] = function(host)
  local socket, time = { getfd = function() return 3 end }, 0
  provide("socket", {
    gettime = function() return time end,
    select = function(readers) time = time + 1 return readers, {} end,
  })
  require("neap.kernel.clock").use(host)
  assert(require("neap.task.run").run(host.readable, socket) == true and time == 1)
  local newproxy = rawget(_G, "newproxy")
  assert_fails("socket expected, got", host.readable, newproxy and newproxy() or "text")
end

uses["neap.hosts.nginx"] = function(host)
  assert_fails("inside of nginx", host.now)
  assert(host.shared and host.call(function(a, ...) return select("#", ...) end, 1, 2, nil) == 2)
end

--- What Rust would supply, with news that are in a list.
local function rust_program(news)
  return {
    count = function() return #news end,
    take = function()
      local piece = table.remove(news, 1) or {}
      return piece[1], piece[2], piece[3]
    end,
    notify = function() end,
    ended = function() end,
    pending = "pending",
    terminate = "terminate",
    poll = function(driver, call) assert(coroutine.resume(driver, call)) end,
    is_polled = function() return false end,
  }
end

uses["neap.hosts.rust"] = function(rust)
  local news, time = {}, 0
  rust.begin(rust_program(news))
  require("neap.kernel.clock").use(rust.host {
    now = function() return time end,
    sleep = function(seconds) time = time + seconds end,
  })
  rust.spawn(1, function(value)
    sleep(1)
    return value
  end, 7)
  assert(not rust.is_done(1) and rust.step() == 1 and rust.poll(1) == false)
  time = 2
  assert(rust.poll(1) == true and rust.outcome(1) == 7 and rust.step() == nil)
  rust.spawn(2, sleep, 1)
  news[1] = { "dropped", 2 }
  assert(rust.step() == nil and #news == 0)
  local got
  local future = { done = function() return true end }
  function future.resolve(_, value) got = value end
  rust.receive(3, future)
  news[1], news[2] = { "sent", 3, "tide" }, { "gone", 3 }
  assert(rust.step() == nil and got == "tide")
end

uses["neap.hosts.rust_calls"] = function(calls)
  local changes, list = 0, {}
  calls.begin(rust_program {}, function(change) changes = changes + change end)
  local task = spawn(function()
    list[1] = coroutine.yield("pending")
    list[2] = "went on"
  end)
  require("neap.kernel.scheduler").tick()
  assert(changes == 1 and calls.are_unheard() and task.place == calls)
  calls.hear()
  assert(changes == 0 and list[2] == "went on" and task:done())
end

uses["neap.hosts.rust_senders"] = function(senders)
  local channel = require("neap.sync.channel").new(1)
  senders.add(1, nil, channel)
  senders.sent(1, "ebb")
  senders.sent(1, "flow")
  senders.gone(1)
  assert(channel:len() == 1 and channel:recv() == "ebb" and channel:recv() == "flow")
  assert(select(2, channel:recv()) == "closed")
end

uses["neap.hosts.tarantool"] = function(host)
  assert(host.shared and not host.pending())
  assert_fails("function expected, got nil", host.call)
end

uses["neap.hosts.uv"] = function(host)
  local before_waiting
  local function ignore() end
  local function handle() return setmetatable({}, { __index = function() return ignore end }) end
  local function zero() return 0 end
  host.attach {
    hrtime = zero, now = zero, new_check = handle, new_idle = handle, new_timer = handle,
    new_prepare = function()
      return { start = function(_, fn) before_waiting = fn end, unref = ignore, close = ignore }
    end,
  }
  local task = spawn(function() return "afloat" end)
  before_waiting()
  assert(task:done() and task:wait() == "afloat")
  host.detach()
end

uses["neap.hosts.uv_run"] = function(uv_run)
  local ran, uv = 0, { stop = function() end }
  function uv.run(mode) ran = ran + 1 return mode end
  local original = uv.run
  uv_run.replace(uv)
  assert(uv.run("default") == "default" and ran == 1, "outside of tasks it is the loop's")
  local host = { now = function() return 0 end, sleep = function() end, pending = uv_run.over }
  require("neap.kernel.clock").use(host)
  require("neap.task.run").run(function()
    local others = spawn(function() return "afloat" end)
    assert(uv.run() == false and ran == 1 and others:done() and uv.run("once") == "once")
    spawn(uv.stop)
    assert(uv.run() == false)
  end)
  uv_run.restore(uv)
  assert(uv.run == original)
end

uses["neap.hosts.virtual"] = function(host)
  host.sleep(5)
  host.sleep(math.huge)
  assert(host.now() == 5 and run(function() return sleep(2) end) == 2 and host.now() == 7)
end

-- neap.explore

--- Two tasks, the second of which may be the first.
local function race()
  local order = {}
  for i = 1, 2 do spawn(function() order[#order + 1] = i end) end
  sleep(1)
  return order
end

uses["neap.explore"] = function(explore)
  assert(explore.check(race) == 1000)
  local function fail() assert(explore.same(race())[1] == 1, "late") end
  assert_fails("fails (seed ", explore.check, fail)
  assert(explore.same(7) == 7)
end

uses["neap.explore.choices"] = function(Choices)
  local choices = Choices.start "2.1.1"
  local order = run(race)
  Choices.stop()
  assert(order[1] == 2 and choices:text() == "2.1.1" and choices:points_text() == "2.1.2,")
end

uses["neap.explore.random"] = function(new_random)
  local below = new_random(7)
  assert(below(1000) == 270 and below(1000) == 695 and below(6) == 5)
end

uses["neap.explore.schedule"] = function(schedule)
  local deviations = schedule.deviations_of "3.1.2,7.4.1"
  assert(deviations[2].number == 4 and schedule.text_of(deviations) == "3.1.2,7.4.1")
  assert(schedule.chooser "fifo" (9, 1, 1) == 0 and schedule.chooser "3.1.2" (3, 3, 1) == 2)
  assert(not schedule.chooser "3.1" and schedule.text_of {} == "fifo")
end

uses["neap.explore.script"] = function(try)
  local print, stdout, exit = print, io and io.stdout, os and os.exit
  local outcome = try("fifo", function()
    return pcall(run, function()
      _G.print "dropped"
      if io then assert(io.write("dropped")) end
      if exit then os.exit(3) else error("os.exit(3)", 0) end
    end)
  end, { ticks = 100, limit = "the option" })
  if io then
    rawset(io, "stdout", stdout)
    io.output(stdout)
  end
  if exit then rawset(os, "exit", exit) end
  rawset(_G, "print", print)
  assert(outcome.kind == "error" and outcome.failure:find "os.exit%(3%)$")
end

uses["neap.explore.search"] = function(search)
  local options = { schedules = 100, seed = 1, strategy = "exhaustive", changes = 1 }
  local found, tried = search.find(function(schedule)
    return { kind = schedule == "1.2.1" and "error" or nil, failure = "no", values = {},
      schedule = schedule, points = "1.1.3,1.2.2,", count = 2 }
  end, options)
  assert(found.outcome.schedule == "1.2.1" and tried == 4)
end

uses["neap.explore.story"] = function(tell_story)
  local Choices = require "neap.explore.choices"
  local choices = Choices.start "2.1.1"
  local finish = tell_story(choices)
  run(race)
  Choices.stop()
  assert(finish():find("\n   2   0.000  task 3     * ends\n", 1, true))
end

uses["neap.explore.trial"] = function(trial)
  local outcome = trial.run("fifo", function()
    local ok, err = pcall(run, function() trial.same(race()) error("no tide", 0) end)
    return ok, err
  end, { ticks = 100, limit = "the option" })
  assert(outcome.kind == "error" and outcome.failure == "no tide")
  assert(outcome.values[1] == "{ 1, 2 }")

  -- A finalizer that never ends does not live on into the next trial.
  local tasks = require "neap.task.task"
  outcome = trial.run("fifo", function()
    return pcall(run, function()
      tasks.finally(function() while true do tasks.yield() end end)
      sleep(1)
    end)
  end, { ticks = 100, limit = "the option" })
  assert(outcome.kind == "endless" and #require("neap.kernel.listing").all() == 0)
end

uses["neap.explore.values"] = function(text_of)
  local value = { 1, "two", key = { true } }
  value.itself = value
  assert(text_of(value, nil) == '{ 1, "two", itself = (itself), key = { true } }, nil')
end


-- neap.trace

local function recorded(start)
  require("neap.kernel.clock").use(require "neap.hosts.virtual")
  local texts = {}
  local finish = start(function(text) texts[#texts + 1] = text end)
  run(function() sleep(2) end)
  finish()
  return table.concat(texts)
end

uses["neap.trace"] = function(trace)
  local text = recorded(function(write)
    local recording = trace.start { json = write }
    return function() assert(recording:stop()) end
  end)
  assert(text:find('"dur":2000000.000,"ts":0.000,"name":"a deadline"', 1, true), text)
end

uses["neap.trace.lanes"] = function(new_lanes)
  local names = {}
  local lanes = new_lanes(function(...) names[#names + 1] = table.concat({ ... }) end)
  local lane = lanes.of { id = 3, label = "tide" }
  assert(lane.tid == 3 and lane.pid == 1 and #lanes.open() == 2)
  lanes.close(lane, "returned")
  assert(#lanes.open() == 1 and names[#names]:find('"tide","outcome":"returned"', 1, true))
end

uses["neap.trace.page"] = function(page)
  assert(page.head:find("^<!doctype html>") and page.tail:find("</html>\n$"))
  assert(not page.head:find("https?:"))
end

for _, part in ipairs { "control", "model", "panel", "sheet", "style", "view" } do
  uses["neap.trace." .. part] = function(text)
    assert(#text > 1000 and not text:find("</", 1, true))
  end
end

uses["neap.trace.recorder"] = function(new_recorder)
  local watchers = require "neap.kernel.watchers"
  local text = recorded(function(write)
    local notes, finish = new_recorder(write)
    watchers.add(notes)
    return function()
      watchers.remove(notes)
      finish()
    end
  end)
  assert(text:find('"name":"spawn"', 1, true) and text:find("\n]\n$"), text)
end

uses["neap.trace.words"] = function(words)
  assert(words.of_error("no tide\nat all") == "no tide" and words.of_error({ 7 }) == "{ 7 }")
  local channel = require("neap.sync.channel").new(1)
  local place, name = channel:place_to_wait(), words.namer()
  assert(name(place, "a value from channel (empty)") == '"on":"channel 1"')
  assert(name({ id = 4 }, "task 4") == '"task":4' and not name({}, "a deadline"))
end

uses["neap.trace.writer"] = function(writer)
  local texts = {}
  local add, add_slice, add_more, add_end = writer.new(function(text) texts[#texts + 1] = text end)
  add('{"a":', 1, ',"b":', 2)
  add_slice(writer.NEXT .. '{"b":', 2, 1234567, "0.000")
  add_more(',"c":', "3")
  add_end()
  local expected = '[\n{"a":1,"b":2},\n{"b":2,"dur":1234.567,"ts":0.000,"c":3}\n]\n'
  assert(table.concat(texts) == expected, table.concat(texts))
  assert(writer.quote('a "b"\n\255') == '"a \\"b\\"\\n?"' and writer.microseconds(12) == "0.012")
end

return uses
