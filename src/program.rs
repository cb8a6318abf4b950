//! What Lua is given by the crate (`neap.hosts.rust` says what of), and what the crate calls in
//! Lua.

use std::sync::Arc;

use mlua::{Error, Function, IntoLua, IntoLuaMulti, Lua, MultiValue, Result, Table, Value};

use crate::news::{Closing, News, Piece};
use crate::raised::as_error;

/// The name in Lua's registry of what `neap.hosts.rust` returns, where no script can replace it.
const PROGRAM: &str = "neap";

/// A function of neap's, by its name in `neap.hosts.rust`.
pub(crate) fn function(lua: &Lua, name: &str) -> Result<Function> {
    match lua.named_registry_value::<Option<Table>>(PROGRAM)? {
        Some(program) => program.raw_get(name),
        None => Err(not_installed()),
    }
}

fn not_installed() -> Error {
    Error::runtime("neap is not installed in this Lua state: call neap::install")
}

/// Calls such a function under Lua's own `pcall`: unlike a call through mlua, that keeps the value
/// of an error, and adds no traceback of the scheduler to its text.
pub(crate) fn call(lua: &Lua, name: &str, args: impl IntoLuaMulti) -> Result<MultiValue> {
    protected(lua, &function(lua, "pcall")?, function(lua, name)?, args)
}

/// Calls a function under `pcall`.
pub(crate) fn protected(
    lua: &Lua,
    pcall: &Function,
    function: Function,
    args: impl IntoLuaMulti,
) -> Result<MultiValue> {
    let mut args = args.into_lua_multi(lua)?;
    args.push_front(Value::Function(function));
    let mut results: MultiValue = pcall.call(args)?;
    match results.pop_front() {
        Some(Value::Boolean(true)) => Ok(results),
        _ => Err(as_error(lua, first(results))?),
    }
}

pub(crate) fn first(mut values: MultiValue) -> Value {
    values.pop_front().unwrap_or(Value::Nil)
}

pub(crate) fn is_installed(lua: &Lua) -> Result<bool> {
    Ok(lua.named_registry_value::<Option<Table>>(PROGRAM)?.is_some())
}

/// The news of a Lua that has neap.
pub(crate) fn news(lua: &Lua) -> Result<Arc<News>> {
    match lua.app_data_ref::<Closing>() {
        Some(closing) => Ok(closing.0.clone()),
        None => Err(not_installed()),
    }
}

/// Has the functions of `module`, which is `neap.hosts.rust`, be those that the crate calls.
pub(crate) fn set_up(lua: &Lua, module: Table, neap: &Table) -> Result<()> {
    let news = Arc::<News>::default();
    for name in ["use", "future", "channel"] {
        module.raw_set(name, neap.get::<Function>(name)?)?;
    }
    module.get::<Function>("begin")?.call::<()>(supplied(lua, &news)?)?;
    lua.set_app_data(Closing(news));
    lua.set_named_registry_value(PROGRAM, module)
}

/// What Lua is given.
fn supplied(lua: &Lua, news: &Arc<News>) -> Result<Table> {
    let [counted, taken, woken, ended] = [(); 4].map(|()| news.clone());
    let table = lua.create_table()?;
    table.raw_set("count", lua.create_function(move |_, ()| Ok(counted.count()))?)?;
    table.raw_set("take", lua.create_function(move |lua, ()| take(lua, &taken))?)?;
    let notify = move |_: &Lua, ()| {
        woken.wake();
        Ok(())
    };
    table.raw_set("notify", lua.create_function(notify)?)?;
    let ended = move |_: &Lua, key| {
        ended.wake_poller(key);
        Ok(())
    };
    table.raw_set("ended", lua.create_function(ended)?)?;
    #[cfg(feature = "async")]
    crate::calls::supply(lua, &table, news)?;
    Ok(table)
}

/// The oldest piece of news, as Lua takes it: what it is, a number, and values.
fn take(lua: &Lua, news: &News) -> Result<MultiValue> {
    let (what, number, values) = match news.take() {
        None => return Ok(MultiValue::new()),
        #[cfg(feature = "async")]
        Some(Piece::Call(number)) => ("call", number, MultiValue::new()),
        Some(Piece::Sent(number, convert)) => match convert(lua) {
            Ok(values) => ("sent", number, values),
            Err(error) => ("failed", number, error.into_lua_multi(lua)?),
        },
        Some(Piece::Gone(number)) => ("gone", number, MultiValue::new()),
        Some(Piece::Dropped(number)) => ("dropped", number, MultiValue::new()),
    };
    let mut all = values;
    all.push_front(number.into_lua(lua)?);
    all.push_front(what.into_lua(lua)?);
    Ok(all)
}
