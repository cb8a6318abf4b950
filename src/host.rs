//! The clock and the sleep: all that Lua cannot do by itself.

use std::io::{self, Write};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use mlua::{Lua, LuaString, MaybeSend, MaybeSync, Result, Table};

use crate::news::News;

/// What a program whose tasks wait for more than time gives to neap: a sleep that events from
/// outside can end, whether any are to come, and a clock.
///
/// An event reaches a task through something that the task waits for: [`sleep`](Host::sleep)
/// resolves a future, sends to a channel, or calls the `resume` of a `neap.callback`. The scheduler
/// itself does the rest; nothing of it is decided here. [`install_with`](crate::install_with) puts
/// a host in place. It is dropped with the Lua state, or when another has replaced it and Lua has
/// collected it.
///
/// A program whose own loop must stay the outermost (a game's frames, an async executor) has no
/// sleep to give: see [`install_clock`](crate::install_clock).
///
/// # Examples
///
/// Another thread answers. (`tests/examples/threads.rs` has eight of them.)
///
/// ```
/// use std::sync::mpsc::{Receiver, channel};
/// use std::time::Duration;
///
/// use mlua::{Lua, ObjectLike, Result, Table};
///
/// struct Mailbox(Receiver<&'static str>);
///
/// impl neap::Host for Mailbox {
///     fn sleep(&self, lua: &Lua, timeout: Duration) -> Result<()> {
///         if let Ok(text) = self.0.recv_timeout(timeout) {
///             lua.globals().get::<Table>("letter")?.call_method::<bool>("resolve", text)?;
///         }
///         Ok(())
///     }
///
///     fn pending(&self) -> bool {
///         true
///     }
/// }
///
/// # fn main() -> Result<()> {
/// let (sender, letters) = channel();
/// let lua = Lua::new();
/// neap::install_with(&lua, Mailbox(letters))?;
/// std::thread::spawn(move || sender.send("high water at six"));
/// let script = r#"letter = require("neap").future() return letter:wait()"#;
/// assert_eq!(neap::run::<String>(&lua, lua.load(script), ())?, "high water at six");
/// # Ok(())
/// # }
/// ```
pub trait Host: MaybeSend + MaybeSync + 'static {
    /// Blocks for at most `timeout`, and lets events from outside wake tasks.
    ///
    /// It may return early, and should as soon as it has woken one: then the tasks run. Two values
    /// are special. [`Duration::MAX`] means that no deadline is set, so that only an event can end
    /// the wait. [`Duration::ZERO`] comes after each tick in which tasks are ready while
    /// [`pending`](Host::pending) says true: take the events that are there, and do not block.
    ///
    /// It is called in the midst of a run. Whatever it calls in Lua may resolve, send and spawn,
    /// but not wait, and neither `run` nor `step` can be called: "the scheduler is already
    /// running".
    ///
    /// # Errors
    ///
    /// An error is raised from [`run`](crate::run), or from the wait in the host's own thread. The
    /// tasks stay as they are, and go on in the next run.
    fn sleep(&self, lua: &Lua, timeout: Duration) -> Result<()>;

    /// The time on a clock that never runs backwards, counted from any moment that stays the same.
    ///
    /// Should it run backwards all the same, neap's own clock goes on from where it was. In Lua the
    /// time is a number of seconds, so one that is counted from 1970 loses its nanoseconds.
    ///
    /// By default it is the operating system's monotonic clock, counted from its first use.
    fn now(&self) -> Duration {
        monotonic()
    }

    /// Whether an event from outside may still wake a task.
    ///
    /// It is asked after each tick. While it says true a run does not end with a deadlock, however
    /// long nothing happens; so it should say false as soon as the last answer has come. By default
    /// it says false: then a task that waits for no timer and no other task is in a deadlock.
    fn pending(&self) -> bool {
        false
    }

    /// Is told of the failure of a task that nobody waited for: what failed, the error and the
    /// traceback, without a newline at the end. Lua's texts need not be UTF-8.
    ///
    /// By default it is written to the standard error output. A function given to `neap.on_error`
    /// comes first.
    fn report(&self, text: &[u8]) {
        write_error(text);
    }
}

/// Reports go here, since not every Lua can write to it.
pub(crate) fn write_error(text: &[u8]) {
    // Nobody is left to be told that standard error is gone.
    let _ = io::stderr().write_all(&[text, b"\n"].concat());
}

/// The longest single sleep of the system's. The scheduler asks again when it has returned early.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// The clock of those who have none of their own: the operating system's monotonic one.
pub(crate) fn monotonic() -> Duration {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    START.elapsed()
}

/// The table for `neap.use` that stands for the operating system: its clock, and its sleep, which
/// uses no processor time, leaves Ctrl-C alone, and is ended by news.
pub(crate) fn system(lua: &Lua, news: &Arc<News>) -> Result<Table> {
    let table = contract(lua, monotonic, write_error)?;
    let news = news.clone();
    let sleep = move |_: &Lua, seconds| {
        news.wait(duration(seconds).min(LONGEST));
        Ok(())
    };
    table.raw_set("sleep", lua.create_function(sleep)?)?;
    Ok(table)
}

/// The table that stands for `host`.
pub(crate) fn table(lua: &Lua, host: impl Host) -> Result<Table> {
    let host = Arc::new(host);
    let [clock, sleeper, expecting] = [host.clone(), host.clone(), host.clone()];
    let table = contract(lua, move || clock.now(), move |text| host.report(text))?;
    let sleep = move |lua: &Lua, seconds| sleeper.sleep(lua, duration(seconds));
    table.raw_set("sleep", lua.create_function(sleep)?)?;
    table.raw_set("pending", lua.create_function(move |_, ()| Ok(expecting.pending()))?)?;
    Ok(table)
}

/// The table of a program that owns the loop, and so has no sleep.
pub(crate) fn contract(
    lua: &Lua,
    now: impl Fn() -> Duration + MaybeSend + 'static,
    report: impl Fn(&[u8]) + MaybeSend + 'static,
) -> Result<Table> {
    let report = move |_: &Lua, text: LuaString| {
        report(&text.as_bytes());
        Ok(())
    };
    let table = lua.create_table()?;
    table.raw_set("now", lua.create_function(move |_, ()| Ok(now().as_secs_f64()))?)?;
    table.raw_set("report", lua.create_function(report)?)?;
    Ok(table)
}

/// Lua's seconds. `math.huge`, and whatever else is too long, is the longest duration there is;
/// what lies in the past, and NaN, is none.
pub(crate) fn duration(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds.max(0.0)).unwrap_or(Duration::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_of_seconds_is_a_duration() {
        for seconds in [0.0, -0.0, -1.0, f64::NAN, f64::NEG_INFINITY, 1e-300] {
            assert_eq!(duration(seconds), Duration::ZERO, "{seconds}");
        }
        for seconds in [f64::INFINITY, f64::MAX, 1e20] {
            assert_eq!(duration(seconds), Duration::MAX, "{seconds}");
        }
        assert_eq!(duration(1.5), Duration::from_millis(1500));
    }

    #[test]
    fn the_clock_covers_a_sleep() -> Result<()> {
        let lua = Lua::new();
        let script = "local host = ...
            local start = host.now()
            host.sleep(0.02)
            return host.now() - start";
        let slept: f64 = lua.load(script).call(system(&lua, &Arc::default())?)?;
        assert!(slept >= 0.02, "{slept}");
        Ok(())
    }
}
