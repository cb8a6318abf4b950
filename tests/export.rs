//! `neap export`: the tree, what it refuses to do, and the single file in a game's sandbox. That
//! this file passes every case is a part of `tests/cases.rs`.

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use common::{Outcome, finish};
use mlua::chunk::ChunkMode;
use mlua::{Function, Lua, Result, Table};

/// A path for the test called `name`, at which nothing is.
fn nowhere(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("export").join(name);
    let _ = fs::remove_dir_all(&path);
    let _ = fs::remove_file(&path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    path
}

fn export<A: AsRef<OsStr>>(args: impl IntoIterator<Item = A>) -> Outcome {
    finish(Command::new(env!("CARGO_BIN_EXE_neap")).arg("export").args(args), b"")
}

/// `neap export` with these options, into `directory`.
fn export_to(directory: &Path, options: &[&str]) -> Outcome {
    export(options.iter().map(OsStr::new).chain([directory.as_os_str()]))
}

#[track_caller]
fn assert_silent_success(outcome: &Outcome) {
    assert_eq!((outcome.code, &*outcome.stdout, &*outcome.stderr), (Some(0), "", ""));
}

/// What cannot be done gets one line on stderr and exit status 1.
#[track_caller]
fn assert_refused(outcome: &Outcome, line: &str) {
    assert_eq!(outcome.stderr, format!("neap: {line}\n"));
    assert_eq!((outcome.code, &*outcome.stdout), (Some(1), ""));
}

/// All files below `directory`, by their paths from there.
fn tree(directory: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut directories = vec![directory.to_owned()];
    while let Some(path) = directories.pop() {
        for entry in fs::read_dir(path).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                directories.push(path);
            } else {
                let name = path.strip_prefix(directory).unwrap().to_owned();
                files.insert(name, fs::read(path).unwrap());
            }
        }
    }
    files
}

fn library() -> BTreeMap<PathBuf, Vec<u8>> {
    tree(&Path::new(env!("CARGO_MANIFEST_DIR")).join("lua"))
}

/// The text of the single file.
fn single_file(name: &str) -> String {
    let directory = nowhere(name);
    assert_silent_success(&export_to(&directory, &["--single-file"]));
    let files = tree(&directory);
    assert_eq!(files.keys().collect::<Vec<_>>(), [Path::new("neap.lua")]);
    String::from_utf8(files.into_values().next().unwrap()).unwrap()
}

#[test]
fn the_tree_is_that_of_the_library() {
    let directory = nowhere("tree").join("made/with/parents");
    assert_silent_success(&export_to(&directory, &[]));
    assert_eq!(tree(&directory), library());
}

#[test]
fn identical_files_are_left_alone() {
    for options in [&[][..], &["--force"], &["--single-file"], &["--single-file", "--force"]] {
        let directory = nowhere("identical");
        assert_silent_success(&export_to(&directory, options));
        let times = || -> Vec<SystemTime> {
            let files = tree(&directory).into_keys();
            files.map(|it| directory.join(it).metadata().unwrap().modified().unwrap()).collect()
        };
        let before = times();
        assert_silent_success(&export_to(&directory, options));
        assert_eq!(times(), before, "{options:?}");
    }
}

#[test]
fn files_that_differ_are_not_overwritten() {
    let directory = nowhere("differ");
    fs::create_dir_all(directory.join("neap/kernel")).unwrap();
    for path in ["neap/kernel/vm.lua", "neap/check.lua", "mine.lua"] {
        fs::write(directory.join(path), "-- mine").unwrap();
    }
    let before = tree(&directory);
    // The first of two, in the order of the modules' names.
    let first = directory.join("neap/check.lua");
    let line =
        format!("{} is there and differs: nothing written; --force overwrites it", first.display());
    assert_refused(&export_to(&directory, &[]), &line);
    assert_eq!(tree(&directory), before);

    assert_silent_success(&export_to(&directory, &["--force"]));
    let mut expected = library();
    expected.insert("mine.lua".into(), b"-- mine".to_vec());
    assert_eq!(tree(&directory), expected);
}

#[test]
fn a_single_file_that_differs_is_not_overwritten() {
    let directory = nowhere("single_differs");
    assert_silent_success(&export_to(&directory, &[]));
    let outcome = export_to(&directory, &["--single-file"]);
    let file = directory.join("neap.lua");
    let line =
        format!("{} is there and differs: nothing written; --force overwrites it", file.display());
    assert_refused(&outcome, &line);
    assert_eq!(tree(&directory), library());

    assert_silent_success(&export_to(&directory, &["--single-file", "--force"]));
    assert_eq!(fs::read_to_string(file).unwrap(), single_file("single_forced"));
}

/// A plugin brings neap as a file below its own name.
#[test]
fn a_single_file_may_have_a_name_of_its_own() {
    let directory = nowhere("named");
    let file = directory.join("lua/myplugin/neap.lua");
    let write = |options: &[&str]| export_to(&file, &[&["--single-file"], options].concat());
    assert_silent_success(&write(&[]));
    assert_eq!(tree(&directory).keys().collect::<Vec<_>>(), [Path::new("lua/myplugin/neap.lua")]);
    assert_eq!(fs::read_to_string(&file).unwrap(), single_file("named_otherwise"));
    fs::write(&file, "-- mine").unwrap();
    let line =
        format!("{} is there and differs: nothing written; --force overwrites it", file.display());
    assert_refused(&write(&[]), &line);
    assert_silent_success(&write(&["--force"]));
    assert_eq!(fs::read_to_string(&file).unwrap(), single_file("named_forced"));
}

#[test]
fn what_is_no_directory_is_refused() {
    let file = nowhere("file");
    fs::write(&file, "text").unwrap();
    for options in [&[][..], &["--force"], &["--single-file"]] {
        let line = format!("cannot export to {}: it is there, and no directory", file.display());
        assert_refused(&export_to(&file, options), &line);
        let outcome = export_to(&file.join("below"), options);
        assert_eq!((outcome.code, outcome.stderr.lines().count()), (Some(1), 1), "{outcome:#?}");
        assert!(outcome.stderr.starts_with("neap: cannot write "), "{outcome:#?}");
    }
    assert_eq!(fs::read(&file).unwrap(), b"text");

    let directory = nowhere("in_the_way");
    fs::create_dir_all(directory.join("neap/kernel/vm.lua")).unwrap();
    let line = format!(
        "cannot write {}: it is there, and no file",
        directory.join("neap/kernel/vm.lua").display()
    );
    for options in [&[][..], &["--force"]] {
        assert_refused(&export_to(&directory, options), &line);
    }
    assert!(tree(&directory).is_empty());
}

#[cfg(target_os = "linux")]
#[test]
fn where_nothing_can_be_written_one_line_says_so() {
    use std::os::unix::fs::{PermissionsExt, symlink};

    // Not even root can make a directory there.
    let outcome = export(["/proc/neap"]);
    let line = "cannot make the directory /proc/neap: No such file or directory";
    assert_refused(&outcome, line);

    let directory = nowhere("read_only");
    fs::create_dir(&directory).unwrap();
    fs::set_permissions(&directory, fs::Permissions::from_mode(0o555)).unwrap();
    if fs::write(directory.join("probe"), "").is_err() {
        let file = directory.join("neap.lua");
        let line = format!("cannot write {}: Permission denied", file.display());
        assert_refused(&export_to(&directory, &["--single-file"]), &line);
    }
    fs::set_permissions(&directory, fs::Permissions::from_mode(0o755)).unwrap();

    // A link that leads to nothing is something that is there.
    let directory = nowhere("link");
    let target = nowhere("link_target");
    fs::create_dir(&directory).unwrap();
    symlink(&target, directory.join("neap.lua")).unwrap();
    let outcome = export_to(&directory, &["--single-file"]);
    let file = directory.join("neap.lua");
    assert_refused(
        &outcome,
        &format!("cannot write {}: it is a link that leads nowhere", file.display()),
    );
    assert!(!target.exists());
}

#[test]
fn wrong_usage_ends_with_status_2() {
    for args in [&[][..], &[""], &["--single-file"], &["--no-such", "directory"], &["a", "b"]] {
        let outcome = export(args);
        assert_eq!((outcome.code, &*outcome.stdout), (Some(2), ""), "{args:?}: {outcome:#?}");
        assert!(outcome.stderr.contains("error: "), "{args:?}: {outcome:#?}");
    }
    assert!(!Path::new("directory").exists() && !Path::new("a").exists());
}

/// All but the types, which are for editors.
#[test]
fn the_single_file_holds_every_file_unchanged() {
    let text = single_file("unchanged");
    let mut rest = text.as_str();
    let mut modules: Vec<(String, PathBuf)> = library()
        .into_keys()
        .filter(|path| !path.ends_with("neap/types.lua"))
        .map(|path| {
            let name = path.with_extension("").to_str().unwrap().replace(['/', '\\'], ".");
            (name, path)
        })
        .collect();
    modules.sort();
    let library = library();
    for (name, path) in &modules {
        let file = std::str::from_utf8(&library[path]).unwrap();
        let expected = format!(
            "\n-- {}\nmodules[\"{name}\"] = function(...)\n{file}end\n",
            path.to_str().unwrap().replace('\\', "/")
        );
        let start = rest.find(&expected).unwrap_or_else(|| panic!("{name} is not in its place"));
        rest = &rest[start + expected.len()..];
    }
    assert_eq!(text, single_file("unchanged_again"));
    let header = format!("-- neap {}, MIT license\n", env!("CARGO_PKG_VERSION"));
    assert!(text.starts_with(&header));
    assert!(text.contains("-- Permission is hereby granted, free of charge"));
}

#[test]
fn the_single_file_returns_the_same_table_as_require() -> Result<()> {
    let lua = Lua::new();
    let text = single_file("same_table");
    let neap: Table = lua.load(text).set_name("@neap.lua").eval()?;
    neap::install(&lua)?;
    let compare: Function = lua
        .load(
            r#"
            local neap = ...
            local function same(one, other, name)
              for key, value in pairs(other) do
                assert(type(one[key]) == type(value), name .. "." .. key)
              end
            end
            same(neap, require "neap", "neap")
            same(neap.program, require "neap.program", "program")
            same(neap.explore, require "neap.explore", "explore")
            same(neap.trace, require "neap.trace", "trace")
            same(neap.hosts.virtual, require "neap.hosts.virtual", "virtual")
            same(neap.faces.task, require "task", "task")
            same(neap.faces.ward_async, require "ward.async", "ward.async")
            same(neap.faces.ward_time, require "ward.time", "ward.time")
            same(neap.faces.async_await, require "async_await", "async_await")
            for key in pairs(neap) do
              local is_added = key == "faces" or key == "hosts" or key == "program"
              assert(is_added or key == "explore" or key == "trace" or require "neap"[key], key)
            end
            assert(require "neap" ~= neap)
            "#,
        )
        .into_function()?;
    compare.call(neap)
}

/// The names in a text that begin with `prefix`, each in backticks.
fn names_in(text: &str, prefix: &str) -> BTreeSet<String> {
    let terms = text.split('`').skip(1).step_by(2);
    terms.filter_map(|it| it.strip_prefix(prefix)).map(str::to_owned).collect()
}

/// Nothing that only neap itself may call is offered.
#[test]
fn the_single_file_offers_what_the_document_lists() -> Result<()> {
    let lua = Lua::new();
    let neap: Table = lua.load(single_file("offers")).set_name("@neap.lua").eval()?;
    let document = include_str!("../docs/porting.md");
    let (_, listed) = document.split_once("## The files, or one file").unwrap();
    let (listed, _) = listed.split_once("```lua").unwrap();
    for field in ["faces", "hosts"] {
        let modules: BTreeMap<String, Table> = neap.get(field)?;
        let offered: BTreeSet<String> = modules.into_keys().collect();
        assert_eq!(offered, names_in(listed, &format!("{field}.")));
    }
    for name in ["explore", "program", "trace"] {
        assert!(neap.contains_key(name)? && names_in(listed, "").contains(name), "{name}");
    }
    Ok(())
}

/// What a game gives to an add-on.
const SANDBOX: [&str; 22] = [
    "print",
    "pairs",
    "ipairs",
    "next",
    "select",
    "tostring",
    "tonumber",
    "type",
    "error",
    "assert",
    "pcall",
    "xpcall",
    "setmetatable",
    "getmetatable",
    "rawget",
    "rawset",
    "rawequal",
    "unpack",
    "string",
    "table",
    "math",
    "coroutine",
];

/// Strict globals are no obstacle: what may be missing is looked for where that raises no error.
#[test]
fn it_loads_where_a_missing_global_raises() -> Result<()> {
    let lua = Lua::new();
    let strict = r#"
        local names = {}
        for name in ("_VERSION assert collectgarbage error getfenv getmetatable ipairs load "
          .. "loadstring next pairs pcall print rawequal rawget rawlen rawset select setfenv "
          .. "setmetatable tonumber tostring type unpack xpcall string table math "
          .. "coroutine"):gmatch("%S+") do
          names[name] = _G[name]
        end
        return setmetatable(names, {
          __index = function(_, name) error("nonexistent global variable '" .. name .. "'", 2) end,
          __newindex = function(_, name) error("attempt to set '" .. name .. "'", 2) end,
        })
    "#;
    let strict: Table = lua.load(strict).eval()?;
    let neap: Table =
        lua.load(single_file("strict")).set_mode(ChunkMode::Text).set_environment(strict).eval()?;
    let run = r#"
        local neap = ...
        neap.use(neap.hosts.virtual)
        assert(neap.run(function() return neap.spawn(neap.sleep, 2):wait() end) == 2)
    "#;
    lua.load(run).call(neap)
}

/// A game that runs one add-on.
struct Game {
    lua: Lua,
    sandbox: Table,
    neap: Table,
}

impl Game {
    /// Starts a game in whose sandbox `_G` is the sandbox itself, or is not there.
    fn new(has_g: bool, name: &str) -> Result<Game> {
        let lua = Lua::new();
        let sandbox = lua.create_table()?;
        for name in SANDBOX {
            sandbox.set(name, lua.globals().get::<mlua::Value>(name)?)?;
        }
        if has_g {
            sandbox.set("_G", &sandbox)?;
        }
        // What the add-on prints, and the game's clock.
        let own = r##"
            local sandbox = ...
            time, lines = 100, {}
            function sandbox.GetTime() return time end
            function sandbox.print(...)
              local texts = { ... }
              for i = 1, select("#", ...) do texts[i] = tostring(texts[i]) end
              lines[#lines + 1] = table.concat(texts, " ")
            end
        "##;
        lua.load(own).call::<()>(&sandbox)?;
        let neap = lua
            .load(single_file(name))
            .set_name("@Interface/AddOns/Tide/neap.lua")
            .set_mode(ChunkMode::Text)
            .set_environment(sandbox.clone())
            .eval()?;
        Ok(Game { lua, sandbox, neap })
    }

    /// Runs a file of the add-on, which gets neap as `...`.
    fn load(&self, script: &str) -> Result<()> {
        let chunk = self.lua.load(script).set_name("@Interface/AddOns/Tide/tide.lua");
        chunk.set_environment(self.sandbox.clone()).call(&self.neap)
    }

    /// Shows `count` frames, 60 a second; the add-on's `OnUpdate` is called in each.
    fn frames(&self, count: usize) -> Result<()> {
        for _ in 0..count {
            let time: f64 = self.lua.globals().get("time")?;
            self.lua.globals().set("time", time + 1.0 / 60.0)?;
            self.sandbox.get::<Function>("OnUpdate")?.call::<()>(())?;
        }
        Ok(())
    }

    /// What the add-on has printed since it was last asked.
    fn printed(&self) -> Result<Vec<String>> {
        let lines = self.lua.globals().get("lines")?;
        self.lua.load("for i = 1, #lines do lines[i] = nil end").exec().and(Ok(lines))
    }
}

/// The two kinds of sandbox: `_G` is the sandbox, or is not there.
fn in_each_sandbox(name: &str, test: impl Fn(&Game) -> Result<()>) {
    for has_g in [true, false] {
        println!("with _G: {has_g}");
        Game::new(has_g, &format!("{name}_{has_g}"))
            .and_then(|game| test(&game))
            .unwrap_or_else(|error| panic!("{error}"));
    }
}

const ON_UPDATE: &str = r#"
    local neap = ...
    neap.use { now = GetTime }
    idle = {}
    function OnUpdate() idle[#idle + 1] = tostring(neap.step()) end
"#;

#[test]
fn an_add_on_runs_frame_by_frame() {
    in_each_sandbox("frames", |game| {
        game.load(ON_UPDATE)?;
        game.load(
            r##"
            local neap = ...
            local channel, quit = neap.channel(1), neap.future()
            neap.spawn(function()
              for i = 1, 3 do
                neap.sleep("100ms")
                channel:send(i)
              end
              channel:close()
            end)
            neap.spawn(function()
              channel:each(function(value) print("received", value) end)
              print("closed")
            end)
            neap.spawn(function()
              print("select", neap.select({ quit, neap.timer(0.25) }))
              print("select", neap.select({ quit, neap.timer(9) }, "50ms"))
              print("select", neap.select({ quit, neap.timer(9) }))
            end)
            local stuck = neap.spawn(function()
              neap.finally(function() neap.sleep(0.05) print("finalizer") end)
              neap.future():wait()
            end)
            neap.spawn(function()
              neap.sleep(0.5)
              print("cancel", stuck:cancel())
              print("wait", neap.pcall(stuck.wait, stuck))
              local echo = neap.spawn(function(...) return ... end, nil, "two", nil)
              print("three values", echo:wait())
              print("pcall", neap.pcall(function() neap.sleep(0.1) error("caught", 0) end))
              quit:resolve("quit", "it")
            end)
            "##,
        )?;
        game.frames(90)?;
        assert_eq!(
            game.printed()?,
            [
                "received 1",
                "received 2",
                "select 2 true",
                "select nil timeout",
                "received 3",
                "closed",
                "cancel true",
                "finalizer",
                "wait false cancelled",
                "three values nil two nil",
                "pcall false caught",
                "select 1 quit it",
            ]
        );
        Ok(())
    });
}

#[test]
fn a_failure_in_an_add_on_is_told() {
    in_each_sandbox("failures", |game| {
        game.load(ON_UPDATE)?;
        game.load(
            r#"
            local neap = ...
            neap.on_error(function(err, task, traceback, what)
              print(what, "said", err.text, type(traceback))
            end)
            local task = neap.spawn(function() neap.sleep(0.1) error({ text = "no" }) end)
            task:name("broken"):detach()
            "#,
        )?;
        game.frames(30)?;
        assert_eq!(game.printed()?, [r#"task "broken" said no string"#]);

        // Where nobody wants to be told, it is printed: there is no standard error.
        game.load(
            r#"
            local neap = ...
            neap.on_error()
            neap.faces.task.spawn(function() neap.sleep(0.1) error("nobody listens") end)
            "#,
        )?;
        game.frames(30)?;
        let printed = game.printed()?.join("\n");
        assert!(printed.contains("tide.lua:4: nobody listens"), "{printed:?}");
        Ok(())
    });
}

#[test]
fn an_add_on_is_never_told_of_a_deadlock() {
    in_each_sandbox("deadlock", |game| {
        game.load(ON_UPDATE)?;
        game.load("local neap = ... neap.spawn(function() neap.future():wait() end)")?;
        game.frames(10)?;
        game.load("assert(idle[1] == '0' or idle[1] == 'inf', idle[1]) assert(idle[10] == 'inf')")?;
        game.load(
            r#"
            local neap = ...
            local ok, err = pcall(neap.sleep, 1)
            assert(not ok and err:find("this host cannot sleep", 1, true), err)
            "#,
        )?;
        assert!(game.printed()?.is_empty());
        Ok(())
    });
}

#[test]
fn a_clock_is_missed_at_its_first_use_only() {
    in_each_sandbox("no_clock", |game| {
        game.load(
            r#"
            local neap = ...
            for _, name in pairs { "sleep", "timer", "run" } do
              local ok, err = pcall(neap[name], name == "run" and print or 1)
              local expected = "no clock: call neap.use(host) first"
              assert(not ok and err == expected, name .. ": " .. tostring(err))
            end
            -- What needs no clock works without one.
            local channel = neap.channel(1)
            neap.spawn(function() channel:send("sent") end)
            neap.spawn(function() print(channel:wait(), (select(2, neap.pcall(neap.sleep, 1)))) end)
            repeat until not neap.step()
            "#,
        )?;
        assert_eq!(game.printed()?, ["sent no clock: call neap.use(host) first"]);
        game.load(ON_UPDATE)?;
        game.load("local neap = ... neap.spawn(function() print(neap.sleep(0.1) >= 0.1) end)")?;
        game.frames(10)?;
        assert_eq!(game.printed()?, ["true"]);
        Ok(())
    });
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_nowhere_is_refused_before_anything_is_written() {
    for options in [&[][..], &["--force"], &["--single-file"]] {
        let directory = nowhere("dangling");
        fs::create_dir_all(&directory).unwrap();
        let link = directory.join("neap.lua");
        std::os::unix::fs::symlink("gone/neap.lua", &link).unwrap();
        let line = format!("cannot write {}: it is a link that leads nowhere", link.display());
        assert_refused(&export_to(&directory, options), &line);
        assert_eq!(fs::read_dir(&directory).unwrap().count(), 1);
    }
}
