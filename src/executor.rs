//! Lua tasks in an executor of Rust's: whichever of neap's futures is polled drives the tasks.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use mlua::{Error, FromLua, FromLuaMulti, IntoLuaMulti, Lua, Result, Value};

use crate::host;
use crate::news::News;
use crate::program::{self, call};
use crate::task::{IntoFunction, Task, spawn};
use crate::timer::Alarm;

/// Polls for a task, or until no task is left: drives the tasks, and says whether it is over.
fn poll(
    lua: &Lua,
    news: &News,
    key: u64,
    target: Option<u64>,
    context: &mut Context<'_>,
) -> Result<bool> {
    news.begin_poll(key, context.waker());
    let (is_done, idle) = <(bool, Value)>::from_lua_multi(call(lua, "poll", target)?, lua)?;
    if is_done {
        news.end_poll(key);
        return Ok(true);
    }
    if idle.is_boolean() {
        // A task polls it. The tasks are driven already, and so it only waits.
        news.only_wait(key);
        return Ok(false);
    }
    let idle = Option::<f64>::from_lua(idle, lua)?.map_or(Duration::MAX, host::duration);
    if idle.is_zero() {
        context.waker().wake_by_ref();
    } else if idle < Duration::MAX {
        let Some(alarm) = lua.app_data_ref::<Alarm>() else {
            return Err(Error::runtime(
                "a task sleeps, and this Lua has no timer: call neap::install_async",
            ));
        };
        alarm.set(idle, context);
    }
    Ok(false)
}

/// The task's results. While it is polled, all tasks of its Lua are driven; see
/// [`run_async`](crate::run_async). Polled again when it is over, it gives the same once more.
///
/// # Errors
///
/// What the task raised, as [`run`](crate::run) returns it; "cancelled" if it was cancelled; and
/// what the host raised, or that there is no timer for a sleep: then the task goes on when it is
/// polled again.
impl<R: FromLuaMulti> Future for Task<R> {
    type Output = Result<R>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Self { lua, news, key, .. } = &*self;
        match poll(lua, news, *key, Some(*key), context) {
            Ok(false) => Poll::Pending,
            Ok(true) => Poll::Ready(
                call(lua, "outcome", *key).and_then(|results| R::from_lua_multi(results, lua)),
            ),
            Err(error) => Poll::Ready(Err(error)),
        }
    }
}

/// The future that [`run_async`] gives: the results of the function.
///
/// # Panics
///
/// When it is polled again after it was ready.
#[must_use = "futures do nothing unless they are polled"]
pub struct RunAsync<R>(Option<Result<Task<R>>>);

/// Runs a function, or a chunk, as a task, inside of whatever executor polls the future, and gives
/// its results. Dropped before that, it cancels the task.
///
/// Any number may be under way in one Lua: all its tasks share one scheduler, which is driven by
/// whichever of neap's futures is polled ([`Task`]s, too). So do not hold one that has begun and is
/// not polled: it may be the one that is woken. mlua's async functions are ordinary waits in there:
/// only the task that calls one waits, and a task that is cancelled drops the Rust future. Tasks
/// that the function has started and not waited for go on as long as any such future is polled;
/// [`finish`] waits for them.
///
/// The thread is the executor's: its time is the [`Timer`](crate::Timer)'s that
/// [`install_async`](crate::install_async) was given. After ten ticks, if tasks are ready all the
/// time, others have their turn.
///
/// # Errors
///
/// As [`run`](crate::run), but no deadlock is told, for anything may wake a task here. Also what
/// the host raised, and that a task sleeps where there is no timer.
///
/// # Examples
///
/// ```
/// # #[cfg(feature = "tokio")]
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> mlua::Result<()> {
/// use std::time::Duration;
///
/// let lua = mlua::Lua::new();
/// neap::install_async(&lua, neap::Tokio)?;
/// let fetch = lua.create_async_function(async |_, (harbour, seconds): (String, u64)| {
///     tokio::time::sleep(Duration::from_secs(seconds)).await;
///     Ok(format!("high water at {harbour}"))
/// })?;
/// let script = r#"
///     local neap, fetch = require "neap", ...
///     local tides = {}
///     for i, harbour in ipairs { "Brest", "Dover", "Ostend" } do
///       tides[i] = neap.spawn(fetch, harbour, 1) -- all three at once
///     end
///     local in_time, err = neap.pcall(neap.timeout, "1ms", fetch, "Vigo", 3600)
///     return table.concat(neap.all(tides), ", "), in_time, err
/// "#;
/// let (tides, in_time, error): (String, bool, String) =
///     neap::run_async(&lua, lua.load(script), fetch).await?;
/// assert_eq!(tides, "high water at Brest, high water at Dover, high water at Ostend");
/// assert_eq!((in_time, error.as_str()), (false, "timeout"));
/// # Ok(())
/// # }
/// # #[cfg(not(feature = "tokio"))]
/// # fn main() {}
/// ```
pub fn run_async<R: FromLuaMulti>(
    lua: &Lua,
    function: impl IntoFunction,
    args: impl IntoLuaMulti,
) -> RunAsync<R> {
    RunAsync(Some(spawn(lua, function, args)))
}

impl<R: FromLuaMulti> Future for RunAsync<R> {
    type Output = Result<R>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let result = match self.0.as_mut().expect("it is polled again, after its end") {
            Ok(task) => match Pin::new(task).poll(context) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(result) => result,
            },
            Err(error) => Err(error.clone()),
        };
        self.0 = None;
        Poll::Ready(result)
    }
}

/// The future that [`finish`] gives.
#[must_use = "futures do nothing unless they are polled"]
pub struct Finish {
    lua: Lua,
    polled: Option<(Arc<News>, u64)>,
}

/// Drives the tasks of a Lua until none is left.
///
/// # Errors
///
/// When `lua` has seen no installation, what the host raised, and that a task sleeps where there is
/// no timer.
///
/// # Examples
///
/// ```
/// # #[cfg(feature = "tokio")]
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> mlua::Result<()> {
/// let lua = mlua::Lua::new();
/// neap::install_async(&lua, neap::Tokio)?;
/// let script = r#"
///     local neap = require "neap"
///     neap.spawn(function() neap.sleep("10ms") written = true end)
/// "#;
/// neap::run_async::<()>(&lua, lua.load(script), ()).await?;
/// neap::finish(&lua).await?;
/// assert!(lua.globals().get::<bool>("written")?);
/// # Ok(())
/// # }
/// # #[cfg(not(feature = "tokio"))]
/// # fn main() {}
/// ```
pub fn finish(lua: &Lua) -> Finish {
    Finish { lua: lua.clone(), polled: None }
}

impl Future for Finish {
    type Output = Result<()>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Self { lua, polled } = &mut *self;
        let (news, key) = match polled {
            Some(polled) => polled,
            None => {
                let news = program::news(lua)?;
                let key = news.number();
                polled.insert((news, key))
            }
        };
        match poll(lua, news, *key, None, context) {
            Ok(false) => Poll::Pending,
            Ok(true) => Poll::Ready(Ok(())),
            Err(error) => Poll::Ready(Err(error)),
        }
    }
}

impl Drop for Finish {
    fn drop(&mut self) {
        if let Some((news, key)) = &self.polled {
            news.end_poll(*key);
        }
    }
}
