//! The clock and the sleep: all that Lua cannot do by itself.

use std::io::{self, Write};
use std::thread;
use std::time::{Duration, Instant};

use mlua::{Lua, LuaString, Result, Table};

/// The longest single sleep. The scheduler allows `sleep` to return early and asks again, so a wait
/// without end (`math.huge`) is a chain of these.
const LONGEST: f64 = 24.0 * 60.0 * 60.0;

/// The host table for `neap.use`: the operating system's monotonic clock, counted from this call,
/// and its sleep, which uses no processor time and leaves Ctrl-C alone; and standard error, which not
/// every Lua can write to.
pub(crate) fn system(lua: &Lua) -> Result<Table> {
    let start = Instant::now();
    let host = lua.create_table()?;
    host.raw_set("now", lua.create_function(move |_, ()| Ok(start.elapsed().as_secs_f64()))?)?;
    host.raw_set(
        "sleep",
        lua.create_function(|_, seconds: f64| {
            sleep(seconds);
            Ok(())
        })?,
    )?;
    host.raw_set(
        "report",
        lua.create_function(|_, text: LuaString| {
            // Nobody is left to be told that standard error is gone.
            let _ = io::stderr().write_all(&[&text.as_bytes(), &b"\n"[..]].concat());
            Ok(())
        })?,
    )?;
    Ok(host)
}

/// Blocks this thread for at most `seconds`; NaN and what lies in the past do not block.
fn sleep(seconds: f64) {
    if seconds > 0.0 {
        thread::sleep(Duration::from_secs_f64(seconds.min(LONGEST)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_time_to_wait_returns_at_once() {
        for seconds in [0.0, -0.0, -1.0, f64::NAN, f64::NEG_INFINITY, 1e-300] {
            sleep(seconds);
        }
    }

    #[test]
    fn the_clock_covers_a_sleep() -> Result<()> {
        let lua = Lua::new();
        let slept: f64 = lua
            .load("local host = ... local start = host.now() host.sleep(0.02) return host.now() - start")
            .call(system(&lua)?)?;
        assert!(slept >= 0.02, "{slept}");
        Ok(())
    }
}
