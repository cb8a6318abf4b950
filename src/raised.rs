//! Errors that lose nothing of what Lua raised.

use std::error::Error as StdError;
use std::fmt;

use mlua::{Error, FromLua, Lua, RegistryKey, Result, Value};

/// Turns what a Lua function raised into an error that loses nothing of it.
pub(crate) fn as_error(lua: &Lua, value: Value) -> Result<Error> {
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
/// [`run`](crate::run) returns it inside an [`Error::ExternalError`]; see there for an example.
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
