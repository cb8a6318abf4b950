//! Lua tasks in an executor of Rust's: mlua's async functions as waits, and tasks as futures.

#[path = "common/limit.rs"]
mod limit;

use std::cell::{Cell, RefCell};
use std::future::{Future, pending, poll_fn};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::Duration;

use limit::within_the_limit;
use mlua::{Error, FromLuaMulti, Lua, Result, Table};
use tokio::sync::oneshot;
use tokio::task::LocalSet;
use tokio::time::sleep;

/// Blocks on a future on tokio, where local tasks can be spawned.
fn block_on<F: Future>(future: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    LocalSet::new().block_on(&runtime, future)
}

/// How often futures were polled, made, and dropped before they were ready.
#[derive(Clone, Default)]
struct Counts {
    polls: Rc<Cell<usize>>,
    alive: Rc<Cell<usize>>,
}

/// Counts the polls of a future.
struct Counted<F> {
    future: Pin<Box<F>>,
    counts: Counts,
}

impl<F: Future> Future for Counted<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        self.counts.polls.update(|polls| polls + 1);
        self.future.as_mut().poll(context)
    }
}

impl<F> Drop for Counted<F> {
    fn drop(&mut self) {
        self.counts.alive.update(|alive| alive - 1);
    }
}

impl Counts {
    fn count<F>(&self, future: F) -> Counted<F> {
        self.alive.update(|alive| alive + 1);
        Counted { future: Box::pin(future), counts: self.clone() }
    }
}

/// A Lua with `neap`, and with async functions: `nap(milliseconds, value)` gives the value, `fail`
/// an error, `never` nothing.
fn lua_with_functions() -> Result<(Lua, Counts)> {
    let (lua, counts) = (Lua::new(), Counts::default());
    neap::install_async(&lua, neap::Tokio)?;
    lua.load("neap = require 'neap'").exec()?;
    let counted = counts.clone();
    let nap = lua.create_async_function(move |_, (time, value): (u64, mlua::Value)| {
        counted.count(async move {
            sleep(Duration::from_millis(time)).await;
            Ok(value)
        })
    })?;
    lua.globals().set("nap", nap)?;
    let fail = lua.create_async_function(async |_, text: String| {
        sleep(Duration::from_millis(1)).await;
        Err::<(), _>(Error::runtime(text))
    })?;
    lua.globals().set("fail", fail)?;
    let counted = counts.clone();
    let never = lua.create_async_function(move |_, ()| counted.count(pending::<Result<()>>()))?;
    lua.globals().set("never", never)?;
    Ok((lua, counts))
}

/// Runs a script in such a Lua.
fn run<R: FromLuaMulti>(script: &str) -> Result<R> {
    let (lua, _) = lua_with_functions()?;
    block_on(neap::run_async(&lua, lua.load(script), ()))
}

#[test]
fn tasks_wait_for_async_functions_at_the_same_time() {
    let (sum, took): (u32, f64) = run(r#"
        local tasks, clock = {}, require "neap.kernel.clock".now
        local start = clock()
        for i = 1, 100 do tasks[i] = neap.spawn(nap, 20, i) end
        local sum = 0
        for _, value in ipairs(neap.all(tasks)) do sum = sum + value end
        return sum, clock() - start
    "#)
    .unwrap();
    assert_eq!(sum, 5050);
    assert!(took < 1.0, "{took}");
}

#[test]
fn a_task_mixes_all_kinds_of_waits() {
    let text: String = run(r#"
        local channel, list = neap.channel(), {}
        local other = neap.spawn(function()
          for i = 1, 3 do channel:send(nap(2, i)) end
          neap.sleep("2ms")
          channel:close()
          return nap(1, "over")
        end)
        channel:each(function(value) list[#list + 1] = value + nap(1, 10) end)
        neap.yield()
        return table.concat(list, " ") .. " " .. other:wait()
    "#)
    .unwrap();
    assert_eq!(text, "11 12 13 over");
}

#[test]
fn async_functions_can_be_waited_for_in_a_pcall() {
    let (ok, err, value): (bool, Error, u32) = run(r#"
        local ok, err = neap.pcall(function() return fail("no tide") end)
        local _, value = neap.pcall(neap.pcall, nap, 1, 7)
        return ok, err, select(2, neap.pcall(function() return nap(1, 7) end))
    "#)
    .unwrap();
    assert!(!ok && err.to_string().contains("no tide"), "{err}");
    assert_eq!(value, 7);
}

#[test]
fn an_error_of_an_async_function_is_the_tasks() {
    let error = run::<()>("neap.spawn(fail, 'no tide'):wait()").unwrap_err();
    assert!(error.to_string().contains("no tide"), "{error}");
}

#[test]
fn a_cancelled_task_drops_the_future_at_once() {
    let (lua, counts) = lua_with_functions().unwrap();
    let counted = counts.clone();
    let alive = lua.create_function(move |_, ()| Ok(counted.alive.get())).unwrap();
    lua.globals().set("alive", alive).unwrap();
    let script = r#"
        local in_pcall = neap.spawn(neap.pcall, never)
        local plain = neap.spawn(function() never() went_on = true end)
        local own = task.spawn(never)
        neap.yield()
        assert(alive() == 3)
        assert(plain:cancel() and alive() == 2)
        assert(in_pcall:cancel() and alive() == 1)
        assert(task.cancel(own) and alive() == 0)
        local ok, err = neap.pcall(neap.timeout, "5ms", never)
        assert(not ok and err == "timeout" and alive() == 0)
        local index, why = neap.select({ neap.spawn(never) }, "5ms")
        assert(not index and why == "timeout" and alive() == 1)
        for _, task in ipairs(neap.tasks()) do if task ~= neap.current() then task:cancel() end end
        assert(alive() == 0)

        -- It has gone on with something else, and there is nothing to drop.
        local further = neap.spawn(function() nap(1) neap.sleep("1h") end)
        neap.sleep("10ms")
        assert(alive() == 0 and further:cancel())
        neap.sleep("1ms")
        assert(not went_on)
    "#;
    lua.load("task = require 'task'").exec().unwrap();
    block_on(neap::run_async::<()>(&lua, lua.load(script), ())).unwrap();
}

#[test]
fn a_future_is_polled_as_often_as_it_is_woken() {
    const TASKS: usize = 1000;
    let (lua, counts) = (Lua::new(), Counts::default());
    neap::install_async(&lua, neap::Tokio).unwrap();
    let senders = Rc::new(RefCell::new(Vec::new()));
    let (kept, counted) = (senders.clone(), counts.clone());
    let answer = lua.create_async_function(move |_, ()| {
        let (sender, receiver) = oneshot::channel::<usize>();
        kept.borrow_mut().push(sender);
        counted.count(async move { receiver.await.map_err(Error::external) })
    });
    lua.globals().set("answer", answer.unwrap()).unwrap();
    let script = r#"
        local neap, tasks, sum = require "neap", {}, 0
        for i = 1, 1000 do tasks[i] = neap.spawn(answer) end
        for _, value in ipairs(neap.all(tasks)) do sum = sum + value end
        return sum
    "#;
    let sum = block_on(async {
        let run = tokio::task::spawn_local(neap::run_async::<usize>(&lua, lua.load(script), ()));
        while counts.polls.get() < 2 * TASKS {
            tokio::task::yield_now().await;
        }
        sleep(Duration::from_millis(20)).await;
        println!("{} polls until all of {TASKS} wait", counts.polls.get());
        assert_eq!(counts.polls.get(), 2 * TASKS, "once in its tick, and once with its own waker");
        for (i, sender) in senders.take().into_iter().enumerate() {
            sender.send(i).unwrap();
            // One by one, each wakes its own task alone.
            if i % 10 == 0 {
                sleep(Duration::from_millis(1)).await;
            }
        }
        run.await.unwrap().unwrap()
    });
    println!("{} polls in all, of {TASKS} futures, each woken once", counts.polls.get());
    assert_eq!((sum, counts.polls.get()), (TASKS * (TASKS - 1) / 2, 3 * TASKS));
}

#[test]
fn nothing_is_polled_while_all_wait() {
    let (lua, counts) = lua_with_functions().unwrap();
    let polls = block_on(async {
        let script = lua.load("neap.spawn(never) neap.sleep('300ms')");
        let mut run = pin!(neap::run_async::<()>(&lua, script, ()));
        let mut polls = 0;
        poll_fn(|context| {
            polls += 1;
            run.as_mut().poll(context)
        })
        .await
        .unwrap();
        polls
    });
    println!("{polls} polls of the run and {} of a future, in 300 ms", counts.polls.get());
    assert!(polls <= 6 && counts.polls.get() == 2, "{polls}");
}

#[test]
fn many_runs_share_a_lua() {
    let (lua, _) = lua_with_functions().unwrap();
    let results = block_on(async {
        let script = r#"
            local number = ...
            neap.sleep(number % 7 / 1000)
            return nap(number % 5, number), neap.spawn(nap, 1, number):wait()
        "#;
        let runs = (0..1000_u32).map(|number| {
            tokio::task::spawn_local(neap::run_async::<(u32, u32)>(&lua, lua.load(script), number))
        });
        let runs: Vec<_> = runs.collect();
        let mut results = Vec::new();
        for run in runs {
            results.push(run.await.unwrap().unwrap());
        }
        results
    });
    for (number, result) in (0..).zip(results) {
        assert_eq!(result, (number, number));
    }
}

#[test]
fn a_run_that_is_not_polled_holds_up_no_other_for_long() {
    let (lua, _) = lua_with_functions().unwrap();
    block_on(async {
        let channel = neap::Channel::<u32>::new(&lua, 0).unwrap();
        let sender = channel.sender().unwrap();
        let script = "local channel = ... return channel:recv() + channel:recv()";
        let other =
            tokio::task::spawn_local(neap::run_async::<u32>(&lua, lua.load(script), &channel));
        // It is polled last, and then no more.
        let mut held = Box::pin(neap::run_async::<()>(&lua, lua.load("neap.future():wait()"), ()));
        tokio::task::yield_now().await;
        let waker = Waker::from(Arc::new(Nobody));
        assert!(held.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
        sender.send(3).unwrap();
        sender.send(4).unwrap();
        assert_eq!(other.await.unwrap().unwrap(), 7);
        drop(held);
    });
}

/// A clock that has run for long, and a sleep that never ends.
struct Late;

impl neap::Timer for Late {
    fn sleep(&self, _: Duration) -> neap::Sleep {
        Box::pin(pending())
    }

    fn now(&self) -> Duration {
        Duration::from_secs(1 << 31)
    }
}

#[test]
fn a_deadline_may_lie_beyond_the_longest_duration() {
    let lua = Lua::new();
    neap::install_async(&lua, Late).unwrap();
    let script = lua.load("require('neap').sleep(2 ^ 64 - 4096)");
    let mut run = pin!(neap::run_async::<()>(&lua, script, ()));
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..3 {
        assert!(run.as_mut().poll(&mut context).is_pending());
    }
}

/// Wakes nobody.
struct Nobody;

impl Wake for Nobody {
    fn wake(self: Arc<Self>) {}
}

#[test]
fn several_luas_run_on_one_thread() {
    let (one, two) = (lua_with_functions().unwrap().0, lua_with_functions().unwrap().0);
    let sums = block_on(async {
        let script = "local sum = 0 for i = 1, 10 do sum = sum + nap(1, i) end return sum";
        let run = |lua: &Lua| neap::run_async::<u32>(lua, lua.load(script), ());
        tokio::try_join!(run(&one), run(&two), run(&one))
    });
    assert_eq!(sums.unwrap(), (55, 55, 55));
}

#[test]
fn a_run_that_is_dropped_cancels_its_task() {
    let (lua, counts) = lua_with_functions().unwrap();
    block_on(async {
        let script = "neap.finally(function() neap.sleep('2ms') cleaned = true end) never()";
        let run = neap::run_async::<()>(&lua, lua.load(script), ());
        assert!(tokio::time::timeout(Duration::from_millis(10), run).await.is_err());
        assert_eq!(counts.alive.get(), 0, "the future is dropped with it");
        neap::finish(&lua).await.unwrap();
        assert!(lua.globals().get::<bool>("cleaned").unwrap());
    });
}

#[test]
fn what_other_rust_code_does_in_lua_wakes_the_run() {
    let (lua, _) = lua_with_functions().unwrap();
    let text = block_on(async {
        let script = "tide, callback = neap.future(), nil
            local got = neap.callback(function(resume) callback = resume end)
            return tide:wait() .. got";
        let run = tokio::task::spawn_local(neap::run_async::<String>(&lua, lua.load(script), ()));
        sleep(Duration::from_millis(5)).await;
        lua.load("callback('o')").exec().unwrap();
        sleep(Duration::from_millis(5)).await;
        lua.load("tide:resolve('ebb')").exec().unwrap();
        run.await.unwrap()
    });
    assert_eq!(text.unwrap(), "ebbo");
}

#[test]
fn a_wait_in_a_future_of_mluas_own_says_what_to_do() {
    let (lua, _) = lua_with_functions().unwrap();
    block_on(async {
        for script in ["neap.sleep(1)", "neap.future():wait()", "neap.yield()"] {
            let error = lua.load(script).exec_async().await.unwrap_err().to_string();
            assert!(error.contains("have neap::run_async run the function"), "{error}");
        }
        // Its own functions work there as ever, and so does what does not wait.
        let script = "neap.spawn(function() value = nap(1, 'spawned') end) return nap(1, 7)";
        assert_eq!(lua.load(script).eval_async::<u32>().await.unwrap(), 7);
        neap::finish(&lua).await.unwrap();
        assert_eq!(lua.globals().get::<String>("value").unwrap(), "spawned");
        // A coroutine of the user's is adopted, in a task and out of it.
        let script = "coroutine.wrap(function() neap.sleep('1ms') adopted = true end)()";
        lua.load(script).exec().unwrap();
        neap::run_async::<()>(&lua, lua.load(script), ()).await.unwrap();
        neap::finish(&lua).await.unwrap();
        assert!(lua.globals().get::<bool>("adopted").unwrap());
    });
}

#[test]
fn a_task_can_be_awaited_in_an_async_function() {
    let (lua, _) = lua_with_functions().unwrap();
    let twice = lua.create_async_function(async |lua: Lua, function: mlua::Function| {
        let first = neap::spawn::<u32>(&lua, &function, 1)?;
        let second = neap::spawn::<u32>(&lua, &function, 2)?;
        Ok(first.await? + second.await?)
    });
    lua.globals().set("twice", twice.unwrap()).unwrap();
    let script = r#"
        local sum = twice(function(n) neap.sleep("2ms") return nap(1, n) end)
        local never_ending = neap.spawn(twice, function() neap.sleep("1h") end)
        neap.sleep("5ms")
        never_ending:cancel()
        neap.sleep("1ms")
        return sum, #neap.tasks()
    "#;
    let run = neap::run_async::<(u32, u32)>(&lua, lua.load(script), ());
    assert_eq!(block_on(run).unwrap(), (3, 1), "the tasks of a dropped future are cancelled");
}

#[test]
fn a_task_can_be_awaited_twice() {
    let (lua, _) = lua_with_functions().unwrap();
    block_on(async {
        let mut task = neap::spawn::<u32>(&lua, lua.load("return 7"), ()).unwrap();
        let mut failing = neap::spawn::<u32>(&lua, lua.load("error('ebb', 0)"), ()).unwrap();
        for _ in 0..2 {
            assert_eq!((&mut task).await.unwrap(), 7);
            let error = (&mut failing).await.unwrap_err();
            assert_eq!(error.to_string(), "runtime error: ebb");
        }
    });
}

#[test]
fn the_failure_of_a_task_is_told_once() {
    let (lua, _) = lua_with_functions().unwrap();
    let script = "reports = {} neap.on_error(function(err) reports[#reports + 1] = err end)";
    lua.load(script).exec().unwrap();
    let fail = "nap(1) error('it broke', 0)";
    block_on(async {
        let reports = || lua.load("return table.concat(reports, ' ')").eval::<String>().unwrap();
        let task = neap::spawn::<()>(&lua, lua.load(fail), ()).unwrap();
        assert_eq!(task.await.unwrap_err().to_string(), "runtime error: it broke");
        let run = neap::run_async::<()>(&lua, lua.load("error({ code = 7 })"), ());
        let error = run.await.unwrap_err();
        let raised: &neap::Raised = error.downcast_ref().unwrap();
        assert_eq!(raised.value::<Table>(&lua).unwrap().get::<u32>("code").unwrap(), 7);
        neap::finish(&lua).await.unwrap();
        assert_eq!(reports(), "", "whoever awaits it has been told");

        let task = neap::spawn::<()>(&lua, lua.load(fail), ()).unwrap();
        neap::finish(&lua).await.unwrap();
        assert!(task.is_done().unwrap() && !task.cancel().unwrap());
        assert_eq!(reports(), "");
        drop(task);
        assert_eq!(reports(), "it broke", "nobody has awaited it");

        neap::spawn::<()>(&lua, lua.load(fail), ()).unwrap().detach().unwrap();
        neap::finish(&lua).await.unwrap();
        assert_eq!(reports(), "it broke it broke", "it was let go");

        let task = neap::spawn::<()>(&lua, lua.load(fail), ()).unwrap();
        neap::finish(&lua).await.unwrap();
        task.detach().unwrap();
        assert_eq!(reports(), "it broke it broke it broke", "it was let go too late");
    });
}

#[test]
fn a_dropped_task_is_cancelled() {
    let (lua, _) = lua_with_functions().unwrap();
    let task = neap::spawn::<()>(&lua, lua.load("ran = true"), ()).unwrap();
    drop(task);
    block_on(neap::finish(&lua)).unwrap();
    assert!(lua.globals().get::<Option<bool>>("ran").unwrap().is_none());
}

#[test]
fn a_sender_wakes_an_executor_from_any_thread() {
    let (lua, _) = lua_with_functions().unwrap();
    let text = block_on(async {
        let tide = neap::Future::<String>::new(&lua).unwrap();
        let ships = neap::Channel::<u32>::new(&lua, 2).unwrap();
        let (answer, ship) = (tide.sender().unwrap(), ships.sender().unwrap());
        let script = r#"
            local tide, ships = ...
            local text, sum = tide:wait(), 0
            neap.sleep("5ms") -- the channel is full meanwhile
            local last = 0
            ships:each(function(ship) assert(ship == last + 1) last, sum = ship, sum + ship end)
            return text .. " " .. sum
        "#;
        let run = neap::run_async::<String>(&lua, lua.load(script), (&tide, &ships));
        let sends = thread::spawn(move || {
            thread::sleep(Duration::from_millis(5));
            answer.send("ebb".to_owned()).unwrap();
            (1..=100).for_each(|number| ship.send(number).unwrap());
        });
        let text = run.await.unwrap();
        sends.join().unwrap();
        text
    });
    assert_eq!(text, "ebb 5050");
}

#[test]
fn a_sender_whose_lua_is_gone_gives_the_value_back() {
    let (lua, _) = lua_with_functions().unwrap();
    let sender = neap::Channel::<u32>::new(&lua, 1).unwrap().sender().unwrap();
    drop(lua);
    assert_eq!(sender.send(7), Err(7));
}

#[test]
fn a_channel_that_lua_holds_does_not_hold_lua() {
    let (lua, _) = lua_with_functions().unwrap();
    let channel = neap::Channel::<u32>::new(&lua, 1).unwrap();
    let sender = channel.sender().unwrap();
    let send = lua.create_function(move |_, value| channel.try_send(value)).unwrap();
    lua.globals().set("send", send).unwrap();
    drop(lua);
    assert_eq!(sender.send(7), Err(7), "it is gone");
}

#[test]
fn a_future_whose_sender_is_gone_is_rejected() {
    let (lua, _) = lua_with_functions().unwrap();
    let tide = neap::Future::<u32>::new(&lua).unwrap();
    let sender = tide.sender().unwrap();
    let panicked = thread::spawn(move || {
        let _sender = sender;
        panic!("a test wants it");
    });
    assert!(panicked.join().is_err());
    let error = block_on(neap::run_async::<u32>(&lua, lua.load("return (...):wait()"), &tide));
    assert!(error.unwrap_err().to_string().contains("the sender is gone"));
}

#[test]
fn blocking_runs_wait_for_async_functions_and_senders_too() {
    fn run() -> (u32, u32) {
        let lua = Lua::new();
        neap::install(&lua).unwrap();
        let double = lua.create_async_function(async |_, number: u32| {
            let (sender, receiver) = oneshot::channel();
            thread::spawn(move || {
                thread::sleep(Duration::from_millis(5));
                sender.send(number * 2)
            });
            receiver.await.map_err(Error::external)
        });
        lua.globals().set("double", double.unwrap()).unwrap();
        let script = r#"
            local neap = require "neap"
            neap.spawn(function() while not is_over do neap.yield() end end)
            local ten = neap.spawn(double, 5)
            local sum = double(4) + ten:wait()
            is_over = true
            return sum, neap.spawn(double, 1):wait()
        "#;
        neap::run(&lua, lua.load(script), ()).unwrap()
    }
    assert_eq!(within_the_limit(run), (18, 2));
}

#[test]
fn a_sleep_without_a_timer_says_what_to_do() {
    let lua = Lua::new();
    neap::install(&lua).unwrap();
    let run = neap::run_async::<()>(&lua, lua.load("require('neap').sleep(1)"), ());
    let error = block_on(run).unwrap_err().to_string();
    assert!(error.contains("neap::install_async"), "{error}");

    let error = block_on(neap::run_async::<()>(&Lua::new(), lua.load("return"), ())).unwrap_err();
    assert!(error.to_string().contains("neap::install"), "{error}");
}

#[test]
fn tokios_clock_may_stand_still() {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    let runtime = builder.enable_all().start_paused(true).build().unwrap();
    let slept = runtime.block_on(async {
        let (lua, _) = lua_with_functions().unwrap();
        neap::run_async::<f64>(&lua, lua.load("return neap.sleep('1h')"), ()).await.unwrap()
    });
    assert!((3600.0..3601.0).contains(&slept), "{slept}");
}

/// async-io's timer, as smol has it.
struct Smol;

impl neap::Timer for Smol {
    fn sleep(&self, duration: Duration) -> neap::Sleep {
        Box::pin(async move {
            async_io::Timer::after(duration).await;
        })
    }
}

#[test]
fn another_executor_needs_nothing_but_a_timer() {
    let lua = Lua::new();
    neap::install_async(&lua, Smol).unwrap();
    let nap = lua.create_async_function(async |_, milliseconds: u64| {
        async_io::Timer::after(Duration::from_millis(milliseconds)).await;
        Ok(milliseconds)
    });
    lua.globals().set("nap", nap.unwrap()).unwrap();
    let script = r#"
        local neap, tasks = require "neap", {}
        for i = 1, 10 do tasks[i] = neap.spawn(function() neap.sleep("2ms") return nap(i) end) end
        local sum = 0
        for _, value in ipairs(neap.all(tasks)) do sum = sum + value end
        return sum
    "#;
    let polls = AtomicUsize::new(0);
    let mut run = pin!(neap::run_async::<u64>(&lua, lua.load(script), ()));
    let counted = poll_fn(|context| {
        polls.fetch_add(1, SeqCst);
        run.as_mut().poll(context)
    });
    assert_eq!(async_io::block_on(counted).unwrap(), 55);
    println!("{} polls", polls.load(SeqCst));
}
