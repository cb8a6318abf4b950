//! Lua tasks that Rust starts, holds and waits for.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use mlua::chunk::Chunk;
use mlua::{FromLua, FromLuaMulti, Function, IntoLuaMulti, Lua, Result, Value};

use crate::news::{News, Piece};
use crate::program::{self, call, first};

#[cfg(feature = "async")]
use {
    crate::timer::Alarm,
    mlua::Error,
    std::future::Future,
    std::pin::Pin,
    std::task::{Context, Poll},
};

/// What can be run: a Lua [`Function`], or a [`Chunk`] that is yet to be compiled.
pub trait IntoFunction: sealed::Sealed {
    /// The function; of a chunk, what it compiles to.
    ///
    /// # Errors
    ///
    /// When the chunk does not compile.
    fn into_function(self) -> Result<Function>;
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Function {}
    impl Sealed for &super::Function {}
    impl Sealed for super::Chunk<'_> {}
}

impl IntoFunction for Function {
    fn into_function(self) -> Result<Function> {
        Ok(self)
    }
}

impl IntoFunction for &Function {
    fn into_function(self) -> Result<Function> {
        Ok(self.clone())
    }
}

impl IntoFunction for Chunk<'_> {
    fn into_function(self) -> Result<Function> {
        Chunk::into_function(self)
    }
}

/// A Lua task that Rust has started by [`spawn`], and holds.
///
/// With the feature `async` it is a future of the task's results. Like the handles of the `ward`
/// face, it cancels its task when it is dropped, unless that is [`detach`](Task::detach)ed.
#[must_use = "a task that is not held is cancelled"]
pub struct Task<R> {
    lua: Lua,
    news: Arc<News>,
    key: u64,
    is_held: bool,
    results: PhantomData<fn() -> R>,
}

/// Starts a task: it first runs when the scheduler does, in [`run`](crate::run), in
/// [`step`](crate::step), or in whatever future of neap's is polled.
///
/// # Errors
///
/// When `lua` has seen no [`install`](crate::install), or a chunk does not compile. How the task
/// itself ends, the [`Task`] tells.
///
/// # Examples
///
/// ```
/// # #[cfg(feature = "tokio")]
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> mlua::Result<()> {
/// let lua = mlua::Lua::new();
/// neap::install_async(&lua, neap::Tokio)?;
/// let tide: mlua::Function = lua
///     .load(r#"return function(harbour) require("neap").sleep("10ms") return "high water at " .. harbour end"#)
///     .eval()?;
///
/// let brest = neap::spawn::<String>(&lua, &tide, "Brest")?;
/// let dover = neap::spawn::<String>(&lua, &tide, "Dover")?;
/// let slow = neap::spawn::<()>(&lua, lua.load(r#"require("neap").sleep("1h")"#), ())?;
///
/// assert_eq!(brest.await?, "high water at Brest");
/// assert_eq!(dover.await?, "high water at Dover");
/// assert!(slow.cancel()?);
/// assert_eq!(slow.await.unwrap_err().to_string(), "runtime error: cancelled");
/// # Ok(())
/// # }
/// # #[cfg(not(feature = "tokio"))]
/// # fn main() {}
/// ```
pub fn spawn<R: FromLuaMulti>(
    lua: &Lua,
    function: impl IntoFunction,
    args: impl IntoLuaMulti,
) -> Result<Task<R>> {
    let news = program::news(lua)?;
    let key = news.number();
    let mut all = args.into_lua_multi(lua)?;
    all.push_front(Value::Function(function.into_function()?));
    all.push_front(Value::Number(key as f64));
    call(lua, "spawn", all)?;
    Ok(Task { lua: lua.clone(), news, key, is_held: true, results: PhantomData })
}

impl<R> Task<R> {
    /// Ends the task where it waits: its code is never resumed. Whoever waits for it gets the error
    /// "cancelled". Gives false if it was over, or about to be.
    ///
    /// # Errors
    ///
    /// When Lua is out of memory.
    ///
    /// # Examples
    ///
    /// See [`spawn`].
    pub fn cancel(&self) -> Result<bool> {
        bool::from_lua(first(call(&self.lua, "cancel", self.key)?), &self.lua)
    }

    /// Whether the task is dead: it has ended, and its finalizers are done.
    ///
    /// # Errors
    ///
    /// When Lua is out of memory.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn main() -> mlua::Result<()> {
    /// let lua = mlua::Lua::new();
    /// neap::install(&lua)?;
    /// let task = neap::spawn::<()>(&lua, lua.load("ebb = true"), ())?;
    /// assert!(!task.is_done()?);
    /// neap::step(&lua)?;
    /// assert!(task.is_done()?);
    /// # Ok(())
    /// # }
    /// ```
    pub fn is_done(&self) -> Result<bool> {
        bool::from_lua(first(call(&self.lua, "is_done", self.key)?), &self.lua)
    }

    /// Lets the task go on by itself. If it fails, that is reported at once.
    ///
    /// # Errors
    ///
    /// When Lua is out of memory.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn main() -> mlua::Result<()> {
    /// let lua = mlua::Lua::new();
    /// neap::install(&lua)?;
    /// neap::spawn::<()>(&lua, lua.load("require('neap').yield() ebb = true"), ())?.detach()?;
    /// while neap::step(&lua)?.is_some() {}
    /// assert!(lua.globals().get::<bool>("ebb")?);
    /// # Ok(())
    /// # }
    /// ```
    pub fn detach(mut self) -> Result<()> {
        self.is_held = false;
        call(&self.lua, "detach", self.key).map(drop)
    }
}

impl<R> Drop for Task<R> {
    fn drop(&mut self) {
        #[cfg(feature = "async")]
        self.news.end_poll(self.key);
        if !self.is_held {
            return;
        }
        // While Lua code runs, its collector may be at work, in which nothing can be called on Luau.
        let is_lua_running = self.lua.inspect_stack(0, |_| ()).is_some();
        if is_lua_running || call(&self.lua, "drop", self.key).is_err() {
            self.news.add(Piece::Dropped(self.key));
        }
    }
}

impl<R> fmt::Debug for Task<R> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Task").field(&self.key).finish()
    }
}

/// Polls on behalf of a task, or until no task is left: drives the tasks, and says whether it is over.
#[cfg(feature = "async")]
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
    match idle {
        Value::Boolean(_) => news.only_wait(key),
        idle => match Option::<f64>::from_lua(idle, lua)?.map(crate::host::duration) {
            Some(idle) if idle.is_zero() => context.waker().wake_by_ref(),
            Some(idle) if idle < crate::host::duration(f64::INFINITY) => {
                let Some(alarm) = lua.app_data_ref::<Alarm>() else {
                    return Err(Error::runtime(
                        "a task sleeps, and this Lua has no timer: call neap::install_async",
                    ));
                };
                alarm.set(idle, context);
            }
            _ => {}
        },
    }
    Ok(false)
}

/// The task's results. While it is polled, all tasks of its Lua are driven; see
/// [`run_async`](crate::run_async).
///
/// # Errors
///
/// What the task raised, as [`run`](crate::run) returns it; "cancelled" if it was cancelled; and what
/// the host raised, or that there is no timer for a sleep.
///
/// # Panics
///
/// When it is polled again after that.
#[cfg(feature = "async")]
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
#[cfg(feature = "async")]
#[must_use = "futures do nothing unless they are polled"]
pub struct RunAsync<R>(Option<Result<Task<R>>>);

/// Runs a function, or a chunk, as a task, inside of whatever executor polls the future, and gives
/// its results. Dropped before that, it cancels the task.
///
/// Any number may be under way in one Lua: all its tasks share one scheduler, which is driven by
/// whichever of neap's futures is polled ([`Task`]s, too). So do not hold one that has begun and is
/// not polled: it may be the one that is woken. mlua's async functions are ordinary waits in there:
/// only the task that calls one waits, and a task that is cancelled drops the Rust future. Tasks that
/// the function has started and not waited for go on as long as any such future is polled;
/// [`finish`] waits for them.
///
/// The thread is the executor's: its time is the [`Timer`](crate::Timer)'s that
/// [`install_async`](crate::install_async) was given. After ten ticks, if tasks are ready all the
/// time, others have their turn.
///
/// # Errors
///
/// As [`run`](crate::run), but no deadlock is told, for anything may wake a task here. Also what the
/// host raised, and that a task sleeps where there is no timer.
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
/// let fetch = lua.create_async_function(async |_, harbour: String| {
///     tokio::time::sleep(Duration::from_millis(20)).await;
///     Ok(format!("high water at {harbour}"))
/// })?;
/// let script = r#"
///     local neap, fetch = require "neap", ...
///     local tides = {}
///     for i, harbour in ipairs { "Brest", "Dover", "Ostend" } do
///       tides[i] = neap.spawn(fetch, harbour) -- all three at once
///     end
///     return table.concat(neap.all(tides), ", "), neap.pcall(neap.timeout, "1ms", fetch, "Vigo")
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
#[cfg(feature = "async")]
pub fn run_async<R: FromLuaMulti>(
    lua: &Lua,
    function: impl IntoFunction,
    args: impl IntoLuaMulti,
) -> RunAsync<R> {
    RunAsync(Some(spawn(lua, function, args)))
}

#[cfg(feature = "async")]
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
#[cfg(feature = "async")]
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
#[cfg(feature = "async")]
pub fn finish(lua: &Lua) -> Finish {
    Finish { lua: lua.clone(), polled: None }
}

#[cfg(feature = "async")]
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

#[cfg(feature = "async")]
impl Drop for Finish {
    fn drop(&mut self) {
        if let Some((news, key)) = &self.polled {
            news.end_poll(*key);
        }
    }
}
