//! What neap is packed as: one version in all places, rockspecs that name each Lua file, and rocks
//! that install and run.
//!
//! Where LuaRocks, or the header of a Lua that it asks for, is not installed, its tests are shown
//! as ignored; with `CI=true` they fail.

mod common;
#[path = "common/programs.rs"]
mod programs;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};

use libtest_mimic::{Arguments, Trial};
use mlua::{Lua, Table};
use programs::{Check, ROOT, add};

const VERSION: &str = env!("CARGO_PKG_VERSION");

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let mut trials = vec![
        Trial::test("there_is_one_version", one_version),
        Trial::test("the_rockspecs_name_every_file", every_file),
    ];
    for (version, interpreter) in [("5.1", "lua5.1"), ("5.4", "lua5.4")] {
        for rockspec in rockspecs() {
            let header = format!("/usr/include/lua{version}/lua.h");
            let name = format!("luarocks::{interpreter}::{}", rockspec.replace('/', "_"));
            add(&mut trials, &name, &["luarocks", interpreter, &header], move || {
                installs(version, interpreter, &rockspec)
            });
        }
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// The one for what is here, and the one for the release.
fn rockspecs() -> [String; 2] {
    ["neap-scm-1.rockspec".to_owned(), format!("rockspecs/neap-{VERSION}-1.rockspec")]
}

fn text_of(path: &str) -> Result<String, String> {
    fs::read_to_string(Path::new(ROOT).join(path)).map_err(|error| format!("{path}: {error}"))
}

/// What a rockspec sets.
fn rockspec(lua: &Lua, path: &str) -> Result<Table, Box<dyn std::error::Error>> {
    let values = lua.create_table()?;
    lua.load(text_of(path)?).set_environment(values.clone()).exec()?;
    Ok(values)
}

/// Cargo.toml has the version; the library, the rockspec and the changelog have the same.
fn one_version() -> Check {
    let lua = Lua::new();
    neap::install(&lua)?;
    let told: String = lua.load("return require('neap')._VERSION").eval()?;
    assert_eq!(told, format!("neap {VERSION}"));
    for (path, version) in rockspecs().iter().zip(["scm-1", &format!("{VERSION}-1")]) {
        assert_eq!(rockspec(&lua, path)?.get::<String>("version")?, version);
    }
    let changes = text_of("CHANGELOG.md")?;
    let latest =
        changes.lines().filter(|it| it.starts_with("## [")).find(|it| !it.contains("Unreleased"));
    let latest = latest.and_then(|it| it["## [".len()..].split(']').next());
    assert_eq!(latest, Some(VERSION), "the latest version in CHANGELOG.md");
    Ok(())
}

fn every_file() -> Check {
    let lua = Lua::new();
    let files: BTreeMap<String, String> = neap::files()
        .into_iter()
        .map(|(path, _)| (path.trim_end_matches(".lua").replace('/', "."), format!("lua/{path}")))
        .collect();
    for path in rockspecs() {
        let modules: BTreeMap<String, String> =
            rockspec(&lua, &path)?.get::<Table>("build")?.get("modules")?;
        let missing: Vec<_> =
            files.iter().filter(|(name, _)| !modules.contains_key(*name)).collect();
        assert!(missing.is_empty(), "{path} does not name {missing:?}");
        assert_eq!(modules, files, "{path} names what is not in lua/");
    }
    Ok(())
}

/// Prints what a script does on the virtual clock, with nothing of neap's but the rock.
const RUNS: &str = r#"
    local neap = require "neap"
    neap.use(require "neap.hosts.virtual")
    require "task" require "ward.async" require "ward.time" require "async_await"
    neap.run(assert(loadfile "tests/examples/harbour.lua"))
"#;

/// `luarocks make` needs no network, and what it installs runs the harbour.
fn installs(version: &str, interpreter: &str, rockspec: &str) -> Check {
    let name = format!("rock_{interpreter}_{}", rockspec.replace('/', "_"));
    let tree = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&tree);
    let mut luarocks = Command::new("luarocks");
    luarocks.args(["--lua-version", version, "--tree"]).arg(&tree);
    luarocks.args(["make", "--no-doc", "--deps-mode", "none", rockspec]).current_dir(ROOT);
    let outcome = common::finish(&mut luarocks, b"");
    if outcome.code != Some(0) {
        return Err(format!("{outcome:#?}").into());
    }
    let modules = tree.join("share/lua").join(version).join("?.lua");
    let mut lua = Command::new(interpreter);
    lua.args(["-e", RUNS]).env("LUA_PATH", modules).env("LUA_CPATH", "none").current_dir(ROOT);
    let outcome = common::finish(&mut lua, b"");
    let expected = common::snapshot("example_harbour").ok_or("no snapshot")?;
    match common::difference(&expected, &(outcome.stdout + &outcome.stderr)) {
        None => Ok(()),
        Some(difference) => Err(difference.into()),
    }
}
