//! Lua tasks that fetch by HTTP, `examples/tokio.rs`. The server runs on the same thread: were it
//! ever blocked, nobody would answer.

#[path = "examples/tokio.rs"]
mod example;
#[path = "common/limit.rs"]
mod limit;

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::rc::Rc;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use limit::within_the_limit;
use mlua::{FromLuaMulti, Lua};
use tokio::task::LocalSet;
use tokio::time::sleep;

/// What a run took, beside its results.
struct Took {
    /// The turns of another task, which takes one each millisecond.
    turns: u32,
    polls: u32,
}

/// A Lua with `fetch`, and a server that answers so many requests at once.
async fn lua_with_server(crowd: usize) -> mlua::Result<Lua> {
    let lua = Lua::new();
    example::install(&lua)?;
    lua.globals().set("server", example::serve(crowd).await?)?;
    let under_way = lua.create_function(|_, ()| Ok(example::UNDER_WAY.load(SeqCst)))?;
    lua.globals().set("under_way", under_way)?;
    lua.load("neap = require 'neap'").exec()?;
    Ok(lua)
}

/// Runs a script beside such a server and another task, all on one thread.
#[tokio::main(flavor = "current_thread")]
async fn run_on_one_thread<R: FromLuaMulti + 'static>(
    crowd: usize,
    script: &str,
) -> mlua::Result<(R, Took)> {
    let lua = lua_with_server(crowd).await?;
    let count = Rc::new(Cell::new(0));
    let counted = count.clone();
    let local = LocalSet::new();
    local.spawn_local(async move {
        loop {
            sleep(Duration::from_millis(1)).await;
            counted.update(|count| count + 1);
        }
    });
    let polls = Rc::new(Cell::new(0));
    let told = polls.clone();
    lua.globals().set("polls", lua.create_function(move |_, ()| Ok(told.get()))?)?;
    let mut run = Box::pin(neap::run_async(&lua, lua.load(script), ()));
    let counted = polls.clone();
    let polled = poll_fn(move |context| {
        counted.update(|polls| polls + 1);
        run.as_mut().poll(context)
    });
    // A task of its own: else it would be polled with the other one.
    let task = local.spawn_local(polled);
    let results = local.run_until(task).await.map_err(mlua::Error::external)??;
    Ok((results, Took { turns: count.get(), polls: polls.get() }))
}

/// One at a time: they count the server's requests.
fn run<R>(crowd: usize, script: &'static str) -> Result<(R, Took), String>
where
    R: FromLuaMulti + Send + 'static,
{
    static TURN: Mutex<()> = Mutex::new(());
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    within_the_limit(move || run_on_one_thread(crowd, script).map_err(|error| error.to_string()))
}

#[test]
fn the_example_runs() {
    within_the_limit(|| example::main().expect("it fails nowhere"));
}

/// A thousand requests take two thousand sockets; many systems allow fewer unless asked.
#[allow(unsafe_code)]
fn allow_many_sockets() {
    #[cfg(unix)]
    // SAFETY: the structure is the system's, and is filled in before it is read.
    unsafe {
        let mut limit = std::mem::zeroed();
        assert_eq!(libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit), 0);
        limit.rlim_cur = limit.rlim_max.min(10_000);
        assert_eq!(libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit), 0);
    }
}

#[test]
fn a_thousand_requests_are_in_flight_at_once() -> Result<(), String> {
    allow_many_sockets();
    let (count, took): (usize, Took) = run(
        1000,
        r#"
        local tasks = {}
        for i = 1, 1000 do tasks[i] = neap.spawn(fetch, server .. "/tide/" .. i) end
        for i, text in ipairs(neap.all(tasks)) do assert(text == "high water at " .. i, text) end
        return #tasks
        "#,
    )?;
    println!("1,000 requests at once took {} polls of the run", took.polls);
    assert_eq!(count, 1000);
    Ok(())
}

#[test]
fn a_thousand_requests_end_by_timeout_cancel_and_error() -> Result<(), String> {
    allow_many_sockets();
    let (text, took): (String, Took) = run(
        10_000,
        r#"
        local tasks, counts = {}, {}
        for i = 1, 1000 do
          tasks[i] = neap.spawn(function()
            if i % 3 == 0 then return neap.timeout("2s", fetch, server .. "/tide/" .. i) end
            if i % 3 == 1 then return fetch(server .. "/moon") end
            return fetch(server .. "/tide/" .. i)
          end)
        end
        neap.spawn(function()
          -- 333 are to time out, and 333 wait for ever.
          for _ = 1, 1000 do
            if under_way() == 666 then break end
            neap.sleep("1ms")
          end
          for i = 2, 1000, 3 do assert(tasks[i]:cancel()) end
        end)
        for _, outcome in ipairs(neap.settle(tasks)) do
          local err = tostring(outcome.error)
          err = err:match("timeout") or err:match("404") or err:match("^cancelled$") or "other"
          counts[err] = (counts[err] or 0) + 1
        end
        local text = "404: " .. counts["404"] .. ", cancelled: " .. counts.cancelled
          .. ", timeout: " .. counts.timeout
        while under_way() > 0 do neap.sleep("1ms") end
        return text .. ", none left at the server"
        "#,
    )?;
    println!("{text}; {} polls of the run", took.polls);
    assert_eq!(text, "404: 334, cancelled: 333, timeout: 333, none left at the server");
    Ok(())
}

#[test]
fn nothing_is_polled_while_a_hundred_requests_wait() -> Result<(), String> {
    let (polls, _): (u32, Took) = run(
        1000,
        r#"
        for i = 1, 100 do neap.spawn(fetch, server .. "/tide/" .. i) end
        while under_way() < 100 do neap.sleep("1ms") end
        neap.sleep("10ms")
        local before = polls()
        neap.sleep("500ms")
        local count = polls() - before
        for _, task in ipairs(neap.tasks()) do if task ~= neap.current() then task:cancel() end end
        return count
        "#,
    )?;
    println!("{polls} polls of the run in the 500 ms for which 100 requests waited");
    assert!(polls <= 3, "{polls}");
    Ok(())
}

#[test]
fn sleeping_tasks_leave_the_thread_to_others() -> Result<(), String> {
    let (_, took): ((), Took) = run(1, "neap.sleep('300ms')")?;
    println!("another task had {} turns in the 300 ms that Lua slept", took.turns);
    assert!(took.turns > 30 && took.polls < 6, "{}, {}", took.turns, took.polls);
    Ok(())
}

#[test]
fn busy_tasks_let_others_have_their_turn() -> Result<(), String> {
    let (turns, took): (u32, Took) = run(
        1,
        r#"
        local is_over, turns = false, 0
        local busy = neap.spawn(function()
          while not is_over do turns = turns + 1 neap.yield() end
        end)
        for i = 1, 100 do fetch(server .. "/tide/" .. i) end
        is_over = true
        busy:wait()
        return turns
        "#,
    )?;
    let count = took.turns;
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
          if fetch(server .. "/tide/" .. i) == "high water at " .. i then count = count + 1 end
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
          local ok, err = neap.pcall(fetch, url)
          assert(not ok)
          return tostring(err)
        end
        return failure(server .. "/moon"), failure("http://127.0.0.1:1/"), failure("no address")
        "#,
    )?;
    assert!(missing.contains("/moon: 404 Not Found"), "{missing}");
    assert!(refused.contains("http://127.0.0.1:1/: "), "{refused}");
    assert!(wrong.contains("no address: "), "{wrong}");

    let error = run::<()>(1, "fetch(server .. '/moon')").err().unwrap();
    assert!(error.contains("/moon: 404 Not Found"), "{error}");
    Ok(())
}
