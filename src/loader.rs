//! Finds Lua modules for `require`: neap's own files, embedded or in a directory, and a script's.
//!
//! A module `a.b` is the file `a/b.lua` or, failing that, `a/b/init.lua`. Where Lua has a `package`
//! library, neap's files get a searcher there, right after `package.preload`, so that no file that
//! happens to lie on the search path can shadow them. Where it has none (Luau, or a state made
//! without that library), a `require` of ours serves them and hands every other name to the
//! `require` that was there before.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};
use mlua::chunk::{Chunk, ChunkMode};
use mlua::{Error, Function, IntoLuaMulti, Lua, LuaString, MultiValue, Result, Table, Value};

static EMBEDDED: Dir = include_dir!("$CARGO_MANIFEST_DIR/lua");

/// The chunk name of the Lua in this file.
const GLUE: &str = "=<neap>/neap/loader.lua";

/// Turns `find` into a searcher for `package.searchers`.
const SEARCHER: &str = r#"
local find, error = ...
return function(name)
  local module, detail, is_broken = find(name)
  if is_broken then error(detail, 0) end
  return module or detail, detail
end
"#;

/// Turns `find` into a `require` of its own, over the one that was there before, if any. How a
/// module is loaded once, whoever asks for it meanwhile, is neap's to say, as soon as that is there
/// itself.
const REQUIRE: &str = r#"
local find, loaded, error, pcall, type, original, locate, in_callers_name = ...
local entered = {}

local function load_at_once(name, _, load, ...)
  if entered[name] then error("loop: module '" .. name .. "' requires itself", 3) end
  entered[name] = true
  local ok, value = pcall(load, ...)
  entered[name] = nil
  if not ok then error(value, 0) end
  return value
end

local function load(name, module, file)
  local value = module(name, file)
  if value == nil then value = true end
  loaded[name] = value
  return value
end

return function(name)
  local kind = type(name)
  if kind ~= "string" and kind ~= "number" then
    error("bad argument #1 to 'require' (string expected, got " .. kind .. ")", 2)
  end
  local value = loaded[name]
  if value ~= nil then return value end
  local module, detail, is_broken = find(name)
  if is_broken then error(detail, 0) end
  local load_once = loaded["neap.sync.loading"] or load_at_once
  -- What is called here is not called last: it raises its errors two levels up.
  if module then
    value = load_once(name, name, load, name, module, detail)
    return value
  end
  if not original then error("module '" .. name .. "' not found:" .. detail, 2) end
  local call = in_callers_name()
  local is_located, key = pcall(call, locate, name)
  if not is_located then return call(original, name) end
  value = load_once(key, name, call, original, name)
  return value
end
"#;

/// A place with Lua files in it.
pub(crate) enum Root {
    /// The files of this crate's `lua/` folder, as they were when it was built.
    Embedded,
    /// A directory, read anew for each module.
    Directory(PathBuf),
}

/// What `require` in one Lua state finds.
struct Roots {
    /// The places that it looks in, first to last.
    places: Vec<Root>,
    /// What it has loaded, by the names: `package.loaded`, or that of our own `require`.
    loaded: Table,
}

/// What has become of a search for a module.
enum Found {
    Module {
        function: Function,
        file: String,
    },
    /// Why it is nowhere.
    Missing(String),
    /// Why it does not compile.
    Broken(String),
}

/// What the Lua code above is told: a function and a file; or nil and a text; and true if that is
/// an error.
impl IntoLuaMulti for Found {
    fn into_lua_multi(self, lua: &Lua) -> Result<MultiValue> {
        match self {
            Found::Module { function, file } => (function, file).into_lua_multi(lua),
            Found::Missing(why) => (Value::Nil, why).into_lua_multi(lua),
            Found::Broken(why) => (Value::Nil, why, true).into_lua_multi(lua),
        }
    }
}

impl Root {
    /// The text of the file at `path` (relative, with slashes) and the name that Lua's messages
    /// call it by, or why there is none.
    fn read(&self, path: &str) -> std::result::Result<(Vec<u8>, String), String> {
        match self {
            Root::Embedded => match EMBEDDED.get_file(path) {
                // No file of a user's has such a name: in messages ours are told by it.
                Some(file) => Ok((file.contents().to_vec(), format!("<neap>/{path}"))),
                None => Err(format!("no embedded file '{path}'")),
            },
            Root::Directory(directory) => {
                let file = directory.join(path);
                let name = file.to_string_lossy().into_owned();
                match fs::read(&file) {
                    Ok(text) => Ok((text, name)),
                    Err(error) if error.kind() == io::ErrorKind::NotFound => {
                        Err(format!("no file '{name}'"))
                    }
                    Err(error) => Err(format!("cannot read '{name}': {error}")),
                }
            }
        }
    }
}

/// The Lua files of the library: each one's path below `lua/`, with slashes, and its text; for a
/// program that hands them to another host. `neap export` writes them out.
///
/// # Examples
///
/// ```
/// let files = neap::files();
/// assert!(files.iter().any(|(path, _)| path == "neap/kernel/scheduler.lua"));
/// ```
pub fn files() -> Vec<(String, &'static str)> {
    fn collect(directory: &'static Dir, files: &mut Vec<(String, &'static str)>) {
        for file in directory.files() {
            let parts: Vec<_> = file.path().iter().map(|part| part.to_string_lossy()).collect();
            files.push((parts.join("/"), file.contents_utf8().expect("neap's files are in UTF-8")));
        }
        directory.dirs().for_each(|directory| collect(directory, files));
    }
    let mut files = Vec::new();
    collect(&EMBEDDED, &mut files);
    files.sort();
    files
}

/// Finds the module `name` in the roots of `lua`.
fn find(lua: &Lua, name: &str) -> Result<Found> {
    // A name such as "..etc" or "a/b" must not become a path that leaves the root.
    if name.split('.').any(|part| part.is_empty() || part.contains(['/', '\\', '\0'])) {
        return Ok(Found::Missing(format!("\n\tno file of neap can be called '{name}'")));
    }
    let stem = name.replace('.', "/");
    let mut missing = String::new();
    let roots = lua.app_data_ref::<Roots>();
    for root in roots.iter().flat_map(|roots| &roots.places) {
        for path in [format!("{stem}.lua"), format!("{stem}/init.lua")] {
            match root.read(&path) {
                Ok((text, file)) => return compile(lua, &text, file),
                Err(why) => missing.push_str(&format!("\n\t{why}")),
            }
        }
    }
    Ok(Found::Missing(missing))
}

fn compile(lua: &Lua, text: &[u8], file: String) -> Result<Found> {
    let chunk = lua.load(text).set_name(format!("@{file}")).set_mode(ChunkMode::Text);
    match chunk.into_function() {
        Ok(function) => Ok(Found::Module { function, file }),
        Err(Error::SyntaxError { message, .. }) => Ok(Found::Broken(message)),
        Err(error) => Err(error),
    }
}

/// Loads the library by `load`, with its modules, which are those below `root`, requirable ahead of
/// all others but the preloaded ones. If that fails, they no longer are, and what was loaded
/// meanwhile is forgotten: another attempt begins anew.
pub(crate) fn load_library(lua: &Lua, root: Root, load: impl FnOnce() -> Result<()>) -> Result<()> {
    let loaded = with_roots(lua, |roots| {
        roots.places.insert(0, root);
        roots.loaded.clone()
    })?;
    let before = lua.create_table()?;
    loaded.for_each(|name: Value, module: Value| before.raw_set(name, module))?;
    load().or_else(|error| {
        with_roots(lua, |roots| roots.places.remove(0))?;
        loaded.for_each(|name: Value, _: Value| {
            let module: Value = before.raw_get(&name)?;
            loaded.raw_set(name, module)
        })?;
        Err(error)
    })
}

/// Calls `change` with the roots of `lua`; the first call has `require` look in them.
fn with_roots<R>(lua: &Lua, change: impl FnOnce(&mut Roots) -> R) -> Result<R> {
    if lua.app_data_ref::<Roots>().is_none() {
        let loaded = set_up(lua)?;
        lua.set_app_data(Roots { places: Vec::new(), loaded });
    }
    Ok(change(&mut lua.app_data_mut::<Roots>().expect("it is set")))
}

/// Has `require` call `find`, and gives the table in which it keeps what it has loaded.
fn set_up(lua: &Lua) -> Result<Table> {
    let globals = lua.globals();
    let find = lua.create_function(|lua, name: LuaString| find(lua, &name.to_string_lossy()))?;
    let error: Function = globals.raw_get("error")?;
    let original: Option<Function> = globals.raw_get("require")?;
    if let (Some((searchers, loaded)), true) = (searchers(lua)?, original.is_some()) {
        let searcher: Function = glue(lua, SEARCHER).call((find, error))?;
        searchers.raw_insert(2, searcher)?;
        return Ok(loaded);
    }
    let loaded = lua.create_table()?;
    let [pcall, kind]: [Function; 2] = [globals.raw_get("pcall")?, globals.raw_get("type")?];
    let in_callers_name = lua.create_function(|lua, ()| in_callers_name(lua))?;
    let arguments = (find, &loaded, error, pcall, kind, original, locate(lua)?, in_callers_name);
    let require: Function = glue(lua, REQUIRE).call(arguments)?;
    globals.raw_set("require", require)?;
    Ok(loaded)
}

/// Makes the modules of `directory` requirable, ahead of those that `package.path` names already,
/// but after neap's own. `neap run` does this with the directory of the script.
///
/// Where Lua has a `package.path`, a directory whose name holds a `;` or a `?` is not found: that
/// list has no way to quote them.
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
/// neap::add_directory(&lua, "scripts".as_ref())?; // require "a.b" finds scripts/a/b.lua
/// # Ok(())
/// # }
/// ```
pub fn add_directory(lua: &Lua, directory: &Path) -> Result<()> {
    let Some(package) = package(lua)? else {
        let root = Root::Directory(directory.to_owned());
        return with_roots(lua, |roots| roots.places.push(root));
    };
    let mut path = Vec::new();
    for pattern in ["?.lua", "?/init.lua"] {
        path.extend_from_slice(directory.join(pattern).as_os_str().as_encoded_bytes());
        path.push(b';');
    }
    if let Value::String(old) = package.raw_get("path")? {
        path.extend_from_slice(&old.as_bytes());
    }
    package.raw_set("path", lua.create_string(path)?)
}

fn package(lua: &Lua) -> Result<Option<Table>> {
    match lua.globals().raw_get("package")? {
        Value::Table(package) => Ok(Some(package)),
        _ => Ok(None),
    }
}

/// The list that `require` asks, `package.searchers`, in 5.1 `package.loaders`, and what that has
/// loaded.
fn searchers(lua: &Lua) -> Result<Option<(Table, Table)>> {
    let Some(package) = package(lua)? else { return Ok(None) };
    for name in ["searchers", "loaders"] {
        if let Value::Table(searchers) = package.raw_get(name)? {
            return Ok(Some((searchers, package.raw_get("loaded")?)));
        }
    }
    Ok(None)
}

fn glue<'a>(lua: &Lua, text: &'a str) -> Chunk<'a> {
    lua.load(text).set_name(GLUE)
}

/// A function that calls another with a name, and seems to stand in the file that called our
/// `require`: Luau resolves `./name` against the file of whoever calls its `require`.
fn in_callers_name(lua: &Lua) -> Result<Function> {
    let lua_function_at = |level| {
        lua.inspect_stack(level, |frame| {
            let source = frame.source();
            source.source.filter(|_| source.what != "C").map(|name| name.into_owned())
        })
    };
    // Level 0 is this function, level 1 our `require`. Called from Rust, it is nobody's: then `./`
    // is the current directory.
    let caller = (2..).map_while(lua_function_at).flatten().next();
    lua.load("return function(fn, name) return fn(name) end")
        .set_name(caller.as_deref().unwrap_or("@neap"))
        .eval()
}

/// A function that finds what `require` would load by a name, and loads nothing: it gives the same
/// value for the same file, and raises an error where there is none.
#[cfg(feature = "luau")]
fn locate(lua: &Lua) -> Result<Option<Function>> {
    lua.create_require_function(crate::locator::Locator::default()).map(Some)
}

/// In any other `require` but ours nothing can wait.
#[cfg(not(feature = "luau"))]
fn locate(_: &Lua) -> Result<Option<Function>> {
    Ok(None)
}
