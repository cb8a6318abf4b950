//! Worker threads that answer tasks, `examples/threads.rs`, under load and at its edges.

#[path = "common/limit.rs"]
mod limit;
#[path = "examples/threads.rs"]
mod threads;

use std::panic::resume_unwind;
use std::sync::{Barrier, LazyLock};
use std::thread;
use std::time::{Duration, Instant};

use limit::within_the_limit;
use mlua::{FromLuaMulti, Lua};

type Answer = Result<String, String>;

static START: LazyLock<Instant> = LazyLock::new(Instant::now);

/// Runs a script on eight threads that do `job`, and gives what it returns.
fn run<R>(job: fn(String) -> Answer, script: &str) -> Result<R, String>
where
    R: FromLuaMulti + Send + 'static,
{
    let script = format!("local neap = require 'neap' {script}");
    let run = move || -> mlua::Result<R> {
        let lua = Lua::new();
        threads::install(&lua, 8, job)?;
        let now = lua.create_function(|_, ()| Ok(START.elapsed().as_secs_f64()))?;
        lua.globals().set("now", now)?;
        neap::run(&lua, lua.load(script).set_name("=script"), ())
    };
    within_the_limit(|| run().map_err(|error| error.to_string()))
}

fn echo(text: String) -> Answer {
    Ok(text)
}

/// Blocks for so many milliseconds, and tells when that was over.
fn nap(milliseconds: String) -> Answer {
    thread::sleep(Duration::from_millis(milliseconds.parse().expect("a number")));
    Ok(START.elapsed().as_secs_f64().to_string())
}

#[test]
fn the_example_runs() {
    within_the_limit(|| threads::main().expect("it fails nowhere"));
}

#[test]
fn a_thousand_jobs_block_eight_at_a_time() -> Result<(), String> {
    fn meet_seven_others(text: String) -> Answer {
        static EIGHT: Barrier = Barrier::new(8);
        EIGHT.wait();
        nap("2".to_owned()).map(|_| text)
    }
    let (turns, seconds): (u32, f64) = run(
        meet_seven_others,
        r#"
        local started, answered, turns = now(), 0, 0
        for i = 1, 1000 do
          neap.spawn(function()
            assert(tonumber((start(i):wait())) == i)
            answered = answered + 1
          end)
        end
        repeat
          neap.sleep("1ms")
          turns = turns + 1
        until answered == 1000
        return turns, now() - started
        "#,
    )?;
    println!("1,000 jobs of 2 ms took {seconds:.3} s; another task had {turns} turns meanwhile");
    assert!(turns > 10);
    Ok(())
}

#[test]
fn an_answer_ends_a_long_sleep_at_once() -> Result<(), String> {
    let (median, most): (f64, f64) = run(
        nap,
        r#"
        local sleeper, times = neap.spawn(neap.sleep, "10s"), {}
        for i = 1, 101 do
          local over = tonumber((start(2):wait()))
          times[i] = (now() - over) * 1e3
        end
        sleeper:cancel()
        table.sort(times)
        return times[51], times[101]
        "#,
    )?;
    println!("an answer ended a sleep of 10 s in {median:.3} ms, the median; at most {most:.3} ms");
    assert!(median < 100.0, "{median}");
    Ok(())
}

#[test]
fn no_answer_is_lost_in_a_hundred_thousand_rounds() -> Result<(), String> {
    let seconds: f64 = run(
        echo,
        r#"
        local started, rounds = now(), 0
        for _ = 1, 4 do
          neap.spawn(function()
            for i = 1, 25000 do
              -- Answers come while tasks are ready, and while none is.
              local future = start(i)
              if i % 4 == 0 then neap.yield() end
              assert(tonumber((future:wait())) == i)
              rounds = rounds + 1
            end
          end)
        end
        repeat neap.sleep("10ms") until rounds == 100000
        return now() - started
        "#,
    )?;
    println!("100,000 rounds took {seconds:.3} s");
    Ok(())
}

#[test]
fn no_deadlock_is_reported_before_the_last_answer_and_then_it_is() {
    let report = run::<()>(
        nap,
        r#"
        for i = 1, 3 do
          neap.spawn(function()
            start(20 * i):wait()
            neap.current():name(i .. " answered")
            if i == 3 then neap.future():wait() end
          end)
        end
        neap.future():wait()
        "#,
    );
    let report = report.unwrap_err();
    assert!(report.contains("deadlock: 2 tasks wait and nothing can wake them"), "{report}");
    assert!(report.contains("3 answered"), "{report}");
}

#[test]
fn an_answer_for_a_cancelled_task_is_dropped() -> Result<(), String> {
    let (ok, err, is_answered): (bool, String, bool) = run(
        nap,
        r#"
        local ok, err = neap.pcall(neap.timeout, "5ms", function() return start(50):wait() end)
        return ok, err, start(60):wait() ~= nil
        "#,
    )?;
    assert!(!ok && err == "timeout" && is_answered, "{err}");
    Ok(())
}

#[test]
fn a_job_that_fails_or_panics_is_an_answer_too() -> Result<(), String> {
    fn fail(text: String) -> Answer {
        if text == "panic" {
            resume_unwind(Box::new("without a word on standard error"));
        }
        Err(format!("no {text}"))
    }
    let script = r#"
        local panicked = start("panic")
        return select(2, start("tide"):wait()), select(2, neap.pcall(panicked.wait, panicked))
    "#;
    let (failed, panicked): (String, String) = run(fail, script)?;
    assert_eq!([&failed[..], &panicked], ["no tide", "the sender is gone"]);
    Ok(())
}
