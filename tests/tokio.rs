//! Lua tasks on an async executor, `examples/tokio.rs`. The server runs on the same thread: were it
//! ever blocked, nobody would answer.

#[path = "examples/tokio.rs"]
mod example;
#[path = "common/limit.rs"]
mod limit;

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use limit::within_a_minute;
use mlua::{FromLuaMulti, Lua};
use tokio::sync::Notify;
use tokio::task::LocalSet;
use tokio::time::sleep;

/// A Lua with `fetch` and a server that answers so many requests at once.
async fn lua_with_server(crowd: usize) -> mlua::Result<(Lua, Rc<Notify>)> {
    let (lua, answered) = (Lua::new(), Rc::new(Notify::new()));
    example::install(&lua, answered.clone())?;
    lua.globals().set("server", example::serve(crowd).await?)?;
    lua.load("neap = require 'neap'").exec()?;
    Ok((lua, answered))
}

/// Runs a script beside such a server and a task that takes a turn each millisecond, all on one
/// thread; gives what the script returns, and the turns.
#[tokio::main(flavor = "current_thread")]
async fn run_on_one_thread<R: FromLuaMulti>(crowd: usize, script: &str) -> mlua::Result<(R, u32)> {
    let (lua, answered) = lua_with_server(crowd).await?;
    let count = Rc::new(Cell::new(0));
    let counted = count.clone();
    let local = LocalSet::new();
    local.spawn_local(async move {
        loop {
            sleep(Duration::from_millis(1)).await;
            counted.update(|count| count + 1);
        }
    });
    let results = local.run_until(example::run(&lua, &answered, script)).await?;
    Ok((R::from_lua_multi(results, &lua)?, count.get()))
}

fn run<R>(crowd: usize, script: &'static str) -> Result<(R, u32), String>
where
    R: FromLuaMulti + Send + 'static,
{
    within_a_minute(move || run_on_one_thread(crowd, script).map_err(|error| error.to_string()))
}

#[test]
fn the_example_runs() {
    within_a_minute(|| example::main().expect("it fails nowhere"));
}

#[test]
fn a_hundred_requests_are_in_flight_at_once() -> Result<(), String> {
    let (count, _): (usize, _) = run(
        100,
        r#"
        local tasks = {}
        for i = 1, 100 do
          tasks[i] = neap.spawn(function() return fetch(server .. "/tide/" .. i):wait() end)
        end
        for i, text in ipairs(neap.all(tasks)) do assert(text == "high water at " .. i, text) end
        return #tasks
        "#,
    )?;
    assert_eq!(count, 100);
    Ok(())
}

#[test]
fn sleeping_tasks_leave_the_thread_to_others() -> Result<(), String> {
    let (_, count): ((), _) = run(1, "neap.sleep('300ms')")?;
    println!("another task had {count} turns in the 300 ms that Lua slept");
    assert!(count > 30, "{count}");
    Ok(())
}

#[test]
fn busy_tasks_let_others_have_their_turn() -> Result<(), String> {
    let (turns, count): (u32, _) = run(
        1,
        r#"
        local is_over, turns = false, 0
        local busy = neap.spawn(function()
          while not is_over do turns = turns + 1 neap.yield() end
        end)
        for i = 1, 100 do fetch(server .. "/tide/" .. i):wait() end
        is_over = true
        busy:wait()
        return turns
        "#,
    )?;
    println!("100 requests took {turns} ticks of a busy task; another task had {count} turns");
    assert!(turns > 100 && count > 0, "{turns}, {count}");
    Ok(())
}

#[test]
fn no_answer_is_lost_in_a_thousand_requests() -> Result<(), String> {
    let (count, _): (u32, _) = run(
        1,
        r#"
        local count = 0
        for i = 1, 1000 do
          if fetch(server .. "/tide/" .. i):wait() == "high water at " .. i then count = count + 1 end
        end
        return count
        "#,
    )?;
    assert_eq!(count, 1000);
    Ok(())
}

#[test]
fn a_failed_request_is_an_error_in_lua() -> Result<(), String> {
    let ((missing, refused, wrong), _): ((String, String, String), _) = run(
        1,
        r#"
        local function failure(url)
          local ok, err = neap.pcall(neap.await, fetch(url))
          assert(not ok)
          return err
        end
        return failure(server .. "/moon"), failure("http://127.0.0.1:1/"), failure("no address")
        "#,
    )?;
    assert!(missing.ends_with("/moon: 404 Not Found"), "{missing}");
    assert!(refused.starts_with("http://127.0.0.1:1/: "), "{refused}");
    assert!(wrong.starts_with("no address: "), "{wrong}");

    let error = run::<()>(1, "fetch(server .. '/moon'):wait()").unwrap_err();
    assert!(error.contains("/moon: 404 Not Found"), "{error}");
    Ok(())
}

#[test]
fn an_answer_for_a_cancelled_task_is_dropped() -> Result<(), String> {
    let ((ok, err, text), _): ((bool, String, String), _) = run(
        2,
        r#"
        local first = fetch(server .. "/tide/Brest")
        local ok, err = neap.pcall(neap.timeout, "20ms", first.wait, first)
        -- The second is the one that the first waits for: both are answered.
        return ok, err, fetch(server .. "/tide/Dover"):wait()
        "#,
    )?;
    assert!(!ok && err == "timeout" && text == "high water at Dover", "{err}, {text}");
    // The last run's request is given up with its run.
    run::<()>(2, "fetch(server .. '/tide/Brest')")?;
    Ok(())
}

#[test]
fn a_step_says_when_only_an_answer_can_wake_a_task() {
    #[tokio::main(flavor = "current_thread")]
    async fn run() -> mlua::Result<()> {
        let (lua, answered) = lua_with_server(1).await?;
        let steps = async {
            assert_eq!(neap::step(&lua)?, None);
            let script = "neap.spawn(function() fetch(server .. '/tide/Vigo'):wait() end)";
            lua.load(script).exec()?;
            assert_eq!(neap::step(&lua)?, Some(Duration::MAX));
            answered.notified().await;
            assert_eq!(neap::step(&lua)?, None);
            Ok(())
        };
        LocalSet::new().run_until(steps).await
    }
    within_a_minute(|| run().expect("it fails nowhere"));
}
