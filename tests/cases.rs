//! Runs every script in `tests/cases` and `tests/examples` on the virtual clock and compares what
//! it prints with its snapshot in `snapshots/`: one test for each script, named after it.
//!
//! A second test for each, `single_file/NAME`, which `NEAP_TESTS=all` and CI ask for, runs it on
//! the one file that `neap export --single-file` writes, in a Lua that has nothing else of neap:
//! this program, started anew as a plain interpreter.
//!
//! A snapshot is the same on every Lua. `INSTA_UPDATE=always cargo test --test cases` accepts what
//! the scripts print now.

mod common;

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::OnceLock;

use libtest_mimic::{Arguments, Failed, Trial};
use mlua::chunk::ChunkMode;
use mlua::{Function, Lua};

/// Each folder of scripts, with what its snapshots' names begin with.
const FOLDERS: [(&str, &str); 2] = [("tests/cases", ""), ("tests/examples", "example_")];

/// Where this is set, this program is an interpreter that runs [`DRIVER`].
const INTERPRETER: &str = "NEAP_TEST_INTERPRETER";

/// The script that runs another one on the single file.
const DRIVER: &str = "tests/single_file.lua";

fn main() -> ExitCode {
    if env::var_os(INTERPRETER).is_some() {
        return interpret();
    }
    be_brief();
    let arguments = Arguments::from_args();
    let has_single_file = common::is_thorough(arguments.filter.as_deref());
    let mut trials = Vec::new();
    let mut names = BTreeSet::new();
    for (folder, prefix) in FOLDERS {
        for script in stems(folder, "lua") {
            let name = format!("{prefix}{script}");
            assert!(names.insert(name.clone()), "two scripts are called {name}");
            let path = format!("{folder}/{script}.lua");
            let single = (name.clone(), path.clone());
            trials.push(Trial::test(name.clone(), move || {
                check(&name, &path, common::neap_run(["--virtual-time", &path]))
            }));
            if has_single_file {
                trials.push(Trial::test(format!("single_file/{}", single.0), move || {
                    check(&single.0, &single.1, on_single_file(&single.1)?)
                }));
            }
        }
    }
    trials.push(Trial::test("every_snapshot_has_its_script", move || {
        let mut orphans = stems("snapshots", "snap");
        orphans.retain(|name| !names.contains(name));
        if orphans.is_empty() { Ok(()) } else { Err(orphans.join(", ").into()) }
    }));
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// A case that prints something else shows where that begins, and neither insta's copy of both
/// texts nor a panic of its own.
fn be_brief() {
    if env::var_os("INSTA_OUTPUT").is_none() {
        // SAFETY: no other thread runs yet.
        unsafe { env::set_var("INSTA_OUTPUT", "none") };
    }
    panic::set_hook(Box::new(|_| ()));
}

/// The names of the files in `folder` that end in `.extension`, without that end, in order.
fn stems(folder: &str, extension: &str) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let entries = fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut stems: Vec<String> = entries
        .map(|entry| entry.expect("the folder can be read").path())
        .filter(|path| path.extension().is_some_and(|it| it == extension))
        .map(|path| path.file_stem().unwrap().to_str().expect("a name in UTF-8").to_owned())
        .collect();
    stems.sort();
    stems
}

/// Runs `command`, which runs the script at `path`, and compares what it prints.
fn check(name: &str, path: &str, mut command: Command) -> Result<(), Failed> {
    let outcome = common::finish(&mut command, b"");
    if outcome.code != Some(0) || !outcome.stderr.is_empty() {
        return Err(
            format!("{path} must end with exit status 0 and say nothing: {outcome:#?}").into()
        );
    }
    let mut settings = insta::Settings::new();
    settings.set_snapshot_path("../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let compare = || settings.bind(|| insta::assert_snapshot!(name, outcome.stdout));
    panic::catch_unwind(AssertUnwindSafe(compare)).map_err(|_| {
        let expected = common::snapshot(name).unwrap_or_else(|| "no snapshot yet".to_owned());
        let difference = common::difference(&expected, &outcome.stdout);
        format!("{path} prints something else, {}", difference.unwrap_or_default()).into()
    })
}

/// Runs the script at `path` on the single file.
fn on_single_file(path: &str) -> Result<Command, Failed> {
    static FILE: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    let file = FILE.get_or_init(export_single_file).as_ref()?;
    let mut command = Command::new(env::current_exe()?);
    command.env(INTERPRETER, "").arg(file).arg(path).current_dir(env!("CARGO_MANIFEST_DIR"));
    Ok(command)
}

/// Writes the single file, once. It ends in `neap/neap.lua`, by which cases tell that a text names
/// a line of neap's.
fn export_single_file() -> Result<PathBuf, String> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("single_file/neap");
    let mut command = Command::new(env!("CARGO_BIN_EXE_neap"));
    command.args(["export", "--single-file", "--force"]).arg(&folder);
    let outcome = common::finish(&mut command, b"");
    match outcome.code {
        Some(0) => Ok(folder.join("neap.lua")),
        _ => Err(outcome.stderr),
    }
}

/// Is a plain interpreter: runs [`DRIVER`] with this process's arguments in a Lua that neap has not
/// been installed in.
fn interpret() -> ExitCode {
    // SAFETY: the scripts are this package's own tests, which need the `debug` library.
    let lua = unsafe { Lua::unsafe_new() };
    let run = || -> mlua::Result<()> {
        // Luau has no `loadfile`.
        lua.globals().set("loadfile", lua.create_function(load_file)?)?;
        let arguments: Vec<_> = env::args().skip(1).collect();
        load_file(&lua, DRIVER.to_owned())?.call(mlua::Variadic::from_iter(arguments))
    };
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn load_file(lua: &Lua, path: String) -> mlua::Result<Function> {
    let text = fs::read(&path)?;
    lua.load(text).set_name(format!("@{path}")).set_mode(ChunkMode::Text).into_function()
}
