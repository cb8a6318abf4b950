//! Lua tasks that Rust starts, holds and waits for.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use mlua::chunk::Chunk;
use mlua::{FromLua, FromLuaMulti, Function, IntoLuaMulti, Lua, Result, Value};

use crate::news::{News, Piece};
use crate::program::{self, call, first};

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
    pub(crate) lua: Lua,
    pub(crate) news: Arc<News>,
    pub(crate) key: u64,
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
/// let tide = lua.load(r#"
///     local harbour = ...
///     require("neap").sleep("10ms")
///     return "high water at " .. harbour
/// "#).into_function()?;
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
        // While Lua code runs, its collector may be at work, in which nothing can be called on
        // Luau.
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
