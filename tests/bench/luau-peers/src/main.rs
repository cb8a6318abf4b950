//! neap beside mlua-luau-scheduler with the `task` library of lune-std-task, on Luau.
//!
//! The same Lua text, `work.lua`, runs in two Lua states of one process, turn by turn, on the real
//! clock; the best of five turns counts. It is the processor's time that is measured, of all
//! threads, so that nobody pays for waiting; but for one figure: `task.wait()` without a time takes
//! the peer a millisecond at least, which is for its users to wait for, so that the time that
//! passes is shown as well. The peer has Luau compile to machine code; neap runs without, and with.
//! Both are polled by the same executor where an async function is waited for.
//!
//! neap's Lua files are those that were there when this was built, or those of the folder that is
//! named as an argument.

use std::env;
use std::time::{Duration, Instant};

use cpu_time::ProcessTime;
use futures_lite::future::{block_on, yield_now};
use mlua::{Lua, Result, Table};
use mlua_luau_scheduler::Scheduler;

const TURNS: usize = 5;

/// Which of the times of a turn is measured.
type Clock = fn(&Times) -> Duration;

/// A function of `work.lua`, what its figure is called, and which time is measured.
const WORK: [(&str, &str, Clock); 10] = [
    ("call", "an async function, ready at once, 1000 threads", processor),
    ("pass", "an async function, woken once, 1000 threads", processor),
    ("defer", "task.defer, 1000 chains", processor),
    ("spawn", "task.spawn, returns at once", processor),
    ("wait", "task.wait(), 1000 threads", processor),
    ("sleep", "task.wait(seconds), 20,000 timers", processor),
    ("delay", "task.delay, 20,000 timers", processor),
    ("wait_alone", "task.wait(), one thread", processor),
    ("wait_alone", "task.wait(), one thread, time that passes", passed),
    ("sleep_alone", "task.wait(0.001), one thread", processor),
];

struct Times {
    processor: Duration,
    passed: Duration,
}

fn processor(times: &Times) -> Duration {
    times.processor
}

fn passed(times: &Times) -> Duration {
    times.passed
}

/// A Lua state with a `task` library, and what runs a chunk, and all that it starts, to its end.
trait Runtime {
    fn lua(&self) -> &Lua;
    fn run(&self, chunk: &str) -> Result<()>;
}

struct Neap(Lua);

/// The timer that the peer has, too.
struct Timer;

impl neap::Timer for Timer {
    fn sleep(&self, duration: Duration) -> neap::Sleep {
        Box::pin(async move {
            async_io::Timer::after(duration).await;
        })
    }
}

impl Neap {
    fn new(is_native: bool) -> Result<Self> {
        let lua = Lua::new();
        lua.enable_jit(is_native);
        if let Some(directory) = env::args_os().nth(1) {
            neap::install_from(&lua, directory.as_ref())?;
        }
        neap::install_async(&lua, Timer)?;
        lua.load("task = require 'task'").exec()?;
        Ok(Neap(lua))
    }
}

impl Runtime for Neap {
    fn lua(&self) -> &Lua {
        &self.0
    }

    fn run(&self, chunk: &str) -> Result<()> {
        block_on(async {
            neap::run_async::<()>(&self.0, self.0.load(chunk), ()).await?;
            neap::finish(&self.0).await
        })
    }
}

struct Peer(Lua, Scheduler);

impl Peer {
    fn new() -> Result<Self> {
        let lua = Lua::new();
        let scheduler = Scheduler::new(lua.clone());
        lua.globals().raw_set("task", lune_std_task::module(lua.clone())?)?;
        Ok(Peer(lua, scheduler))
    }
}

impl Runtime for Peer {
    fn lua(&self) -> &Lua {
        &self.0
    }

    fn run(&self, chunk: &str) -> Result<()> {
        let id = self.1.push_thread_back(self.0.load(chunk), ())?;
        block_on(self.1.run());
        self.1.get_thread_result(id).expect("the main thread has ended").map(|_| ())
    }
}

/// Gives a runtime the global `work`, and the async functions that it calls.
fn prepare(runtime: &impl Runtime) -> Result<()> {
    let (lua, globals) = (runtime.lua(), runtime.lua().globals());
    globals.raw_set("call", lua.create_async_function(async |_, ()| Ok(()))?)?;
    let pass = lua.create_async_function(async |_, ()| {
        yield_now().await;
        Ok(())
    })?;
    globals.raw_set("pass", pass)?;
    let work: Table = lua.load(include_str!("work.lua")).call(())?;
    globals.raw_set("work", work)
}

/// Has a runtime do a piece of work once; the time, in nanoseconds, for each of the things done.
fn turn(runtime: &impl Runtime, name: &str, clock: Clock) -> Result<f64> {
    let work: Table = runtime.lua().globals().raw_get("work")?;
    work.raw_set("done", 0)?;
    runtime.lua().gc_collect()?;
    let (processor, passed) = (ProcessTime::now(), Instant::now());
    runtime.run(&format!("work.count = work.{name}()"))?;
    let times = Times { processor: processor.elapsed(), passed: passed.elapsed() };
    let (done, count): (u32, u32) = (work.raw_get("done")?, work.raw_get("count")?);
    assert_eq!(done, count, "{name} has not done its work");
    Ok(clock(&times).as_nanos() as f64 / f64::from(count))
}

fn main() -> Result<()> {
    let (neap, native, peer) = (Neap::new(false)?, Neap::new(true)?, Peer::new()?);
    prepare(&neap)?;
    prepare(&native)?;
    prepare(&peer)?;
    for (name, what, clock) in WORK {
        let [mut ours, mut with_native, mut theirs] = [f64::INFINITY; 3];
        for _ in 0..TURNS {
            theirs = theirs.min(turn(&peer, name, clock)?);
            ours = ours.min(turn(&neap, name, clock)?);
            with_native = with_native.min(turn(&native, name, clock)?);
        }
        for (time, how) in [(ours, ""), (with_native, ", native code")] {
            println!(
                "{:.2}  times as fast as mlua-luau-scheduler: {what}{how} \
                 ({time:.0} ns, mlua-luau-scheduler {theirs:.0} ns)",
                theirs / time
            );
        }
    }
    Ok(())
}
