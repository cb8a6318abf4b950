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

use std::error::Error as StdError;
use std::fmt;
use std::path::Path;

use mlua::chunk::Chunk;
use mlua::{Error, FromLua, Function, IntoLuaMulti, Lua, MultiValue, RegistryKey, Result};
use mlua::{Table, Value};

use loader::Root;

pub use loader::{add_directory, files};

/// Names in Lua's registry, where no script can replace what they hold.
const PCALL: &str = "neap.pcall";
const RUN: &str = "neap.run";

/// Makes neap's modules requirable in `lua`, loads `neap` and gives it the system clock.
///
/// Beyond what `require` finds, nothing of the state is changed; the globals `pcall` and `xpcall`
/// stay as they are (on Lua 5.1 a script that waits inside of them calls `neap.pcall`, or
/// `require("neap").install()` first). Neither the `debug` nor the `package` library is needed.
/// Each state has a scheduler of its own. A second call does nothing.
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

fn install_root(lua: &Lua, root: Root) -> Result<()> {
    if lua.named_registry_value::<Option<Function>>(RUN)?.is_some() {
        return Ok(());
    }
    lua.set_named_registry_value(PCALL, lua.globals().raw_get::<Function>("pcall")?)?;
    loader::add_root(lua, root)?;
    let require: Function = lua.globals().raw_get("require")?;
    let neap = Table::from_lua(first(protected(lua, &require, "neap")?), lua)?;
    protected(lua, &neap.get("use")?, host::system(lua)?)?;
    lua.set_named_registry_value(RUN, neap.get::<Function>("run")?)
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
    let Some(run) = lua.named_registry_value::<Option<Function>>(RUN)? else {
        return Err(Error::runtime("neap is not installed in this Lua state: call neap::install"));
    };
    protected(lua, &run, chunk.into_function()?)
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
