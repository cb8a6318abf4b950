//! Async/await, futures, tasks and channels for Lua, written in Lua.
//!
//! The scheduler and everything on top of it are Lua files, which this crate carries with it. It
//! gives them to an [`mlua::Lua`], together with the operating system's clock, and runs scripts:
//!
//! ```
//! use neap::mlua::{Lua, Result};
//!
//! fn main() -> Result<()> {
//!     let lua = Lua::new();
//!     neap::install(&lua)?; // from now on `require "neap"` works, on the system's clock
//!     let script = r#"
//!         local neap = require "neap"
//!         local function tide(harbour)
//!             neap.sleep("20ms")
//!             return "ebb at " .. harbour
//!         end
//!         return neap.spawn(tide, ...):wait()
//!     "#;
//!     let text: String = neap::run(&lua, lua.load(script), "Brest")?; // until every task is done
//!     assert_eq!(text, "ebb at Brest");
//!     Ok(())
//! }
//! ```
//!
//! - An async executor runs tasks by [`run_async`], and Rust's async functions are waits in them; a
//!   Lua task is a future in Rust ([`spawn`]). That is the feature `async`; the feature `tokio`
//!   adds the timer for tokio.
//! - Other threads send to tasks through a [`Sender`].
//! - A program whose tasks wait for devices, or for another library's loop, supplies a [`Host`];
//!   one that owns the loop, as a game does, calls [`step`].
//!
//! One Cargo feature for each Lua, exactly one at a time: `luajit` (the default), `lua51`, `lua52`,
//! `lua53`, `lua54`, `lua55` or `luau`; another than the default takes `default-features = false`.
//! `luau-jit` is Luau with its compiler to machine code. With `send` a Lua may move between
//! threads, and all types here with it; `error-send` has errors do so without that. `cli`, on by
//! default, is for the command `neap` alone.
//!
//! Everything that a script can call is described in `docs/reference.md`.

#![warn(missing_docs)]
#![forbid(unsafe_code)]

#[cfg(feature = "async")]
mod calls;
#[cfg(feature = "async")]
mod executor;
mod host;
mod loader;
#[cfg(feature = "luau")]
mod locator;
mod news;
mod program;
mod raised;
mod task;
#[cfg(feature = "async")]
mod timer;
mod values;

use std::path::Path;
use std::time::Duration;

use mlua::{
    Error, FromLua, FromLuaMulti, Function, IntoLuaMulti, Lua, MaybeSend, Result, Table, Value,
};

use loader::Root;
use program::{call, first, is_installed, protected};

#[cfg(feature = "async")]
pub use executor::{Finish, RunAsync, finish, run_async};
pub use host::Host;
pub use loader::{add_directory, files};
pub use mlua;
pub use raised::Raised;
pub use task::{IntoFunction, Task, spawn};
#[cfg(feature = "tokio")]
pub use timer::Tokio;
#[cfg(feature = "async")]
pub use timer::{Sleep, Timer};
pub use values::{Channel, Future, Sender};

/// Makes neap's modules requirable in `lua`, loads `neap` and gives it the system clock.
///
/// Beyond what `require` finds, nothing of the state is changed; the globals `pcall` and `xpcall`
/// stay as they are (on Lua 5.1 a script that waits inside of them calls `neap.pcall`, or
/// `require("neap").install()` first). A module that waits while it loads, as it can by mlua's
/// `require` on Luau, is loaded once: who requires it meanwhile waits for it. Of Lua's own
/// libraries it takes the base one, `coroutine` (a part of that on Lua 5.1 and LuaJIT), `string`,
/// `table` and `math`. Each state has a scheduler of its own. A second call does nothing.
///
/// # Errors
///
/// When one of these libraries is missing.
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
/// When `directory` holds no `neap.lua`, or one of its files fails to load. After that another
/// installation begins anew.
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

/// Like [`install`], with `host` in place of the system's clock and sleep: for a program whose
/// tasks wait for what other threads, or devices, or another library's loop do.
///
/// In a state that has neap already only the host is replaced: an [`install_from`] may come first.
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

/// Like [`install_with`], for a program that owns the loop and calls [`step`] from it: a clock,
/// which never runs backwards, and no sleep.
///
/// Without a sleep nothing blocks the program's thread: [`run`], and waits in the host's own
/// thread, raise "this host cannot sleep". Scripts are started with `neap.spawn`.
///
/// # Errors
///
/// When a library file fails to load, or tasks live already, for whom the clock would jump.
///
/// # Examples
///
/// See [`step`].
pub fn install_clock(lua: &Lua, now: impl Fn() -> Duration + MaybeSend + 'static) -> Result<()> {
    install_host(lua, host::contract(lua, now, host::write_error)?)
}

/// Like [`install`], for a program whose thread is an async executor's: a clock, and a sleep that
/// the executor polls, in place of the system's. Scripts are run by [`run_async`] and [`spawn`].
///
/// Nothing blocks the thread: [`run`], and waits in the host's own thread, raise "this host cannot
/// sleep".
///
/// # Errors
///
/// When a library file fails to load, or tasks live already, for whom the clock would jump.
///
/// # Examples
///
/// See [`run_async`] and [`Timer`].
#[cfg(feature = "async")]
pub fn install_async(lua: &Lua, timer: impl Timer) -> Result<()> {
    let timer: std::sync::Arc<dyn Timer> = std::sync::Arc::new(timer);
    let (clock, reporter) = (timer.clone(), timer.clone());
    let table = host::contract(lua, move || clock.now(), move |text| reporter.report(text))?;
    install_host(lua, table)?;
    lua.set_app_data(timer::Alarm::new(timer));
    Ok(())
}

fn install_root(lua: &Lua, root: Root) -> Result<()> {
    if is_installed(lua)? {
        return Ok(());
    }
    load(lua, root)?;
    use_host(lua, host::system(lua, &program::news(lua)?)?)
}

fn install_host(lua: &Lua, host: Table) -> Result<()> {
    if !is_installed(lua)? {
        load(lua, Root::Embedded)?;
    }
    use_host(lua, host)
}

fn load(lua: &Lua, root: Root) -> Result<()> {
    for library in ["coroutine", "string", "table", "math"] {
        if !lua.globals().raw_get::<Value>(library)?.is_table() {
            return Err(Error::runtime(format!("neap needs Lua's library '{library}'")));
        }
    }
    loader::load_library(lua, root, || {
        let require: Function = lua.globals().raw_get("require")?;
        let pcall: Function = lua.globals().raw_get("pcall")?;
        let require = |name: &str| {
            let module = first(protected(lua, &pcall, require.clone(), name)?);
            let kind = module.type_name();
            Option::<Table>::from_lua(module, lua).ok().flatten().ok_or_else(|| {
                let file = name.replace('.', "/");
                Error::runtime(format!("{file}.lua must return a table, not a {kind}"))
            })
        };
        let neap = require("neap")?;
        // From now on a module may wait while it loads.
        protected(lua, &pcall, lua.globals().raw_get("require")?, "neap.sync.loading")?;
        program::set_up(lua, require("neap.hosts.rust")?, &neap)
    })
}

/// Has Lua use a host, whose sleep also takes what comes from outside.
fn use_host(lua: &Lua, host: Table) -> Result<()> {
    call(lua, "use", first(call(lua, "host", host)?)).map(drop)
}

/// Runs a function, or a chunk, as the main task, until no task is left, and returns its results.
///
/// # Errors
///
/// What the function raised, as it was raised, once the other tasks have been cancelled:
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
/// let sum: u32 = neap::run(&lua, lua.load("local a, b = ... return a + b"), (3, 4))?;
/// assert_eq!(sum, 7);
///
/// let error = neap::run::<()>(&lua, lua.load("error({ code = 7 })"), ()).unwrap_err();
/// let raised: &neap::Raised = error.downcast_ref().unwrap();
/// let value: mlua::Table = raised.value(&lua)?;
/// assert_eq!(value.get::<i32>("code")?, 7);
/// # Ok(())
/// # }
/// ```
pub fn run<R: FromLuaMulti>(
    lua: &Lua,
    function: impl IntoFunction,
    args: impl IntoLuaMulti,
) -> Result<R> {
    let mut all = args.into_lua_multi(lua)?;
    all.push_front(Value::Function(function.into_function()?));
    R::from_lua_multi(call(lua, "run", all)?, lua)
}

/// Runs one tick, for a program that owns the loop, and returns how long until the next is due.
///
/// [`Duration::ZERO`] says that tasks are ready: the next tick may come as soon as the program's
/// own work allows. [`Duration::MAX`] says that no deadline is set, so that only an event from
/// outside can wake a task; whether one is to come, the program knows: a deadlock is not reported
/// here. `None` says that no task lives. What has been resolved, sent or spawned since is a reason
/// for a tick at any time.
///
/// # Errors
///
/// When `lua` has seen no [`install_clock`] or other installation, when it is running its scheduler
/// already, or when the host itself failed. The failure of a task is no error of `step`: when no
/// task lives any more, those that nobody has waited for are reported.
///
/// # Examples
///
/// The frames of a game, here one in every 100 ms. (An async executor takes `run_async`.)
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
    let idle = first(call(lua, "step", ())?);
    Ok(Option::<f64>::from_lua(idle, lua)?.map(host::duration))
}
