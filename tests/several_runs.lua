--- Several runs in one Lua, without an engine: the host's sleep yields to a loop of plain
-- coroutines, as the requests of a server do. Raises where something is not as it should be, and
-- returns what it did.

local neap = require "neap"
local ward = require "ward.async"
local face = require "async_await"
local task = require "task"

--- The engine: coroutines that sleep, earliest first, on a clock that a sleep moves forward.
local time, sleepers = 0, {}

local host = { shared = true }

function host.now() return time end

function host.sleep(seconds, run)
  sleepers[#sleepers + 1] = {
    thread = coroutine.running(), deadline = time + seconds, run = run, number = #sleepers,
  }
  local failure = coroutine.yield()
  if failure then error(failure, 0) end
end

function host.wake(run)
  for _, sleeper in ipairs(sleepers) do
    if sleeper.run == run and sleeper.deadline > time then sleeper.deadline = time end
  end
end

local failures = {}

--- What a function of the engine's own yields, with seconds, to sleep.
local ENGINE = {}

local function resume(thread, ...)
  local ok, what, seconds = coroutine.resume(thread, ...)
  if not ok then
    failures[#failures + 1] = tostring(what)
  elseif what == ENGINE then
    sleepers[#sleepers + 1] = { thread = thread, deadline = time + seconds }
  end
end

local function start(fn, ...)
  local thread = coroutine.create(fn)
  resume(thread, ...)
  return thread
end

--- Runs the engine until nobody sleeps any more; who sleeps for ever is left.
local function loop()
  while sleepers[1] do
    local first = 1
    for i = 2, #sleepers do
      if sleepers[i].deadline < sleepers[first].deadline then first = i end
    end
    if sleepers[first].deadline == math.huge then return #sleepers end
    local sleeper = table.remove(sleepers, first)
    if sleeper.deadline > time then time = sleeper.deadline end
    resume(sleeper.thread)
  end
  return 0
end

--- Has the engine forget a coroutine in its sleep: its client is gone.
local function abandon(thread)
  for i = #sleepers, 1, -1 do
    if sleepers[i].thread == thread then table.remove(sleepers, i) end
  end
end

neap.use(host)
local reports = {}
neap.on_error(function(err) reports[#reports + 1] = tostring(err) end)

-- Many at once, a tenth of them abandoned: each finds its own results.
local RUNS = 500
local results, finalized = {}, 0

local function request(number)
  results[number] = neap.run(function()
    local channel, total = neap.channel(1), 0
    neap.finally(function() finalized = finalized + 1 end)
    for i = 1, 3 do
      neap.spawn(function()
        neap.sleep((number % 7 + i) / 10)
        channel:send(number * i)
      end)
    end
    local handle = ward.spawn(function() neap.sleep(0.25) return number end)
    local future = face.async(function() neap.yield() return number end)()
    local thread = task.spawn(function()
      local got = coroutine.yield()
      total = total + got
    end)
    task.delay(0.3, thread, number)
    for _ = 1, 3 do total = total + channel:wait() end
    local _, first = neap.select({ channel, handle }, 5)
    neap.sleep(1)
    return total + first + face.await(future) + select("#", neap.pcall(neap.sleep, 0.1))
  end)
end

for number = 1, RUNS do
  local thread = start(request, number)
  if number % 10 == 0 then abandon(thread) end
end
assert(#neap.tasks() == 0, "outside of them there are no tasks")
assert(loop() == 0)
for number = 1, RUNS do
  local expected = number % 10 ~= 0 and number * 9 + 2 or nil
  assert(results[number] == expected, "run " .. number .. ": " .. tostring(results[number]))
end
assert(finalized == RUNS - RUNS / 10, finalized)
assert(#failures == 0, failures[1])

-- What is shared by two runs wakes whoever waits, where that one lives.
local log = {}
local function note(...)
  local words = {}
  for i = 1, select("#", ...) do
    local word = select(i, ...)
    words[i] = type(word) == "number" and ("%g"):format(word) or tostring(word)
  end
  log[#log + 1] = table.concat(words, " ")
end

local function told(expected)
  local text = table.concat(log, "; ")
  assert(text == expected, "\n" .. text .. "\n" .. expected)
  log = {}
end

local future, channel, event = neap.future(), neap.channel(0), neap.event()
local mutex, interval, sleeper = neap.mutex(), neap.interval(1), nil
start(function()
  neap.run(function()
    sleeper = neap.spawn(function()
      neap.finally(function() note("finalizer", #neap.tasks()) end)
      neap.sleep(1000)
    end)
    neap.spawn(function() note("select", neap.select({ neap.future(), event }, 100)) end)
    neap.spawn(function() note("timeout", neap.timeout(100, future.wait, future)) end)
    neap.spawn(function() note("mutex", mutex:with(function() neap.sleep(1) return "held" end)) end)
    neap.spawn(function() note("tick", interval:wait()) end)
    note("received", channel:wait())
    note("sent", channel:send("back"))
    note("cancelled", neap.pcall(sleeper.wait, sleeper))
  end)
end)
start(function()
  neap.run(function()
    note("other: tasks", #neap.tasks())
    mutex:acquire()
    note("other: sent", channel:send("over"))
    note("other: received", channel:wait())
    future:resolve("value")
    event:set()
    event:clear()
    mutex:release()
    note("other: tick", interval:wait())
    note("other: cancel", sleeper:cancel())
    note("other: waits", neap.pcall(sleeper.wait, sleeper))
  end)
end)
assert(loop() == 0)
told("other: tasks 1; mutex held; tick 1; other: sent true; received over; sent true; "
  .. "other: received back; select 2 true; timeout value; other: tick 2; other: cancel true; "
  .. "finalizer 2; cancelled false cancelled; other: waits false cancelled")

-- A thread that is parked for its user goes on in the run that continues it.
local parked
start(function()
  neap.run(function()
    parked = task.spawn(function()
      coroutine.yield()
      neap.sleep(4)
      note("continued", #neap.tasks())
    end)
    neap.sleep(10)
    note("first ends", #neap.tasks())
  end)
end)
start(function()
  neap.run(function() task.spawn(parked) neap.sleep(1) note("second sleeps", #neap.tasks()) end)
  note("second ends")
end)
assert(loop() == 0)
told("second sleeps 2; continued 1; second ends; first ends 1")

-- A thread that waits in one run is not continued by another; it can be cancelled from there.
local waiting
start(function()
  neap.run(function()
    waiting = task.spawn(function() note("slept", neap.sleep(3)) neap.sleep(50) end)
    neap.sleep(5)
  end)
end)
start(function()
  neap.run(function()
    neap.sleep(1)
    task.spawn(waiting)
    neap.sleep(3)
    note("cancel", task.cancel(waiting))
  end)
end)
assert(loop() == 0)
told("slept 3; cancel true")

-- Nor is a coroutine that its user made, and that waits in one.
start(function()
  neap.run(function()
    waiting = coroutine.create(function() note("slept", neap.sleep(3)) end)
    coroutine.resume(waiting)
    neap.sleep(5)
  end)
end)
start(function() neap.run(function() neap.sleep(1) task.spawn(waiting) end) end)
assert(loop() == 0)
told("slept 3")

-- One that has been woken is not stuck, whoever asks; and ticks go on when the first in line is
-- gone.
local ask, answer, ticks = neap.channel(), neap.channel(), neap.interval(1)
start(function()
  neap.run(function()
    neap.sleep(0.5)
    ask:send("from the first")
    note("first got", answer:wait())
    note("first tick", ticks:wait())
  end)
end)
start(function()
  neap.run(function() note("second got", ask:wait()) answer:send("from the second") end)
end)
start(function() neap.run(neap.timeout, 0.75, function() neap.pcall(ticks.wait, ticks) end) end)
loop()
told("second got from the first; first got from the second; first tick 1")
assert(#failures == 1 and failures[1] == "timeout", failures[1])
failures = {}

-- A wait outside of every run is told.
start(function() neap.sleep(1) end)
assert(failures[1]:find("attempt to wait outside of neap.run", 1, true), failures[1])
failures = {}

-- Failures, deadlocks and refusals are those of one run.
start(function()
  neap.run(function()
    neap.spawn(error, "not seen", 0)
    neap.sleep(1)
    neap.run(print)
  end)
end)
start(function() note("main", neap.run(function() neap.sleep(2) return "unharmed" end)) end)
assert(loop() == 0)
told("main unharmed")
assert(failures[1]:match("the scheduler is already running$"), failures[1])
failures = {}
assert(#reports == 1 and reports[1] == "not seen", reports[1])

-- Who waits for another run waits as long as that lives; when nobody is left, it is a deadlock.
local never = neap.future()
local function stuck(name)
  neap.run(function()
    neap.finally(note, name .. ": finalizer")
    never:wait()
  end)
end
start(function() neap.run(neap.sleep, 3) note("the last that moves ends") end)
start(stuck, "first")
start(stuck, "second")
collectgarbage() -- those that were abandoned might go on as well, as far as anybody knows
collectgarbage()
assert(loop() == 0)
told("the last that moves ends; first: finalizer; second: finalizer")
assert(#failures == 2 and failures[1]:match("deadlock: 1 task waits"), failures[1])
assert(failures[2]:match("deadlock: 1 task waits"), failures[2])

-- What waits for another run when main has ended waits no longer.
start(function() neap.run(neap.sleep, 20) note("the other ends") end)
start(function()
  neap.run(function() neap.spawn(function() neap.finally(note, "left over") never:wait() end) end)
  note("main ended", time)
end)
local since = time
assert(loop() == 0)
told("left over; main ended " .. ("%g"):format(since) .. "; the other ends")

-- But its finalizers may.
local lock = neap.mutex()
start(function() neap.run(lock.with, lock, neap.sleep, 1) note("the other ends") end)
start(function()
  neap.run(function()
    neap.spawn(function()
      neap.finally(function()
        note("finalizer", lock:with(function() return "has the lock" end))
      end)
      never:wait()
    end)
  end)
end)
assert(loop() == 0)
told("the other ends; finalizer has the lock")

-- Busy tasks let other runs have a turn.
local turns = 0
start(function()
  neap.run(function()
    local tries = 0
    repeat
      neap.yield()
      tries = tries + 1
    until turns == 5 or tries == 1000
    note("turns", turns)
  end)
end)
start(function() neap.run(function() for _ = 1, 5 do neap.yield() turns = turns + 1 end end) end)
assert(loop() == 0)
told("turns 5")

-- A run whose sleep fails is over, with its finalizers; but not where pcall cannot be waited in.
local function fail(thread)
  abandon(thread)
  local ok, err = coroutine.resume(thread, "killed")
  if not ok then failures[#failures + 1] = tostring(err) end
end

local function killed(name)
  return start(function()
    neap.run(function()
      neap.finally(function() note(name, "slept", neap.sleep(1)) end)
      neap.spawn(function()
        neap.finally(note, name .. ": a finalizer")
        never:wait()
      end)
      neap.sleep(10)
    end)
  end)
end

local probe = coroutine.create(function() return pcall(coroutine.yield) end)
coroutine.resume(probe)
if coroutine.status(probe) == "suspended" then
  failures, reports = {}, {}
  start(function() neap.run(neap.sleep, 20) note("unharmed") end)
  fail(killed "once")
  local twice = killed "twice"
  fail(twice)
  fail(twice)
  assert(loop() == 0)
  told("once: a finalizer; twice: a finalizer; once slept 1; unharmed")
  assert(#failures == 2 and failures[1] == "killed" and failures[2] == "killed", failures[1])
  assert(#reports == 1 and reports[1]:find("a finalizer was not done", 1, true), reports[1])
end

-- A host that cannot end a sleep early is asked from time to time.
host.wake, failures = nil, {}
start(function() neap.run(function() neap.sleep(1) channel:send("a value") end) end)
start(function() neap.run(function() note("received", channel:wait()) end) end)
local begun = time
assert(loop() == 0 and time - begun < 1.1, time - begun)
assert(log[1]:match("^received a value"), log[1])
assert(#failures == 0, failures[1])

-- A thread that has not waited yet may have the engine suspend its whole run: it stays a thread of
-- that run, whatever other runs do meanwhile.
local runs = require "neap.kernel.runs"

function host.foreign(...)
  runs.outside(coroutine.yield, ...)
  return "has slept"
end

neap.use(host)
log = {}
start(function()
  neap.run(function()
    local home = runs.state.home
    task.spawn(function()
      note("a thread", (coroutine.yield(ENGINE, 1)))
      assert(neap.current().home == home and #neap.tasks() == 2)
      neap.sleep(1)
      note("and has waited", runs.state.home == home)
    end)
    neap.sleep(5)
    note("its run ends", #neap.tasks())
  end)
end)
start(function()
  neap.run(function()
    task.spawn(note, "another")
    neap.sleep(1)
    note("the other run ends", #neap.tasks())
  end)
end)
assert(loop() == 0)
told("another; a thread has slept; the other run ends 1; and has waited true; its run ends 1")
assert(#failures == 0, failures[1])

return RUNS .. " runs"
