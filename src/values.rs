//! Futures and channels that Rust and Lua share, and what sends to them from other threads.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use mlua::{
    Error, FromLua, FromLuaMulti, Function, IntoLua, IntoLuaMulti, Lua, ObjectLike, Result, Table,
    Value, WeakLua,
};

use crate::news::{News, Piece};
use crate::program::{self, call, first, function};
use crate::task::{Task, spawn};

/// A result that somebody else will supply, once: what `neap.future()` gives in Lua.
///
/// Given to a script, as an argument or a result, it is that. Its values are `T`s: one, or a tuple.
///
/// # Examples
///
/// ```
/// # fn main() -> mlua::Result<()> {
/// let lua = mlua::Lua::new();
/// neap::install(&lua)?;
/// let tide = neap::Future::<(String, u32)>::new(&lua)?;
/// let wait = neap::spawn::<()>(&lua, lua.load("harbour, hour = (...):wait()"), &tide)?;
/// assert!(tide.resolve(("Brest".to_owned(), 6))?);
/// assert!(!tide.resolve(("Dover".to_owned(), 7))?, "it is settled once");
///
/// while neap::step(&lua)?.is_some() {}
/// assert!(wait.is_done()? && tide.is_done()?);
/// assert_eq!(lua.globals().get::<String>("harbour")?, "Brest");
/// # Ok(())
/// # }
/// ```
pub struct Future<T> {
    table: Table,
    // Lua code may hold this, which must not hold its Lua.
    lua: WeakLua,
    values: PhantomData<fn(T) -> T>,
}

/// Values from many senders to many receivers, in order, each to exactly one: what
/// `neap.channel(capacity)` gives in Lua.
///
/// Given to a script, as an argument or a result, it is that.
///
/// # Examples
///
/// ```
/// # fn main() -> mlua::Result<()> {
/// let lua = mlua::Lua::new();
/// neap::install(&lua)?;
/// let ships = neap::Channel::<String>::new(&lua, 2)?;
/// assert!(ships.try_send("Avos".to_owned())? && ships.try_send("Hope".to_owned())?);
/// assert!(!ships.try_send("Maru".to_owned())?, "it is full");
/// ships.close()?;
///
/// let script = r#"
///     local ships, names = ..., ""
///     ships:each(function(name) names = names .. name end)
///     return names
/// "#;
/// assert_eq!(neap::run::<String>(&lua, lua.load(script), &ships)?, "AvosHope");
/// assert_eq!(ships.try_recv()?, None);
/// # Ok(())
/// # }
/// ```
pub struct Channel<T> {
    table: Table,
    // Lua code may hold this, which must not hold its Lua.
    lua: WeakLua,
    values: PhantomData<fn(T) -> T>,
}

/// Sends to a [`Channel`], or resolves a [`Future`], from any thread, and wakes the tasks' loop:
/// [`run`](crate::run)'s sleep, or the executor's task that polls one of neap's futures. (A
/// [`Host`](crate::Host) of your own is not woken: what has come is taken after its sleep.)
///
/// While one is left a run does not end with a deadlock. When the last of them is dropped, the
/// channel is closed, as soon as there was room for all that they have sent; a future that is not
/// settled is rejected, so that a task does not wait for a thread that has panicked.
///
/// # Examples
///
/// ```
/// # fn main() -> mlua::Result<()> {
/// let lua = mlua::Lua::new();
/// neap::install(&lua)?;
/// let squares = neap::Channel::<u64>::new(&lua, 16)?;
/// for number in 1..=4_u64 {
///     let sender = squares.sender()?;
///     std::thread::spawn(move || sender.send(number * number));
/// }
///
/// let script = lua.load(r#"
///     local squares = ...
///     local sum = 0
///     squares:each(function(square) sum = sum + square end)
///     return sum -- the channel is closed: all threads are done
/// "#);
/// assert_eq!(neap::run::<u64>(&lua, script, &squares)?, 30);
/// # Ok(())
/// # }
/// ```
pub struct Sender<T> {
    target: Arc<Target>,
    values: PhantomData<fn(T)>,
}

/// The future or channel that senders send to. Lua holds it as long as this is held.
struct Target {
    key: u64,
    news: Arc<News>,
}

impl Drop for Target {
    fn drop(&mut self) {
        self.news.add(Piece::Gone(self.key));
    }
}

impl<T> Future<T> {
    /// Makes an open future.
    ///
    /// # Errors
    ///
    /// When `lua` has seen no [`install`](crate::install).
    ///
    /// # Examples
    ///
    /// See [`Future`].
    pub fn new(lua: &Lua) -> Result<Self> {
        Self::from_lua(first(call(lua, "future", ())?), lua)
    }

    /// Gives the result: everyone who waits gets it. Gives false if it was settled before.
    ///
    /// # Errors
    ///
    /// When `value` cannot be made a Lua value.
    ///
    /// # Examples
    ///
    /// See [`Future`].
    pub fn resolve(&self, value: T) -> Result<bool>
    where
        T: IntoLuaMulti,
    {
        self.table.call_method("resolve", value)
    }

    /// Gives an error instead, which a wait raises. Gives false if it was settled before.
    ///
    /// # Errors
    ///
    /// When `error` cannot be made a Lua value.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn main() -> mlua::Result<()> {
    /// let lua = mlua::Lua::new();
    /// neap::install(&lua)?;
    /// let tide = neap::Future::<String>::new(&lua)?;
    /// tide.reject("the gauge is broken")?;
    /// let error = neap::run::<()>(&lua, lua.load("(...):wait()"), &tide).unwrap_err();
    /// assert_eq!(error.to_string(), "runtime error: the gauge is broken");
    /// # Ok(())
    /// # }
    /// ```
    pub fn reject(&self, error: impl IntoLua) -> Result<bool> {
        self.table.call_method("reject", error)
    }

    /// Whether it is settled.
    ///
    /// # Errors
    ///
    /// When Lua is out of memory.
    ///
    /// # Examples
    ///
    /// See [`Future`].
    pub fn is_done(&self) -> Result<bool> {
        self.table.call_method("done", ())
    }

    /// Starts a task that waits for the result.
    ///
    /// # Errors
    ///
    /// When Lua is out of memory.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[cfg(feature = "tokio")]
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> mlua::Result<()> {
    /// let lua = mlua::Lua::new();
    /// neap::install_async(&lua, neap::Tokio)?;
    /// let tide: neap::Future<u32> = lua.load("return require('neap').future()").eval()?;
    /// let script = lua.load("local tide = ... require('neap').sleep('10ms') tide:resolve(6)");
    /// neap::spawn::<()>(&lua, script, &tide)?.detach()?;
    /// assert_eq!(tide.wait()?.await?, 6);
    /// # Ok(())
    /// # }
    /// # #[cfg(not(feature = "tokio"))]
    /// # fn main() {}
    /// ```
    pub fn wait(&self) -> Result<Task<T>>
    where
        T: FromLuaMulti,
    {
        spawn(&self.lua.upgrade(), self.table.get::<Function>("wait")?, &self.table)
    }

    /// What resolves it from another thread.
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
    /// let tide = neap::Future::<String>::new(&lua)?;
    /// let sender = tide.sender()?;
    /// std::thread::spawn(move || sender.send("high water at six".to_owned()));
    /// let text: String = neap::run(&lua, lua.load("return (...):wait()"), &tide)?;
    /// assert_eq!(text, "high water at six");
    /// # Ok(())
    /// # }
    /// ```
    pub fn sender(&self) -> Result<Sender<T>> {
        Sender::new(&self.lua.upgrade(), &self.table)
    }
}

impl<T> Channel<T> {
    /// Makes an open channel, which keeps up to `capacity` values. With 0 a sender waits until a
    /// receiver takes its value.
    ///
    /// # Errors
    ///
    /// When `lua` has seen no [`install`](crate::install).
    ///
    /// # Examples
    ///
    /// See [`Channel`].
    pub fn new(lua: &Lua, capacity: usize) -> Result<Self> {
        Self::from_lua(first(call(lua, "channel", capacity)?), lua)
    }

    /// Sends a value, if there is room, or somebody who waits for it, and says whether it has.
    ///
    /// # Errors
    ///
    /// When `value` cannot be made a Lua value.
    ///
    /// # Examples
    ///
    /// See [`Channel`].
    pub fn try_send(&self, value: T) -> Result<bool>
    where
        T: IntoLua,
    {
        Ok(self.table.call_method::<Option<bool>>("try_send", value)?.is_some())
    }

    /// Receives a value, if there is one.
    ///
    /// # Errors
    ///
    /// When the value is no `T`.
    ///
    /// # Examples
    ///
    /// See [`Channel`].
    pub fn try_recv(&self) -> Result<Option<T>>
    where
        T: FromLua,
    {
        let (value, why): (Value, Value) = self.table.call_method("try_recv", ())?;
        if why.is_nil() { T::from_lua(value, &self.lua.upgrade()).map(Some) } else { Ok(None) }
    }

    /// Starts a task that sends a value, and waits while the channel is full. It gives true, or nil
    /// and "closed".
    ///
    /// # Errors
    ///
    /// When `value` cannot be made a Lua value.
    ///
    /// # Examples
    ///
    /// See [`recv`](Channel::recv).
    pub fn send(&self, value: T) -> Result<Task<Option<bool>>>
    where
        T: IntoLua,
    {
        spawn(&self.lua.upgrade(), self.table.get::<Function>("send")?, (&self.table, value))
    }

    /// Starts a task that receives a value: `None` when the channel is closed and empty, and for
    /// nil. Dropped before it has one, it takes none.
    ///
    /// # Errors
    ///
    /// When Lua is out of memory. The task's error may be that the value is no `T`.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[cfg(feature = "tokio")]
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> mlua::Result<()> {
    /// let lua = mlua::Lua::new();
    /// neap::install_async(&lua, neap::Tokio)?;
    /// let (questions, answers) = (neap::Channel::new(&lua, 0)?, neap::Channel::new(&lua, 0)?);
    /// let script = r#"
    ///     local questions, answers = ...
    ///     questions:each(function(number) answers:send(number * number) end)
    ///     answers:close()
    /// "#;
    /// neap::spawn::<()>(&lua, lua.load(script), (&questions, &answers))?.detach()?;
    ///
    /// assert_eq!(questions.send(7)?.await?, Some(true));
    /// assert_eq!(answers.recv()?.await?, Some(49));
    /// questions.close()?;
    /// assert_eq!(answers.recv()?.await?, None);
    /// # Ok(())
    /// # }
    /// # #[cfg(not(feature = "tokio"))]
    /// # fn main() {}
    /// ```
    pub fn recv(&self) -> Result<Task<Option<T>>>
    where
        T: FromLua,
    {
        spawn(&self.lua.upgrade(), self.table.get::<Function>("recv")?, &self.table)
    }

    /// Closes the channel: nothing more can be sent, what it keeps can still be received.
    ///
    /// # Errors
    ///
    /// When Lua is out of memory.
    ///
    /// # Examples
    ///
    /// See [`Channel`].
    pub fn close(&self) -> Result<()> {
        self.table.call_method("close", ())
    }

    /// How many values it keeps.
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
    /// let ships = neap::Channel::<String>::new(&lua, 2)?;
    /// ships.try_send("Avos".to_owned())?;
    /// assert_eq!(ships.len()?, 1);
    /// # Ok(())
    /// # }
    /// ```
    #[allow(clippy::len_without_is_empty, reason = "it can fail, as nothing called is_empty does")]
    pub fn len(&self) -> Result<usize> {
        self.table.call_method("len", ())
    }

    /// What sends to it from another thread. There what is sent is kept, in order, while the
    /// channel is full: no thread waits for room. It comes in between what tasks send, first come,
    /// first served, and waits for as many runs as it takes.
    ///
    /// A channel takes one value at a time: no tuple, unlike a [`Future`].
    ///
    /// # Errors
    ///
    /// When Lua is out of memory.
    ///
    /// # Examples
    ///
    /// See [`Sender`]. This does not compile:
    ///
    /// ```compile_fail,E0277
    /// # fn main() -> mlua::Result<()> {
    /// let lua = mlua::Lua::new();
    /// neap::install(&lua)?;
    /// let pairs = neap::Channel::<(u32, u32)>::new(&lua, 1)?;
    /// let sender = pairs.sender()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn sender(&self) -> Result<Sender<T>>
    where
        T: IntoLua,
    {
        Sender::new(&self.lua.upgrade(), (Value::Nil, &self.table))
    }
}

impl<T> Sender<T> {
    fn new(lua: &Lua, future_or_channel: impl IntoLuaMulti) -> Result<Self> {
        let news = program::news(lua)?;
        let key = news.number();
        let mut args = future_or_channel.into_lua_multi(lua)?;
        args.push_front(Value::Number(key as f64));
        call(lua, "receive", args)?;
        Ok(Self { target: Arc::new(Target { key, news }), values: PhantomData })
    }

    /// Sends a value: of those for a future the first counts. It does not wait.
    ///
    /// # Errors
    ///
    /// The value itself, when the Lua state is gone. When it cannot be made a Lua value, that is
    /// found later: the future is rejected with the error; of a channel, it is reported like the
    /// failure of a task that nobody waited for.
    ///
    /// # Examples
    ///
    /// See [`Sender`].
    pub fn send(&self, value: T) -> std::result::Result<(), T>
    where
        T: IntoLuaMulti + Send + 'static,
    {
        self.target.news.send(self.target.key, value)
    }
}

/// What both handles have: they are Lua's own objects there.
macro_rules! lua_object {
    ($handle:ident, $kind:literal) => {
        impl<T> Clone for $handle<T> {
            fn clone(&self) -> Self {
                Self { table: self.table.clone(), lua: self.lua.clone(), values: PhantomData }
            }
        }

        impl<T> fmt::Debug for $handle<T> {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.debug_tuple(stringify!($handle)).field(&self.table).finish()
            }
        }

        impl<T> IntoLua for $handle<T> {
            fn into_lua(self, _: &Lua) -> Result<Value> {
                Ok(Value::Table(self.table))
            }
        }

        impl<T> IntoLua for &$handle<T> {
            fn into_lua(self, _: &Lua) -> Result<Value> {
                Ok(Value::Table(self.table.clone()))
            }
        }

        impl<T> FromLua for $handle<T> {
            fn from_lua(value: Value, lua: &Lua) -> Result<Self> {
                let type_name = value.type_name();
                if let Value::Table(table) = value
                    && function(lua, "is")?.call::<bool>((&table, $kind))?
                {
                    return Ok(Self { table, lua: lua.weak(), values: PhantomData });
                }
                let message = Some(concat!("a ", $kind, " of neap's expected").to_owned());
                let to = concat!("neap::", stringify!($handle)).to_owned();
                Err(Error::FromLuaConversionError { from: type_name, to, message })
            }
        }
    };
}
lua_object!(Future, "future");
lua_object!(Channel, "channel");

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Self {
        Self { target: self.target.clone(), values: PhantomData }
    }
}

impl<T> fmt::Debug for Sender<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Sender").field(&self.target.key).finish()
    }
}
