//! The host contract, as the host sees it: waits in the host thread, `run` and `step`, and hosts
//! that fail. These scripts are not tasks: Lua runs them directly.

use mlua::{Lua, Result};

/// Runs a script in the host thread; its assertions are the test.
fn host(script: &str) {
    let run = || -> Result<()> {
        let lua = Lua::new();
        neap::install(&lua)?;
        lua.load("neap = require 'neap'\n").exec()?;
        lua.load(script).set_name("=host").exec()
    };
    if let Err(error) = run() {
        panic!("{error}");
    }
}

#[test]
fn every_blocking_call_works_in_the_host_thread() {
    host(
        r##"
        neap.use(require "neap.hosts.virtual")
        assert(neap.sleep(2) == 2)
        assert(neap.spawn(function() neap.sleep(1) return "done" end):wait() == "done")
        local channel, future = neap.channel(), neap.future()
        neap.spawn(function() channel:send("value") future:resolve(1, nil) end)
        assert(channel:wait() == "value")
        assert(select("#", future:wait()) == 2)
        assert(neap.timer(3):wait() == true)
        local index, value = neap.select({ channel, neap.timer(1) }, "5s")
        assert(index == 2 and value == true)
        assert(neap.select({ channel }, 1) == nil)
        local turns = 0
        neap.spawn(function() turns = turns + 1 end)
        neap.yield()
        assert(turns == 1)
        assert(neap.current() == nil)
        "##,
    );
}

#[test]
fn a_host_that_waits_for_ever_is_told_of_the_deadlock() {
    host(
        r##"
        neap.use(require "neap.hosts.virtual")
        local cleaned = false
        neap.spawn(function()
          neap.finally(function() neap.sleep(1) cleaned = true end)
          neap.future():wait()
        end):name("stuck")
        local channel = neap.channel(4)
        local ok, err = pcall(channel.wait, channel)
        assert(not ok and cleaned)
        assert(err:find("deadlock: 2 tasks wait and nothing can wake them", 1, true), err)
        local told = "the host thread: waits for a value from channel (capacity 4, empty)"
        assert(err:find(told, 1, true), err)
        assert(err:find('task "stuck": waits for a future', 1, true), err)
        assert(channel:try_send("later") and channel:wait() == "later")
        "##,
    );
}

#[test]
fn failures_are_reported_when_the_last_task_has_been_stepped() {
    host(
        r##"
        local reports = {}
        neap.use { now = function() return 0 end }
        neap.on_error(function(err) reports[#reports + 1] = err end)
        local channel = neap.channel()
        local failed, seen = neap.spawn(error, "lost", 0), neap.spawn(error, "seen", 0)
        neap.spawn(function() assert(not neap.pcall(seen.wait, seen)) channel:send(1) end)
        assert(neap.step() == math.huge and #reports == 0)
        neap.spawn(function() channel:wait() end)
        while neap.step() do end
        assert(#reports == 1 and reports[1] == "lost" and failed:done(), reports[1])
        "##,
    );
}

#[test]
fn busy_tasks_hold_up_no_event() {
    host(
        r##"
        local time, asked, arrived = 0, 0, neap.future()
        neap.use {
          now = function() return time end,
          sleep = function(seconds)
            assert(seconds == 0)
            asked = asked + 1
            if asked == 3 then arrived:resolve("event") end
          end,
          pending = function() return not arrived:done() end,
        }
        local is_over, turns = false, 0
        neap.spawn(function()
          while not is_over do
            turns = turns + 1
            assert(turns < 10)
            neap.yield()
          end
        end)
        assert(neap.run(function()
          local value = arrived:wait()
          is_over = true
          return value
        end) == "event")
        assert(asked == 3)
        "##,
    );
}

#[test]
fn a_host_may_answer_what_a_task_yields_to_its_engine() {
    host(
        r##"
        local virtual, victim, asked = require "neap.hosts.virtual", nil, {}
        neap.use {
          now = virtual.now,
          sleep = virtual.sleep,
          foreign = function(...)
            asked[#asked + 1] = select("#", ...)
            if ... == "end me" then victim:cancel() end
            return ...
          end,
        }
        local function ask(...) return select("#", coroutine.yield(...)) end
        assert(neap.run(function()
          neap.sleep(1)
          return ask() == 0 and ask(nil) == 1 and ask(1, 2, 3, 4, 5, 6, 7, nil) == 8
        end))
        assert(table.concat(asked, " ") == "0 1 8")
        local went_on, cleaned = false, false
        victim = neap.spawn(function()
          neap.finally(function() cleaned = true end)
          ask("end me")
          went_on = true
        end)
        neap.sleep(1)
        assert(victim:done() and cleaned and not went_on)
        local traced = 0
        local watcher = { runs = function() traced = traced + 1 end }
        require("neap.kernel.watchers").add(watcher)
        assert(neap.run(ask, 1, 2) == 2 and traced == 1)
        require("neap.kernel.watchers").remove(watcher)
        assert(neap.run(ask, 1, 2) == 2 and traced == 1)
        neap.use(virtual)
        local ok, err = pcall(neap.run, ask)
        assert(err == "attempt to yield from a task: use neap.yield()", err)
        assert(not pcall(neap.use, { now = virtual.now, foreign = 1 }))
        "##,
    );
}

#[test]
fn run_gives_the_results_or_the_error_of_main() {
    host(
        r##"
        neap.use(require "neap.hosts.virtual")
        assert(select("#", neap.run(function(...) neap.sleep(1) return ... end, 1, nil, nil)) == 3)
        local err, cleaned, ended = {}, false, false
        local ok, raised = pcall(neap.run, function()
          neap.spawn(function()
            neap.finally(function() neap.sleep(1) cleaned = true end)
            neap.sleep(10)
            ended = true
          end)
          neap.yield()
          error(err)
        end)
        assert(not ok and raised == err and cleaned and not ended)
        local ok, text = pcall(neap.run, 5)
        assert(text:find("bad argument #1 to 'run' (function expected, got number)", 1, true), text)
        "##,
    );
}

#[test]
fn a_host_that_fails_is_reported_to_the_caller_and_can_go_on() {
    host(
        r##"
        for _, name in ipairs { "now", "sleep", "pending" } do
          local time, is_broken = 0, false
          local function guard(fn)
            return function(...)
              if is_broken then error(name .. " broke", 0) end
              return fn(...)
            end
          end
          local host = {
            now = function() return time end,
            sleep = function(seconds) time = time + seconds end,
            pending = function() return false end,
          }
          host[name] = guard(host[name])
          neap.use(host)
          local future = neap.future()
          local ok, err = pcall(neap.run, function()
            is_broken = true
            if name == "pending" then future:wait() end
            neap.sleep(1)
          end)
          assert(not ok and err == name .. " broke", tostring(err))
          is_broken = false
          future:resolve()
          assert(neap.run(function() neap.sleep(1) return "works" end) == "works")
        end
        "##,
    );
}

#[test]
fn a_host_may_be_a_coroutine_and_yield_from_its_sleep() {
    host(
        r##"
        local time, is_broken = 0, false
        neap.use {
          now = function() return time end,
          sleep = function(seconds)
            if is_broken then error("sleep broke", 0) end
            time = time + coroutine.yield(seconds)
          end,
        }
        local thread = coroutine.create(function()
          local slept = neap.run(neap.sleep, 1)
          is_broken = true
          local ok, err = pcall(neap.run, neap.sleep, 1)
          is_broken = false
          -- What sleeps still when the host has failed sleeps on in the next run.
          return slept, ok, err, neap.run(function() return "works" end)
        end)
        local _, seconds = coroutine.resume(thread)
        assert(seconds == 1 and coroutine.status(thread) == "suspended")
        _, seconds = coroutine.resume(thread, seconds)
        local _, slept, ok, err, works = coroutine.resume(thread, seconds)
        assert(slept == 1 and not ok and err == "sleep broke" and works == "works", tostring(err))
        "##,
    );
}

#[test]
fn the_main_thread_is_a_host_also_after_a_coroutine_was() {
    host(
        r##"
        neap.use(require "neap.hosts.virtual")
        local thread = coroutine.wrap(function() return neap.run(function() return "ran" end) end)
        assert(thread() == "ran")
        assert(neap.sleep(1) == 1)
        "##,
    );
}

#[test]
fn a_clock_that_goes_backwards_keeps_the_order() {
    host(
        r##"
        local time, jumps = 100, { [2] = -50, [4] = -500 }
        local sleeps = 0
        neap.use {
          now = function() return time end,
          sleep = function(seconds)
            sleeps = sleeps + 1
            time = time + seconds + (jumps[sleeps] or 0)
          end,
        }
        local order = {}
        for _, seconds in ipairs { 3, 1, 5, 2, 4 } do
          neap.spawn(function() neap.sleep(seconds) order[#order + 1] = seconds end)
        end
        neap.run(neap.sleep, 6)
        assert(table.concat(order, " ") == "1 2 3 4 5", table.concat(order, " "))
        "##,
    );
}

#[test]
fn a_host_without_a_sleep_drives_with_step() {
    host(
        r##"
        local time = 0
        neap.use { now = function() return time end }
        local ok, err = pcall(neap.sleep, 1)
        assert(err:find("this host cannot sleep", 1, true), err)
        ok, err = pcall(neap.run, print)
        assert(err:find("this host cannot sleep", 1, true), err)
        assert(neap.step() == nil)
        local future, log = neap.future(), {}
        neap.spawn(function()
          neap.sleep(2)
          log[#log + 1] = "slept"
          log[#log + 1] = future:wait()
        end)
        assert(neap.step() == 2)
        time = 1.5
        assert(neap.step() == 0.5)
        time = 2
        assert(neap.step() == 0)
        assert(neap.step() == math.huge and log[1] == "slept")
        future:resolve("outside")
        assert(neap.step() == nil and log[2] == "outside")
        "##,
    );
}

#[test]
fn an_event_from_outside_ends_a_sleep() {
    host(
        r##"
        local time, future, is_pending = 0, neap.future(), true
        neap.use {
          now = function() return time end,
          sleep = function()
            time = time + 1
            if time == 3 then is_pending = not future:resolve("from outside") end
          end,
          pending = function() return is_pending end,
        }
        assert(neap.run(function() return future:wait() end) == "from outside" and time == 3)
        assert(not pcall(neap.run, function() neap.future():wait() end))
        "##,
    );
}

#[test]
fn the_loop_is_not_entered_twice() {
    host(
        r##"
        local time, seen = 0, {}
        local function try()
          for _, fn in ipairs { neap.run, neap.step, neap.sleep } do
            local ok, err = pcall(fn, fn == neap.sleep and 1 or print)
            seen[#seen + 1] = not ok and tostring(err):match("the scheduler is already running")
          end
        end
        neap.use {
          now = function() return time end,
          sleep = function(seconds) time = time + seconds try() end,
        }
        neap.run(function() neap.sleep(1) end)
        neap.run(function()
          assert(select(2, pcall(neap.run, print)) == "the scheduler is already running")
          assert(select(2, pcall(neap.step)) == "the scheduler is already running")
        end)
        assert(#seen == 3 and seen[1] and seen[2] and seen[3])
        "##,
    );
}

#[test]
fn the_contract_is_checked() {
    host(
        r##"
        local function refused(host, text)
          local ok, err = pcall(neap.use, host)
          assert(not ok and err:find(text, 1, true), tostring(err))
        end
        refused(nil, "bad argument #1 to 'use' (table expected, got nil)")
        refused({}, "a function now() expected")
        refused({ now = os.clock, sleep = 5 }, "the host's sleep must be a function")
        refused({ now = os.clock, pending = true }, "the host's pending must be a function")
        refused({ now = function() return "12" end }, "must return a number of seconds, got string")
        neap.spawn(print)
        refused({ now = os.clock }, "call neap.use before the first one")
        "##,
    );
}

#[test]
fn a_coroutine_that_is_no_host_is_adopted() {
    let lua = Lua::new();
    neap::install(&lua).unwrap();
    let script = r##"
        local neap = require "neap"
        local thread = coroutine.wrap(function()
          neap.sleep(0.001)
          return "slept"
        end)
        -- The coroutine is adopted: it yields nothing to its resumer, and goes on by itself.
        assert(thread() == nil)
        neap.sleep(0.01)
    "##;
    lua.load(script).exec().unwrap();
}

#[test]
fn several_runs_in_one_lua() {
    host(include_str!("several_runs.lua"));
}

#[test]
fn a_report_that_raises_loses_nothing_of_the_tick() {
    host(
        r##"
        local asked, ran = 0, 0
        neap.use {
          now = function() return 0 end,
          sleep = function() end,
          report = function() asked = asked + 1 error("no report") end,
        }
        neap.run(function()
          neap.spawn(error, "first"):detach()
          neap.spawn(function() ran = ran + 1 end)
          neap.spawn(error, "second"):detach()
          neap.spawn(function() neap.yield() ran = ran + 1 end)
        end)
        assert(asked == 2 and ran == 2 and #neap.tasks() == 0)
        "##,
    );
}

#[test]
fn a_queued_job_is_in_the_report_of_a_deadlock() {
    host(
        r##"
        neap.use(require "neap.hosts.virtual")
        local pool, never = neap.pool(1), neap.future()
        pool:submit(never.wait, never):name("running")
        pool:submit(print):name("queued")
        local ok, err = pcall(pool.wait, pool)
        assert(not ok and err:find("deadlock: 3 tasks wait", 1, true), err)
        assert(err:find('task "queued": waits for a place in a pool (1 of 1 taken)', 1, true), err)
        "##,
    );
}

/// A loop of the host's own, that has timers: due calls, one after another, on a clock of its own.
const TIMERS: &str = r##"
    local time, calls, asked = 0, {}, 0
    local function after(seconds, fn)
      asked = asked + 1
      calls[#calls + 1] = { time = time + seconds, number = asked, fn = fn }
    end
    local function now() return time end
    local function loop()
      while #calls > 0 do
        table.sort(calls, function(a, b)
          return a.time < b.time or a.time == b.time and a.number < b.number
        end)
        local call = table.remove(calls, 1)
        if call.time > time then time = call.time end
        call.fn()
      end
    end
"##;

#[test]
fn a_host_with_timers_drives_the_ticks() {
    host(
        &[
            TIMERS,
            r##"
        local log = {}
        local function note(text) log[#log + 1] = text end
        neap.use { now = now, after = after }
        local future, channel = neap.future(), neap.channel()
        neap.spawn(function()
          note(("slept %g"):format(neap.sleep(0.5)))
          note(future:wait() .. " at " .. ("%g"):format(time))
          channel:send("value")
        end)
        neap.spawn(function() note(channel:wait()) end)
        -- The host's own timer, and a function of the task face that is deferred in it.
        local task, deferred = require "task", nil
        after(2, function() future:resolve("resolved") end)
        after(3, function() deferred = task.defer(function()
          note("deferred")
          coroutine.yield()
          note("deferred again")
        end) end)
        after(4, function() task.defer(deferred) end)
        after(5, function() task.delay(1, function() note("late at " .. time) end) end)
        loop()
        local told = table.concat(log, "; "):gsub("%.0", "")
        assert(told == "slept 0.5; resolved at 2; value; deferred; deferred again; late at 6", told)
        assert(#neap.tasks() == 0 and asked < 25, asked)

        -- A failure that nobody waits for is told within a second.
        local errors = {}
        neap.on_error(function(err) errors[#errors + 1] = err .. " at " .. time end)
        local kept = neap.spawn(error, "lost", 0)
        local forever = neap.future()
        neap.spawn(forever.wait, forever)
        loop()
        assert(errors[1]:gsub("%.0", "") == "lost at 7" and not errors[2] and kept, errors[1])

        -- Without `after` nobody asks any more.
        for _, task in ipairs(neap.tasks()) do task:cancel() end
        loop()
        neap.use { now = now }
        local before = asked
        neap.spawn(print)
        assert(asked == before and #calls == 0)
        neap.close()
        "##,
        ]
        .concat(),
    );
}

#[test]
fn a_host_with_timers_and_a_sleep_may_wait_too() {
    host(
        &[
            TIMERS,
            r##"
        local log = {}
        neap.use {
          now = now, after = after,
          sleep = function(seconds) time = time + math.min(seconds, 0.25) end,
        }
        neap.spawn(function()
          for i = 1, 3 do
            neap.sleep(1)
            log[#log + 1] = i .. " at " .. time
          end
        end)
        neap.sleep(1.5)
        log[#log + 1] = "waited until " .. time
        loop()
        local told = table.concat(log, "; "):gsub("%.0", "")
        assert(told == "1 at 1; waited until 1.5; 2 at 2; 3 at 3", told)
        "##,
        ]
        .concat(),
    );
}

#[test]
fn the_seams_tell_and_arrange() {
    host(
        r##"
        local scheduler = require "neap.kernel.scheduler"
        local watchers = require "neap.kernel.watchers"
        neap.use(require "neap.hosts.virtual")
        local log, others = {}, 0
        local note = {}
        for _, what in ipairs { "made", "runs", "yields", "waits", "woken", "ended" } do
          note[what] = function(task, other, argument)
            local whom = other and " " .. (other.id or other:describe(task, argument)) or ""
            log[#log + 1] = task.id .. " " .. what .. whom
          end
        end
        local count = { runs = function() others = others + 1 end }
        watchers.add(note)
        watchers.add(count)
        neap.run(function()
          local channel = neap.channel()
          neap.spawn(function()
            neap.pcall(neap.sleep, 1)
            channel:send("value")
          end)
          channel:wait()
          neap.yield()
        end)
        watchers.remove(note)
        neap.run(neap.yield)
        watchers.remove(count)
        neap.run(neap.yield)
        local told = table.concat(log, "; ")
        assert(told == "1 made; 1 runs; 2 made 1; "
          .. "1 waits a value from channel (capacity 0, empty); "
          .. "2 runs; 2 waits a deadline; 2 woken; 2 runs; 1 woken 2; 2 ended; "
          .. "1 runs; 1 yields; 1 woken 1; 1 runs; 1 ended", told)
        assert(others == 7, others)

        local order = {}
        local function note(name)
          for round = 1, 2 do
            order[#order + 1] = name .. round
            neap.yield()
          end
        end
        scheduler.set_order(function(tasks, count)
          for i = 1, (count - count % 2) / 2 do
            tasks[i], tasks[count + 1 - i] = tasks[count + 1 - i], tasks[i]
          end
        end)
        for _, name in ipairs { "a", "b", "c" } do neap.spawn(note, name) end
        neap.sleep(1)
        scheduler.set_order(nil)
        assert(table.concat(order, " ") == "c1 b1 a1 a2 b2 c2", table.concat(order, " "))
        "##,
    );
}

#[test]
fn a_trace_knows_the_host() {
    host(
        r##"
        local trace, events = require "neap.trace", {}
        local function note(text) events[#events + 1] = text end
        local function count(pattern) return select(2, table.concat(events):gsub(pattern, "")) end
        local time = 0
        neap.use { now = function() return time end }
        local recording = trace.start { json = note }
        neap.spawn(function() for _ = 1, 3 do neap.yield() end end)
        while neap.step() do time = time + 1 end
        recording:stop()
        -- What is between two frames is nobody's run.
        local runs = count '"name":"run","pid":1,"tid":1,"dur":0.000,"ts":[0-3]'
        assert(runs == 4, table.concat(events))

        -- The host thread's own wait is in its lane, around the sleeps, and ends with an arrow.
        events = {}
        neap.use { now = function() return time end, sleep = function(s) time = time + s end }
        recording = trace.start { json = note }
        local task = neap.spawn(function() neap.sleep(2) end)
        task:wait()
        recording:stop()
        assert(count '"cat":"wait","pid":1,"tid":0,"dur":2000000.000,"ts":0.000' == 1)
        assert(count '"name":"sleep","pid":1,"tid":0,"dur":2000000.000,"ts":0.000' == 1)
        assert(count '"ph":"f"[^\n]*"name":"wake"[^\n]*"tid":0,"ts":2000000.000' == 1)
        -- One that is ended by an error of the host's leaves no run open.
        events = {}
        neap.use { now = function() return time end, sleep = function() error("no sleep", 0) end }
        recording = trace.start { json = note }
        assert(not pcall(neap.run, function() neap.sleep(1) end))
        recording:stop()
        assert(count '"cat":"wait","pid":1,"tid":3' == 1, table.concat(events))
        "##,
    );
}

#[test]
fn a_stepped_host_hears_of_failures_within_a_second() {
    host(
        r##"
        local time, reports = 0, {}
        neap.use { now = function() return time end }
        neap.on_error(function(err) reports[#reports + 1] = ("%s at %g"):format(err, time) end)
        neap.spawn(function() while true do neap.sleep(0.25) end end)
        local kept = neap.spawn(error, "kept", 0)
        neap.spawn(error, "dropped", 0)
        local seen = neap.spawn(error, "seen", 0)
        neap.spawn(function() pcall(seen.wait, seen) end)
        local future = neap.future()
        for frame = 1, 8 do
          if frame == 4 then future:reject("rejected") end
          neap.step()
          time = time + 0.25
        end
        local told = table.concat(reports, ", ")
        assert(told == "kept at 1, dropped at 1, rejected at 1.75", told)
        assert(select(2, pcall(kept.wait, kept)) == "kept")
        "##,
    );
}

#[test]
fn close_ends_everything_in_time() {
    host(
        r##"
        local time, log, reports = 0, {}, {}
        local function now() return time end
        neap.use { now = now, sleep = function(seconds) time = time + seconds end }
        neap.on_error(function(err) reports[#reports + 1] = err end)
        local function program(cleaning)
          neap.finally(function() neap.sleep(cleaning) log[#log + 1] = cleaning end)
          neap.sleep(1000)
        end
        neap.spawn(program, 0.5)
        neap.spawn(error, "failed", 0)
        neap.yield()
        assert(neap.close() == true and #neap.tasks() == 0 and log[1] == 0.5)
        assert(reports[1] == "failed")
        assert(time == 0.5, time)

        neap.spawn(program, 3)
        neap.spawn(program, 60)
        neap.spawn(function()
          neap.finally(neap.spawn, function() neap.sleep(1000) end)
          neap.sleep(1000)
        end)
        neap.yield()
        assert(neap.close("5s") == false and #neap.tasks() == 0 and log[2] == 3 and not log[3])
        assert(reports[2] == "a finalizer was not done in time", reports[2])
        assert(time == 3.5, time)
        assert(neap.close() == true)
        assert(not pcall(neap.run, neap.close))
        assert(select(2, pcall(neap.close, "soon")):find("bad argument #1 to 'close'", 1, true))

        -- A host without a sleep: what is ready runs, what would have to sleep is given up.
        neap.use { now = now }
        neap.spawn(program, 0)
        neap.spawn(program, 1)
        neap.step()
        neap.step()
        assert(neap.close() == false and #neap.tasks() == 0)
        "##,
    );
}

#[test]
fn a_deadlock_in_a_coroutine_leaves_the_loop() {
    host(
        r##"
        neap.use(require "neap.hosts.virtual")
        local thread = coroutine.create(function()
          local ok, err = pcall(neap.run, function() neap.future():wait() end)
          assert(not ok and err:find("deadlock", 1, true), err)
          coroutine.yield()
        end)
        assert(coroutine.resume(thread))
        assert(neap.run(function() return "fine" end) == "fine")
        "##,
    );
}
