//! How the Lua library is built: which file may require which, that each file works when it is
//! required alone, and which locals change while tasks live.
//!
//! `tests/modules/uses.lua` says for each module what it is for.

mod common;
#[path = "common/programs.rs"]
mod programs;

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::process::Command;

use mlua::{Function, Lua, Table};

/// The floors of the house, and those that each may require. All may require `basics`.
const FLOORS: [(&str, &[&str]); 10] = [
    (
        "faces",
        &["faces", "explore", "trace", "structured", "sync", "pcall", "task", "kernel", "hosts"],
    ),
    ("explore", &["explore", "task", "kernel"]),
    ("trace", &["trace", "kernel"]),
    ("structured", &["structured", "sync", "pcall", "task", "kernel"]),
    ("sync", &["sync", "pcall", "task", "kernel"]),
    ("pcall", &["pcall", "task", "kernel"]),
    ("task", &["task", "kernel"]),
    ("kernel", &["kernel"]),
    ("hosts", &["hosts", "task", "kernel"]),
    ("basics", &[]),
];

/// Where the files stand that have no floor's folder around them.
const TOP: [(&str, &str); 16] = [
    ("neap", "faces"),
    ("task", "faces"),
    ("async_await", "faces"),
    ("ward.async", "faces"),
    ("ward.time", "faces"),
    ("neap.program", "faces"),
    ("neap.signals", "faces"),
    ("neap.hogs", "faces"),
    ("neap.stats", "faces"),
    ("neap.explore", "explore"),
    ("neap.trace", "trace"),
    ("neap.check", "basics"),
    ("neap.duration", "basics"),
    ("neap.fields", "basics"),
    ("neap.kinds", "basics"),
    ("neap.types", "basics"),
];

/// The locals of modules that functions assign to, and why they are no fields of a run. Whatever
/// else changes while tasks live is declared through `runs.declare` (neap.kernel.runs).
const REASSIGNED: [(&str, &str, &str); 21] = [
    ("neap/kernel/runs.lua", "load store", "what holds the runs' fields is no field"),
    ("neap/kernel/clock.lua", "host host_now latest offset pick", "one host for the whole Lua"),
    (
        "neap/kernel/scheduler.lua",
        "batch batch_count current deferred filled idle_thread is_cancelling is_urgent numbered \
         peak ready ready_count task_of timers",
        "fields of the run at hand: stored before an exchange and loaded after it",
    ),
    ("neap/kernel/scheduler.lua", "arrange order resume swift_park swift_yield watch", "settings"),
    (
        "neap/kernel/scheduler.lua",
        "newborn newborn_body newborn_id",
        "set and cleared within one resume",
    ),
    ("neap/kernel/watchers.lua", "alarm all", "settings"),
    ("neap/kernel/foreign.lua", "answer", "a setting"),
    ("neap/pcall/children.lua", "returned", "set and cleared within one resume"),
    ("neap/task/failures.lua", "handler", "a setting"),
    ("neap/task/driven.lua", "after due latest", "one host for the whole Lua"),
    ("neap/task/colours.lua", "is_on", "a setting"),
    ("neap/task/history.lua", "is_on records", "a setting, and what it is for"),
    ("neap/explore/trial.lua", "settle values", "of the one program that is tried"),
    ("neap/hosts/haproxy.lua", "sleeping uncounted", "one host for the whole Lua"),
    ("neap/hosts/luasocket.lua", "by_number largest library select", "one host for the whole Lua"),
    ("neap/hosts/nginx.lua", "least", "one host for the whole Lua"),
    ("neap/hosts/rust.lua", "expected host own_pending program", "one host for the whole Lua"),
    (
        "neap/hosts/rust_calls.lua",
        "driver expect last_call polled_call polled_task program unheard unheard_count",
        "one host for the whole Lua",
    ),
    ("neap/hosts/tarantool.lua", "fiber log monotonic owner", "one host for the whole Lua"),
    (
        "neap/hosts/uv.lua",
        "armed check editor first_timer idle is_attached is_scheduled is_sleeping is_spinning \
         prepare timer uv",
        "one host for the whole Lua",
    ),
    ("neap/hosts/uv_run.lua", "run stop", "libuv's functions, while others stand in for them"),
];

/// The Lua modules by their names: each one's path below `lua/` and its text.
fn modules() -> BTreeMap<String, (String, &'static str)> {
    let name = |path: &str| path.trim_end_matches(".lua").replace('/', ".");
    neap::files().into_iter().map(|(path, text)| (name(&path), (path, text))).collect()
}

/// What `tests/modules/source.lua` reads in a text: names, each with its line.
fn read(what: &str, text: &str) -> Vec<(String, usize)> {
    let lua = Lua::new();
    let read = || -> mlua::Result<(Vec<String>, Vec<usize>)> {
        let source = include_str!("modules/source.lua");
        let source: Table = lua.load(source).set_name("@tests/modules/source.lua").eval()?;
        source.get::<Function>(what)?.call(text)
    };
    let (names, lines) = read().unwrap_or_else(|error| panic!("{error}"));
    names.into_iter().zip(lines).collect()
}

/// The floor that a module stands on.
fn floor(module: &str) -> &str {
    let top = TOP.iter().find(|(name, _)| *name == module).map(|(_, floor)| *floor);
    let folder = || module.strip_prefix("neap.")?.split_once('.').map(|(folder, _)| folder);
    let floor = top.or_else(folder).unwrap_or_default();
    assert!(FLOORS.iter().any(|(name, _)| *name == floor), "{module} stands on no floor");
    floor
}

#[test]
fn every_require_points_down() {
    let (modules, mut wrong) = (modules(), Vec::new());
    for (name, (path, text)) in &modules {
        let from = floor(name);
        let (_, allowed) = FLOORS.iter().find(|(name, _)| *name == from).unwrap();
        for (required, line) in read("requires", text) {
            let to = if modules.contains_key(&required) {
                floor(&required)
            } else if required.starts_with("neap") {
                "nowhere"
            } else {
                continue;
            };
            if to != "basics" && !allowed.contains(&to) {
                wrong.push(format!("lua/{path}:{line}: requires {required} ({from} -> {to})"));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// Some hosts put functions of their own in the place of the VM's.
#[test]
fn only_one_file_takes_the_functions_of_coroutines() {
    let mut wrong = Vec::new();
    for (path, text) in modules().into_values().filter(|(path, _)| path != "neap/kernel/vm.lua") {
        for (number, line) in text.lines().enumerate() {
            let code = line.split("--").next().unwrap_or_default();
            if ["= coroutine.", ", coroutine.", "(coroutine.", "  coroutine."]
                .iter()
                .any(|it| code.contains(it))
            {
                wrong.push(format!("lua/{path}:{}: {line}", number + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "take them from vm.coroutine:\n{}", wrong.join("\n"));
}

/// How long a file below `lua/neap` may be, for it is read in one sitting; the types are looked up.
#[test]
fn every_file_is_short() {
    let long: Vec<String> = modules()
        .iter()
        .filter(|(name, (path, _))| path.starts_with("neap/") && *name != "neap.types")
        .map(|(name, (_, text))| (name, text.lines().count()))
        .filter(|(name, lines)| *lines > if *name == "neap.kernel.scheduler" { 500 } else { 250 })
        .map(|(name, lines)| format!("{name}: {lines} lines"))
        .collect();
    assert!(long.is_empty(), "files too long, give a part a file of its own:\n{}", long.join("\n"));
}

#[test]
fn no_circle_of_modules() {
    let modules = modules();
    let mut left: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for (name, (_, text)) in &modules {
        let required = read("requires", text).into_iter().map(|(required, _)| required);
        left.insert(name, required.filter(|it| modules.contains_key(it)).collect());
    }
    assert!(left.values().any(|required| !required.is_empty()), "no module requires another");
    // What requires nothing that is left, or is required by nothing that is, stands in no circle.
    while let Some(name) = left.keys().copied().find(|name| {
        let is_required = left.values().any(|required| required.contains(*name));
        left[name].is_empty() || !is_required
    }) {
        left.remove(name);
        for required in left.values_mut() {
            required.remove(name);
        }
    }
    assert!(left.is_empty(), "these require one another: {left:#?}");
}

/// A `require` over the functions of modules, for a Lua that has loaded nothing.
const REQUIRE: &str = r#"
local functions, loaded = ..., {}
function require(name)
  if loaded[name] == nil then
    local module = functions[name] or error("no module '" .. tostring(name) .. "'", 2)
    loaded[name] = module(name)
  end
  return loaded[name]
end
"#;

/// What each module is for, as functions of a Lua.
fn uses(lua: &Lua) -> mlua::Result<Table> {
    lua.load(include_str!("modules/uses.lua")).set_name("@tests/modules/uses.lua").eval()
}

/// Requires a module, and nothing before it, in a Lua of its own, and uses it.
fn use_alone(module: &str) -> mlua::Result<()> {
    let lua = Lua::new();
    let functions = lua.create_table()?;
    lua.load(REQUIRE).call::<()>(&functions)?;
    for (name, (path, text)) in modules() {
        functions.set(name, lua.load(text).set_name(format!("@{path}")).into_function()?)?;
    }
    let require: Function = lua.globals().get("require")?;
    let value: mlua::Value = require.call(module)?;
    uses(&lua)?.get::<Function>(module)?.call(value)
}

#[test]
fn every_module_has_its_use() -> mlua::Result<()> {
    let used: BTreeSet<String> =
        uses(&Lua::new())?.pairs::<String, Function>().map(|it| it.unwrap().0).collect();
    let names: BTreeSet<String> = modules().into_keys().collect();
    let (unused, unknown) = (&names - &used, &used - &names);
    assert!(unused.is_empty() && unknown.is_empty(), "no use: {unused:?}, no module: {unknown:?}");
    Ok(())
}

/// Fails with what went wrong with each module.
fn every_module(mut check: impl FnMut(&str) -> Result<(), String>) {
    let check = |name: String| check(&name).err().map(|error| format!("{name}: {error}"));
    let failed: Vec<_> = modules().into_keys().filter_map(check).collect();
    assert!(failed.is_empty(), "\n{}", failed.join("\n"));
}

#[test]
fn every_module_stands_alone() {
    every_module(|name| use_alone(name).map_err(|error| error.to_string()));
}

/// The same with a Lua of the system's, one process for each module.
fn every_module_stands_alone_on(interpreter: &str) {
    if !programs::is_there(interpreter) {
        let in_ci = env::var("CI").is_ok_and(|it| it == "true");
        assert!(!in_ci, "{interpreter} is not installed");
        return println!("skipped: {interpreter} is not installed");
    }
    every_module(|name| {
        let use_it = "dofile('tests/modules/uses.lua')";
        let script = format!("local it = require '{name}' {use_it}['{name}'](it)");
        let mut command = Command::new(interpreter);
        command.args(["-e", &script]).env("LUA_PATH", "lua/?.lua").env("LUA_CPATH", "none");
        let outcome = common::finish(command.current_dir(programs::ROOT), b"");
        let is_well = outcome.code == Some(0) && outcome.stderr.is_empty();
        if is_well { Ok(()) } else { Err(format!("{outcome:#?}")) }
    });
}

#[test]
fn every_module_stands_alone_on_lua51() {
    every_module_stands_alone_on("lua5.1");
}

#[test]
fn every_module_stands_alone_on_luajit() {
    every_module_stands_alone_on("luajit");
}

#[test]
fn every_module_stands_alone_on_lua54() {
    every_module_stands_alone_on("lua5.4");
}

#[test]
fn no_local_of_a_module_changes_while_tasks_live() {
    let mut allowed: BTreeSet<(String, String)> = BTreeSet::new();
    for (path, names, _) in REASSIGNED {
        allowed.extend(names.split(' ').map(|name| (path.to_owned(), name.to_owned())));
    }
    let (mut unused, mut wrong) = (allowed.clone(), Vec::new());
    for (path, text) in modules().into_values() {
        for (name, line) in read("reassigned", text) {
            let found = (path.clone(), name);
            unused.remove(&found);
            if !allowed.contains(&found) {
                wrong.push(format!("lua/{path}:{line}: a function assigns to {}", found.1));
            }
        }
    }
    assert!(wrong.is_empty(), "neither allowed nor declared:\n{}", wrong.join("\n"));
    assert!(unused.is_empty(), "allowed, but no function assigns to it: {unused:?}");
}
