//! Finds the file that Luau's `require` would load, without loading it.

use std::io;

use mlua::luau::{FsRequirer, NavigateError, Require};
use mlua::{Function, Lua, Result};

/// Goes where [`FsRequirer`] goes, which is behind the `require` of a new Lua state. But what it
/// loads there is an empty table: the file's own, since the `require` made of this keeps it.
#[derive(Default)]
pub(crate) struct Locator(FsRequirer);

type Navigated = std::result::Result<(), NavigateError>;

impl Require for Locator {
    fn loader(&self, lua: &Lua) -> Result<Function> {
        lua.load("return {}").set_name("=<neap>/neap/locator.lua").into_function()
    }

    /// Another name than the module's, which is kept beside it.
    fn cache_key(&self) -> String {
        format!("<neap>{}", self.0.cache_key())
    }

    fn is_require_allowed(&self, chunk_name: &str) -> bool {
        self.0.is_require_allowed(chunk_name)
    }

    fn reset(&mut self, chunk_name: &str) -> Navigated {
        self.0.reset(chunk_name)
    }

    fn jump_to_alias(&mut self, path: &str) -> Navigated {
        self.0.jump_to_alias(path)
    }

    fn to_alias_override(&mut self, alias: &str) -> Navigated {
        self.0.to_alias_override(alias)
    }

    fn to_alias_fallback(&mut self, alias: &str) -> Navigated {
        self.0.to_alias_fallback(alias)
    }

    fn to_parent(&mut self) -> Navigated {
        self.0.to_parent()
    }

    fn to_child(&mut self, name: &str) -> Navigated {
        self.0.to_child(name)
    }

    fn has_module(&self) -> bool {
        self.0.has_module()
    }

    fn has_config(&self) -> bool {
        self.0.has_config()
    }

    fn config(&self) -> io::Result<Vec<u8>> {
        self.0.config()
    }
}
