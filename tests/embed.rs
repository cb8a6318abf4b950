//! Uses neap from Rust, as a program that embeds it does.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use mlua::{Error, Function, Lua, LuaOptions, MultiValue, Result, StdLib, Table};

fn lua_with_neap() -> Result<Lua> {
    let lua = Lua::new();
    neap::install(&lua)?;
    Ok(lua)
}

/// Lua with its libraries, and Lua without `package`, whose `require` is neap's.
fn luas() -> Result<[Lua; 2]> {
    let libraries = StdLib::TABLE | StdLib::STRING | StdLib::MATH;
    #[cfg(not(any(feature = "lua51", feature = "luajit")))]
    let libraries = libraries | StdLib::COROUTINE;
    Ok([Lua::new(), Lua::new_with(libraries, LuaOptions::default())?])
}

/// A folder with these files.
fn folder(name: &str, files: &[(&str, &str)]) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    for (name, text) in files {
        let file = folder.join(name);
        fs::create_dir_all(file.parent().expect("it has one")).expect("a folder can be made");
        fs::write(file, text).expect("a file can be written");
    }
    folder
}

fn strings(values: MultiValue) -> Result<Vec<String>> {
    values.iter().map(|value| value.to_string()).collect()
}

#[derive(Debug)]
struct Full;

impl fmt::Display for Full {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the disk is full")
    }
}

impl std::error::Error for Full {}

#[test]
fn run_returns_every_result_of_the_chunk() -> Result<()> {
    let lua = lua_with_neap()?;
    let chunk = r#"
        local neap = require "neap"
        local task = neap.spawn(function(text) neap.sleep(0.01) return text end, "waited")
        return task:wait(), nil, true, nil
    "#;
    assert_eq!(strings(neap::run(&lua, lua.load(chunk), ())?)?, ["waited", "nil", "true", "nil"]);
    assert_eq!(neap::run::<MultiValue>(&lua, lua.load("return"), ())?.len(), 0);
    Ok(())
}

#[test]
fn tasks_call_rust_functions() -> Result<()> {
    let lua = lua_with_neap()?;
    lua.globals().set("double", lua.create_function(|_, n: f64| Ok(n * 2.0))?)?;
    let chunk = r#"
        local neap = require "neap"
        return neap.spawn(function() neap.sleep(0.001) return double(21) == 42 end):wait()
    "#;
    assert_eq!(strings(neap::run(&lua, lua.load(chunk), ())?)?, ["true"]);
    Ok(())
}

#[test]
fn a_raised_string_is_a_runtime_error_of_that_text() -> Result<()> {
    let lua = lua_with_neap()?;
    let chunk = lua.load("\nerror('it broke')").set_name("@chunk.lua");
    match neap::run::<()>(&lua, chunk, ()) {
        Err(Error::RuntimeError(text)) => assert_eq!(text, "chunk.lua:2: it broke"),
        other => panic!("{other:?}"),
    }
    // The state is as good as before.
    assert_eq!(strings(neap::run(&lua, lua.load("return 'fine'"), ())?)?, ["fine"]);
    Ok(())
}

#[test]
fn a_raised_table_is_the_same_table() -> Result<()> {
    let lua = lua_with_neap()?;
    let chunk = r#"
        problem = setmetatable({}, { __tostring = function() return "a problem" end })
        local neap = require "neap"
        neap.spawn(function() neap.sleep(0.001) error(problem) end):wait()
    "#;
    let error = neap::run::<()>(&lua, lua.load(chunk), ()).unwrap_err();
    assert_eq!(error.to_string(), "a problem");
    let raised: &neap::Raised = error.downcast_ref().expect("a Raised");
    assert_eq!(raised.value::<Table>(&lua)?, lua.globals().get::<Table>("problem")?);
    assert!(raised.value::<Function>(&lua).is_err());
    assert!(raised.value::<Table>(&Lua::new()).is_err(), "another state has no such value");

    // (5.5 makes a text of nil.)
    let error = neap::run::<()>(&lua, lua.load("error(false)"), ()).unwrap_err();
    assert!(error.downcast_ref::<neap::Raised>().is_some(), "{error:?}");
    Ok(())
}

#[test]
fn a_rust_error_comes_back_as_itself() -> Result<()> {
    let lua = lua_with_neap()?;
    let write = lua.create_function(|_, ()| Err::<(), _>(Error::external(Full)))?;
    lua.globals().set("write", write)?;
    let error = neap::run::<()>(&lua, lua.load("write()"), ()).unwrap_err();
    assert!(error.downcast_ref::<Full>().is_some(), "{error:?}");
    Ok(())
}

#[test]
fn a_chunk_that_does_not_compile_is_a_syntax_error() -> Result<()> {
    let lua = lua_with_neap()?;
    let error = neap::run::<()>(&lua, lua.load("local = 5"), ()).unwrap_err();
    assert!(matches!(error, Error::SyntaxError { .. }), "{error:?}");
    Ok(())
}

#[test]
fn a_deadlock_is_an_error_and_not_a_hang() -> Result<()> {
    let lua = lua_with_neap()?;
    let error = neap::run::<()>(&lua, lua.load("require('neap').future():wait()"), ()).unwrap_err();
    assert!(error.to_string().contains("deadlock"), "{error:?}");
    Ok(())
}

#[test]
fn run_inside_a_run_is_refused() -> Result<()> {
    let lua = lua_with_neap()?;
    let nested = lua.create_function(|lua, ()| {
        let error = neap::run::<()>(lua, lua.load("return 1"), ()).unwrap_err();
        Ok(error.to_string())
    })?;
    lua.globals().set("nested", nested)?;
    let results = strings(neap::run(&lua, lua.load("return nested()"), ())?)?;
    assert!(results[0].contains("the scheduler is already running"), "{results:?}");
    Ok(())
}

#[test]
fn run_without_install_says_what_to_do() {
    let lua = Lua::new();
    let error = neap::run::<()>(&lua, lua.load("return 1"), ()).unwrap_err();
    assert!(error.to_string().contains("neap::install"), "{error}");
}

#[test]
fn a_second_install_changes_nothing() -> Result<()> {
    let lua = lua_with_neap()?;
    lua.load("neap = require 'neap' neap.use(require 'neap.hosts.virtual')").exec()?;
    neap::install(&lua)?;
    let chunk = "return neap == require 'neap', neap.sleep(0.25) == 0.25";
    assert_eq!(strings(neap::run(&lua, lua.load(chunk), ())?)?, ["true", "true"]);
    Ok(())
}

#[test]
fn each_state_has_a_scheduler_of_its_own() -> Result<()> {
    let (one, two) = (lua_with_neap()?, lua_with_neap()?);
    one.load("require('neap').spawn(function() ran = true end)").exec()?;
    neap::run::<()>(&two, two.load("require('neap').sleep(0.001)"), ())?;
    assert_eq!(one.globals().get::<Option<bool>>("ran")?, None);
    neap::run::<()>(&one, one.load("require('neap').yield()"), ())?;
    assert_eq!(one.globals().get::<Option<bool>>("ran")?, Some(true));
    assert_eq!(two.globals().get::<Option<bool>>("ran")?, None);
    Ok(())
}

#[test]
fn globals_stay_as_they_were() -> Result<()> {
    let lua = Lua::new();
    let globals = |lua: &Lua| {
        lua.load(
            r#"
            local list = {}
            for name, value in pairs(_G) do
              -- Where Lua has no list of searchers, `require` is neap's.
              if name ~= "require" or package then list[#list + 1] = name .. tostring(value) end
            end
            table.sort(list)
            return table.concat(list, "\n")
            "#,
        )
        .eval::<String>()
    };
    let before = globals(&lua)?;
    neap::install(&lua)?;
    assert_eq!(globals(&lua)?, before);
    Ok(())
}

#[test]
fn globals_may_be_strict() -> Result<()> {
    let lua = Lua::new();
    lua.load(
        r#"
        setmetatable(_G, {
          __index = function(_, name) error("undeclared global " .. name, 2) end,
          __newindex = function(_, name) error("undeclared global " .. name, 2) end,
        })
        "#,
    )
    .exec()?;
    neap::install(&lua)?;
    neap::run::<()>(&lua, lua.load("require('neap').sleep(0.001)"), ())?;
    Ok(())
}

#[test]
fn few_of_the_standard_libraries_are_needed() -> Result<()> {
    let [_, lua] = luas()?;
    neap::install(&lua)?;
    let chunk = "local neap = require 'neap' neap.sleep(0.001) return neap == require 'neap'";
    assert_eq!(strings(neap::run(&lua, lua.load(chunk), ())?)?, ["true"]);
    let error = lua.load("require 'neap.no.such'").exec().unwrap_err().to_string();
    assert!(error.contains("neap.no.such"), "{error}");
    Ok(())
}

#[test]
fn a_library_that_is_missing_is_named() -> Result<()> {
    for name in ["coroutine", "math", "string", "table"] {
        for lua in luas()? {
            lua.globals().raw_remove(name)?;
            let error = neap::install(&lua).unwrap_err();
            let expected = format!("runtime error: neap needs Lua's library '{name}'");
            assert_eq!(error.to_string(), expected);
        }
    }
    Ok(())
}

#[test]
fn require_tells_wrong_arguments() -> Result<()> {
    for lua in luas()? {
        neap::install(&lua)?;
        let script = r#"
            local _, absent = pcall(function() require() end)
            local _, wrong = pcall(function()
                require({})
            end)
            return absent, wrong
        "#;
        let script = lua.load(script).set_name("=script");
        let texts = strings(neap::run(&lua, script, ())?)?;
        for (text, line) in texts.iter().zip([2, 4]) {
            let expected = format!("script:{line}: bad argument #1 to 'require' (string expected");
            assert!(text.starts_with(&expected), "{texts:?}");
        }
    }
    Ok(())
}

#[test]
fn the_library_can_be_taken_from_a_folder() -> Result<()> {
    let folder = folder("embed_folder", &[("own/init.lua", "return 'own', ...")]);
    let lua = Lua::new();
    let error = neap::install_from(&lua, &folder).unwrap_err().to_string();
    assert!(error.contains("no neap.lua in "), "{error}");

    let lua = Lua::new();
    neap::install_from(&lua, "lua".as_ref())?;
    neap::run::<()>(&lua, lua.load("require('neap').sleep(0.001)"), ())?;

    neap::add_directory(&lua, &folder)?;
    let own = neap::run(&lua, lua.load("return (require 'own')"), ())?;
    assert_eq!(strings(own)?, ["own"]);
    Ok(())
}

#[test]
fn an_installation_that_fails_leaves_nothing_behind() -> Result<()> {
    let broken = folder(
        "embed_broken",
        &[
            ("neap.lua", "require 'neap.check' error('it broke', 0)"),
            ("neap/check.lua", "return { is_broken = true }"),
        ],
    );
    let own = folder("embed_own", &[("own.lua", "return 'own'")]);
    for lua in luas()? {
        neap::add_directory(&lua, &own)?;
        lua.load("own = require 'own'").exec()?;
        for _ in 0..2 {
            let error = neap::install_from(&lua, &broken).unwrap_err();
            assert_eq!(error.to_string(), "runtime error: it broke");
        }
        neap::install(&lua)?;
        let script = "return require('neap').yield() == nil, require('neap.check').is_broken, own";
        assert_eq!(strings(neap::run(&lua, lua.load(script), ())?)?, ["true", "nil", "own"]);
    }
    Ok(())
}

#[test]
fn no_directory_shadows_the_library() -> Result<()> {
    let own = folder("embed_shadow", &[("neap.lua", "return 'own'"), ("own.lua", "return 'own'")]);
    for lua in luas()? {
        neap::add_directory(&lua, &own)?;
        neap::install(&lua)?;
        let script = "return type(require 'neap'), require 'own'";
        assert_eq!(strings(neap::run(&lua, lua.load(script), ())?)?[..2], ["table", "own"]);
    }
    Ok(())
}

#[test]
fn a_module_name_cannot_leave_the_library() -> Result<()> {
    let outside = Path::new(env!("CARGO_TARGET_TMPDIR")).join("outside");
    fs::write(outside.with_extension("lua"), "return true").expect("the file can be written");
    let lua = Lua::new();
    neap::install_from(&lua, "lua".as_ref())?;
    for name in [outside.to_str().expect("UTF-8"), "neap/task", "neap\\task", ".neap", "neap.", ""]
    {
        let found: bool = lua.load("return (pcall(require, ...))").call(name)?;
        assert!(!found, "{name:?}");
    }
    Ok(())
}

/// A Lua without a `package` library, which finds `modules` by plain names.
fn lua_with_modules(name: &str, modules: &[(&str, &str)]) -> Result<Lua> {
    let [_, lua] = luas()?;
    neap::install(&lua)?;
    lua.load("neap = require 'neap' neap.use(require 'neap.hosts.virtual') loads = 0").exec()?;
    neap::add_directory(&lua, &folder(name, modules))?;
    Ok(lua)
}

#[test]
fn a_module_that_waits_is_loaded_once() -> Result<()> {
    let slow = ("slow.lua", "loads = loads + 1 neap.sleep(1) return { ... }");
    let failing = ("failing.lua", "loads = loads + 1 neap.sleep(1) error(problem)");
    let lua = lua_with_modules("embed_once", &[slow, failing])?;
    let chunk = r#"
        local one = neap.spawn(function() return require "slow" end)
        local two = require "slow"
        assert(one:wait() == two and require "slow" == two and two[1] == "slow" and loads == 1)

        problem = { "table" }
        local function failed()
          local ok, err = neap.pcall(require, "failing")
          return not ok and err == problem
        end
        one = neap.spawn(failed)
        assert(failed() and one:wait() and loads == 2)
        assert(failed() and loads == 3, "a later require tries again")
    "#;
    neap::run::<()>(&lua, lua.load(chunk), ())
}

/// Where nothing waits for the main task, the host's own thread may be the one that loads.
#[test]
fn a_module_that_the_host_thread_loads_is_loaded_once() -> Result<()> {
    let slow = ("slow.lua", "loads = loads + 1 neap.sleep(1) return { ... }");
    let lua = lua_with_modules("embed_host_loads", &[slow])?;
    let chunk = r#"
        local one = neap.spawn(function() return require "slow" end)
        local two = neap.spawn(function() neap.yield() return require "slow" end)
        local mine = require "slow"
        assert(one:wait() == mine and two:wait() == mine and loads == 1)
    "#;
    lua.load(chunk).exec()
}

/// A task that has been cancelled while it loaded a module leaves that to those who wait for it.
#[test]
fn a_module_whose_loading_is_cancelled_is_loaded_by_who_waits() -> Result<()> {
    let slow = ("slow.lua", "loads = loads + 1 neap.sleep(1) return { ... }");
    let lua = lua_with_modules("embed_cancelled", &[slow, ("other.lua", slow.1)])?;
    let chunk = r#"
        local function load() return require "slow" end
        local one = neap.spawn(function() neap.finally(neap.sleep, 1) return load() end)
        local two, three = neap.spawn(load), neap.spawn(load)
        neap.yield()
        one:cancel()
        assert(two:wait() == three:wait() and loads == 2)

        -- Nobody waits for this one, until later.
        assert(not neap.pcall(neap.timeout, 0.5, require, "other"))
        assert(loads == 3 and require "other" and loads == 4)
    "#;
    neap::run::<()>(&lua, lua.load(chunk), ())
}

#[test]
fn modules_that_wait_for_each_other_are_told_so() -> Result<()> {
    let modules = [
        ("ebb.lua", "neap.sleep(1) return { flow = require 'flow' }"),
        ("flow.lua", "neap.sleep(2) return { ebb = require 'ebb' }"),
        ("alone.lua", "neap.sleep(1) return require 'through'"),
        ("through.lua", "return require 'alone'"),
    ];
    let lua = lua_with_modules("embed_circle", &modules)?;
    let chunk = r#"
        local one = neap.spawn(function() return require "ebb" end)
        local two = neap.spawn(function() return require "flow" end)
        local _, first = neap.pcall(one.wait, one)
        local _, second = neap.pcall(two.wait, two)
        return first, second, select(2, neap.pcall(require, "alone"))
    "#;
    let texts = strings(neap::run(&lua, lua.load(chunk), ())?)?;
    assert!(texts[0].ends_with("loop: module 'ebb' requires itself through 'flow'"), "{texts:?}");
    assert_eq!(texts[1], texts[0]);
    assert!(texts[2].ends_with("loop: module 'alone' requires itself"), "{texts:?}");
    Ok(())
}

/// A value of the program's own, which mlua gives a metatable that scripts cannot see.
struct Ship;

impl mlua::UserData for Ship {
    fn add_methods<M: mlua::UserDataMethods<Self>>(methods: &mut M) {
        methods.add_method("wait", |_, _, ()| Ok(("moored", 7)));
    }
}

struct Pilot;

impl mlua::UserData for Pilot {
    fn add_methods<M: mlua::UserDataMethods<Self>>(methods: &mut M) {
        methods.add_meta_method(mlua::MetaMethod::Call, |_, _, ()| Ok("at your service"));
    }
}

#[test]
fn tasks_wait_for_the_programs_own_values() -> Result<()> {
    let lua = lua_with_neap()?;
    lua.globals().set("ship", lua.create_userdata(Ship)?)?;
    lua.globals().set("pilot", lua.create_userdata(Pilot)?)?;
    let chunk = r#"
        local neap = require "neap"
        local text, number = neap.await(ship)
        local index, first = neap.select { neap.future(), ship }
        return text, number == 7, index == 2, first, neap.all({ pilot })[1], neap.await(pilot)
    "#;
    let expected = ["moored", "true", "true", "moored", "at your service", "at your service"];
    assert_eq!(strings(neap::run(&lua, lua.load(chunk), ())?)?, expected);
    Ok(())
}
