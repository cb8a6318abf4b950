//! Async/await, futures, tasks and channels for Lua, written in Lua.
//!
//! The scheduler and everything on top of it are Lua files, which this crate carries with it. It
//! gives them to an [`mlua::Lua`], together with the operating system's clock, and runs scripts:
//!
//! ```
//! # fn main() -> mlua::Result<()> {
//! let lua = mlua::Lua::new();
//! neap::install(&lua)?; // `require "neap"` works
//! let results = neap::run(
//!     &lua,
//!     lua.load(
//!         r#"
//!         local neap = require "neap"
//!         local slow = neap.spawn(function() neap.sleep("20ms") return "slow" end)
//!         local quick = neap.spawn(function() neap.sleep("10ms") return "quick" end)
//!         return quick:wait() .. " and " .. slow:wait()
//!         "#,
//!     ),
//! )?;
//! assert_eq!(results[0].to_string()?, "quick and slow");
//! # Ok(())
//! # }
//! ```
//!
//! A program whose tasks wait for more than time, for threads or devices, supplies a [`Host`]; one
//! that owns the loop, an async executor or a game, calls [`step`] in place of [`run`].
//!
//! One Cargo feature for each Lua, exactly one at a time: `luajit` (the default), `lua51`, `lua52`,
//! `lua53`, `lua54`, `lua55` or `luau`.
//! Everything that a script can call is described in the README.

#![warn(missing_docs)]
#![forbid(unsafe_code)]

/// Fails the build, with the choices, unless exactly one of the features is on.
macro_rules! exactly_one_of {
    ($($vm:literal)*) => {
        #[cfg(not(any($(feature = $vm),*)))]
        compile_error!(concat!("neap needs a Lua; choose one feature of:" $(, " ", $vm)*));
        exactly_one_of!(@pairs $($vm)*);
    };
    (@pairs $vm:literal $($other:literal)*) => {
        $(
            #[cfg(all(feature = $vm, feature = $other))]
            compile_error!(concat!("neap runs on one Lua at a time, not on ", $vm, " and ", $other,
                " (luajit is the default: --no-default-features turns it off)"));
        )*
        exactly_one_of!(@pairs $($other)*);
    };
    (@pairs) => {};
}
exactly_one_of!("luajit" "lua51" "lua52" "lua53" "lua54" "lua55" "luau");

mod host;
mod loader;
#[cfg(feature = "luau")]
mod locator;

use std::error::Error as StdError;
use std::fmt;
use std::path::Path;
use std::time::Duration;

use mlua::chunk::Chunk;
use mlua::{Error, FromLua, Function, IntoLuaMulti, Lua, MaybeSend, MultiValue, RegistryKey};
use mlua::{Result, Table, Value};

use loader::Root;

pub use host::Host;
pub use loader::{add_directory, files};

/// Names in Lua's registry, where no script can replace what they hold.
const PCALL: &str = "neap.pcall";
const RUN: &str = "neap.run";
const STEP: &str = "neap.step";
const USE: &str = "neap.use";

/// Makes neap's modules requirable in `lua`, loads `neap` and gives it the system clock.
///
/// Beyond what `require` finds, nothing of the state is changed; the globals `pcall` and `xpcall`
/// stay as they are (on Lua 5.1 a script that waits inside of them calls `neap.pcall`, or
/// `require("neap").install()` first). A module that waits while it loads, as it can by mlua's
/// `require` on Luau, is loaded once: who requires it meanwhile waits for it. Neither the `debug`
/// nor the `package` library is needed. Each state has a scheduler of its own. A second call does
/// nothing.
///
/// # Errors
///
/// When a library file fails to load, as it does in a state without Lua's base library.
///
/// # Examples
///
/// ```
/// # fn main() -> mlua::Result<()> {
/// let lua = mlua::Lua::new();
/// neap::install(&lua)?;
/// lua.load(r#"assert(require("neap").sleep(0.01) >= 0.01)"#).exec()?;
/// # Ok(())
/// # }
/// ```
pub fn install(lua: &Lua) -> Result<()> {
    install_root(lua, Root::Embedded)
}

/// Like [`install`], with the Lua files of `directory` (a copy of this crate's `lua/` folder) in
/// place of the embedded ones: to change the scheduler and try it.
///
/// # Errors
///
/// When `directory` holds no `neap.lua`, or one of its files fails to load.
///
/// # Examples
///
/// ```
/// # fn main() -> mlua::Result<()> {
/// let lua = mlua::Lua::new();
/// neap::install_from(&lua, "lua".as_ref())?;
/// # Ok(())
/// # }
/// ```
pub fn install_from(lua: &Lua, directory: &Path) -> Result<()> {
    if !directory.join("neap.lua").is_file() {
        return Err(Error::runtime(format!("no neap.lua in {}", directory.display())));
    }
    install_root(lua, Root::Directory(directory.to_owned()))
}

/// Like [`install`], with `host` in place of the system's clock and sleep: for a program whose tasks
/// wait for what other threads, or devices, or another library's loop do.
///
/// In a state that has neap already only the host is replaced: so an [`install_from`] may come first.
///
/// # Errors
///
/// When a library file fails to load, or tasks live already, for whom the clock would jump.
///
/// # Examples
///
/// See [`Host`].
pub fn install_with(lua: &Lua, host: impl Host) -> Result<()> {
    install_host(lua, host::table(lua, host)?)
}

/// Like [`install_with`], for a program that owns the loop and calls [`step`] from it: a clock, which
/// never runs backwards, and no sleep.
///
/// Without a sleep nothing blocks the program's thread: [`run`], and waits in the host's own thread,
/// raise "this host cannot sleep". Scripts are started with `neap.spawn`.
///
/// # Errors
///
/// When a library file fails to load, or tasks live already, for whom the clock would jump.
///
/// # Examples
///
/// See [`step`].
pub fn install_clock(lua: &Lua, now: impl Fn() -> Duration + MaybeSend + 'static) -> Result<()> {
    install_host(lua, host::clock_alone(lua, now)?)
}

fn install_root(lua: &Lua, root: Root) -> Result<()> {
    if is_installed(lua)? {
        return Ok(());
    }
    load(lua, root)?;
    use_host(lua, host::system(lua)?)
}

fn install_host(lua: &Lua, host: Table) -> Result<()> {
    if !is_installed(lua)? {
        load(lua, Root::Embedded)?;
    }
    use_host(lua, host)
}

fn is_installed(lua: &Lua) -> Result<bool> {
    Ok(lua.named_registry_value::<Option<Function>>(RUN)?.is_some())
}

fn load(lua: &Lua, root: Root) -> Result<()> {
    lua.set_named_registry_value(PCALL, lua.globals().raw_get::<Function>("pcall")?)?;
    loader::add_root(lua, root)?;
    let require: Function = lua.globals().raw_get("require")?;
    let neap = match first(protected(lua, &require, "neap")?) {
        Value::Table(neap) => neap,
        other => {
            let text = format!("neap.lua must return a table, not a {}", other.type_name());
            return Err(Error::runtime(text));
        }
    };
    // From now on a module may wait while it loads.
    protected(lua, &require, "neap.sync.loading")?;
    lua.set_named_registry_value(USE, neap.get::<Function>("use")?)?;
    lua.set_named_registry_value(STEP, neap.get::<Function>("step")?)?;
    lua.set_named_registry_value(RUN, neap.get::<Function>("run")?)
}

fn use_host(lua: &Lua, host: Table) -> Result<()> {
    protected(lua, &installed(lua, USE)?, host).map(drop)
}

/// The function of neap's of that name in the registry.
fn installed(lua: &Lua, name: &str) -> Result<Function> {
    let function = lua.named_registry_value::<Option<Function>>(name)?;
    function.ok_or_else(|| {
        Error::runtime("neap is not installed in this Lua state: call neap::install")
    })
}

/// Runs `chunk` as the main task, until no task is left, and returns its results.
///
/// # Errors
///
/// What the chunk raised, as it was raised, once the other tasks have been cancelled:
/// - a string is a [`RuntimeError`](Error::RuntimeError) of just that text;
/// - an error that a Rust function returned to Lua is that error;
/// - any other value is an [`ExternalError`](Error::ExternalError) that holds a [`Raised`].
///
/// Also a [`SyntaxError`](Error::SyntaxError) of the chunk; a deadlock, as a string that says who
/// waits for what; and a `RuntimeError` when `lua` has seen no [`install`], or is running its
/// scheduler already (a Rust function that a task has called may not call `run`).
///
/// The failure of a task that nothing waited for is not returned here: it goes to the function
/// given to `neap.on_error`, or to the standard error output.
///
/// # Examples
///
/// ```
/// # fn main() -> mlua::Result<()> {
/// let lua = mlua::Lua::new();
/// neap::install(&lua)?;
/// let error = neap::run(&lua, lua.load("error({ code = 7 })")).unwrap_err();
/// let raised: &neap::Raised = error.downcast_ref().unwrap();
/// let value: mlua::Table = raised.value(&lua)?;
/// assert_eq!(value.get::<i32>("code")?, 7);
/// # Ok(())
/// # }
/// ```
pub fn run(lua: &Lua, chunk: Chunk<'_>) -> Result<MultiValue> {
    protected(lua, &installed(lua, RUN)?, chunk.into_function()?)
}

/// Runs one tick, for a program that owns the loop, and returns how long until the next is due.
///
/// [`Duration::ZERO`] says that tasks are ready: the next tick may come as soon as the program's own
/// work allows. [`Duration::MAX`] says that no deadline is set, so that only an event from outside
/// can wake a task; whether one is to come, the program knows: a deadlock is not reported here.
/// `None` says that no task lives. What has been resolved, sent or spawned since is a reason for a
/// tick at any time.
///
/// # Errors
///
/// When `lua` has seen no [`install_clock`] or other installation, when it is running its scheduler
/// already, or when the host itself failed. The failure of a task is no error of `step`: when no task
/// lives any more, those that nobody has waited for are reported.
///
/// # Examples
///
/// The frames of a game, here one in every 100 ms. (`tests/examples/tokio.rs` is an async executor.)
///
/// ```
/// # use std::{cell::Cell, rc::Rc, time::Duration};
/// # fn main() -> mlua::Result<()> {
/// let lua = mlua::Lua::new();
/// let time = Rc::new(Cell::new(Duration::ZERO));
/// let clock = time.clone();
/// neap::install_clock(&lua, move || clock.get())?;
/// lua.load(r#"require("neap").spawn(function() require("neap").sleep("250ms") end)"#).exec()?;
///
/// let mut frames = 0;
/// while neap::step(&lua)?.is_some() {
///     frames += 1;
///     time.set(time.get() + Duration::from_millis(100));
/// }
/// assert_eq!(frames, 4);
/// # Ok(())
/// # }
/// ```
pub fn step(lua: &Lua) -> Result<Option<Duration>> {
    let idle = first(protected(lua, &installed(lua, STEP)?, ())?);
    Ok(Option::<f64>::from_lua(idle, lua)?.map(host::duration))
}

/// Calls `function` under Lua's own `pcall`: unlike a call through mlua, that keeps the value of an
/// error, and adds no traceback of the scheduler to its text.
fn protected(lua: &Lua, function: &Function, args: impl IntoLuaMulti) -> Result<MultiValue> {
    let pcall: Function = lua.named_registry_value(PCALL)?;
    let mut args = args.into_lua_multi(lua)?;
    args.push_front(Value::Function(function.clone()));
    let mut results: MultiValue = pcall.call(args)?;
    match results.pop_front() {
        Some(Value::Boolean(true)) => Ok(results),
        _ => Err(as_error(lua, first(results))?),
    }
}

fn first(mut values: MultiValue) -> Value {
    values.pop_front().unwrap_or(Value::Nil)
}

/// Turns what a Lua function raised into an error that loses nothing of it.
fn as_error(lua: &Lua, value: Value) -> Result<Error> {
    Ok(match value {
        Value::String(text) => Error::RuntimeError(text.to_string_lossy()),
        Value::Error(error) => *error,
        value => Error::external(Raised {
            text: value.to_string().unwrap_or_else(|_| value.type_name().to_owned()),
            key: lua.create_registry_value(value)?,
        }),
    })
}

/// An error value other than a string, as Lua raised it: often a table.
///
/// [`run`] returns it inside an [`Error::ExternalError`]; see there for an example.
#[derive(Debug)]
pub struct Raised {
    text: String,
    key: RegistryKey,
}

impl Raised {
    /// The value itself: the same table, not a copy.
    ///
    /// # Errors
    ///
    /// When `lua` is another state than the one that raised it, or the value is no `T`.
    pub fn value<T: FromLua>(&self, lua: &Lua) -> Result<T> {
        lua.registry_value(&self.key)
    }
}

/// What Lua's `tostring` made of the value.
impl fmt::Display for Raised {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl StdError for Raised {}
