//! Modules that are not neap's, for `neap run`: those of the system are found, and those in C are
//! loaded so that they can call back.
//!
//! A Lua that is built from its sources looks below `/usr/local` alone; a distribution's own Lua
//! finds what that has installed, too. Whoever sets `LUA_PATH` or `LUA_CPATH` has said where to
//! look; `;;` in there stands for the default, as ever.
//!
//! A module in C may keep the thread that loads it, to call back in, as luv does. A script is a
//! task, whose thread is suspended by then, or gone: so it is loaded in Lua's main thread.

use std::env;
use std::ffi::{c_int, c_void};
use std::path::Path;

use mlua::{Function, Lua, LuaString, Result, Table, ffi, lua_State};

/// Puts, in place of the searchers for modules in C (the last two of them), others that load in the
/// main thread what those have found. What one of them raises shows no line of this.
const SEARCHERS: &str = r#"
local searchers, in_main_thread, error, pcall, type = ...
for i = #searchers - 1, #searchers do
  local search = searchers[i]
  searchers[i] = function(name)
    local ok, module, detail = pcall(search, name)
    if not ok then error(module, 0) end
    if type(module) == "function" then module = in_main_thread(module) end
    return module, detail
  end
end
"#;

/// Has `require` find and load them; to be called from Lua's main thread.
pub fn set_up(lua: &Lua) -> Result<()> {
    let package: Table = lua.globals().raw_get("package")?;
    let version: LuaString = lua.globals().raw_get("_VERSION")?;
    let version = version.to_string_lossy();
    let version = version.trim_start_matches("Lua ");
    let patterns = ["?.lua", "?/init.lua"];
    append(lua, &package, "path", version, &["/usr/share".to_owned()], &patterns)?;
    append(lua, &package, "cpath", version, &libraries(), &["?.so"])?;
    load_in_main_thread(lua, &package)
}

/// Where distributions install libraries: Debian by the kind of machine, Fedora by its width.
fn libraries() -> [String; 3] {
    let machine = match env::consts::ARCH {
        "x86" => "i386-linux-gnu",
        "arm" => "arm-linux-gnueabihf",
        other => &format!("{other}-linux-gnu"),
    };
    [format!("/usr/lib/{machine}"), "/usr/lib64".to_owned(), "/usr/lib".to_owned()]
}

fn append(
    lua: &Lua,
    package: &Table,
    field: &str,
    version: &str,
    parents: &[String],
    patterns: &[&str],
) -> Result<()> {
    if !has_default(field, version) {
        return Ok(());
    }
    let old: LuaString = package.raw_get(field)?;
    let mut path = old.as_bytes().to_vec();
    for parent in parents {
        let folder = format!("{parent}/lua/{version}");
        if Path::new(&folder).is_dir() {
            for pattern in patterns {
                path.extend_from_slice(format!(";{folder}/{pattern}").as_bytes());
            }
        }
    }
    package.raw_set(field, lua.create_string(path)?)
}

/// Whether Lua's default is in the path: nobody has set another, or it is to be a part of that. The
/// variable with the version in its name, which 5.1 and LuaJIT do not know, comes first.
fn has_default(field: &str, version: &str) -> bool {
    let name = format!("LUA_{}", field.to_uppercase());
    let of_version = format!("{name}_{}", version.replace('.', "_"));
    let of_version = env::var_os(of_version).filter(|_| version != "5.1");
    let set = of_version.or_else(|| env::var_os(name));
    set.is_none_or(|it| it.as_encoded_bytes().windows(2).any(|pair| pair == b";;"))
}

/// Has modules in C loaded in the thread that calls this.
#[allow(unsafe_code)]
fn load_in_main_thread(lua: &Lua, package: &Table) -> Result<()> {
    let mut searchers: Option<Table> = package.raw_get("searchers")?;
    if searchers.is_none() {
        searchers = package.raw_get("loaders")?;
    }
    // SAFETY: both functions of C find their arguments where Lua puts them, and leave their results
    // on the stack; the main thread, whose address the upvalue is, lives as long as its Lua.
    let in_main_thread: Function = unsafe {
        lua.exec_raw((), |state| {
            ffi::lua_pushlightuserdata(state, state.cast::<c_void>());
            ffi::lua_pushcclosure(state, in_main_thread, 1);
        })?
    };
    let globals = lua.globals();
    let function = |name| globals.raw_get::<Function>(name);
    let arguments =
        (searchers, in_main_thread, function("error")?, function("pcall")?, function("type")?);
    lua.load(SEARCHERS).set_name("=<neap>/neap/modules.lua").call(arguments)
}

/// Makes, of a function, one that calls it in the main thread. Its upvalue is that.
#[allow(unsafe_code)]
unsafe extern "C-unwind" fn in_main_thread(state: *mut lua_State) -> c_int {
    // SAFETY: its only caller gives one argument.
    unsafe {
        ffi::lua_settop(state, 1);
        ffi::lua_pushvalue(state, ffi::lua_upvalueindex(1));
        ffi::lua_insert(state, 1);
        ffi::lua_pushcclosure(state, call_in_main_thread, 2);
    }
    1
}

/// Calls a function in the main thread, and returns its first result. Its upvalues are both.
#[allow(unsafe_code)]
unsafe extern "C-unwind" fn call_in_main_thread(state: *mut lua_State) -> c_int {
    // SAFETY: the main thread has resumed, through others or not, the one that calls, so it can be
    // called itself, as from any function that it has called; both of them have room for what is
    // moved. An error leaves this function with nothing to be dropped.
    unsafe {
        let main = ffi::lua_touserdata(state, ffi::lua_upvalueindex(1)).cast::<lua_State>();
        let count = ffi::lua_gettop(state);
        if ffi::lua_checkstack(state, 1) == 0 || ffi::lua_checkstack(main, count + 1) == 0 {
            ffi::luaL_error(state, c"stack overflow".as_ptr());
        }
        ffi::lua_pushvalue(state, ffi::lua_upvalueindex(2));
        ffi::lua_insert(state, 1);
        ffi::lua_xmove(state, main, count + 1);
        let status = ffi::lua_pcall(main, count, 1, 0);
        ffi::lua_xmove(main, state, 1);
        if status != ffi::LUA_OK {
            ffi::lua_error(state);
        }
    }
    1
}
