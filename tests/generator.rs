//! Generated programs over the whole of neap, in this Lua: `tests/generator` makes them and checks
//! what they do.
//!
//! `cargo test --test generator -- soak WHAT FIRST COUNT` runs as many as one likes, as
//! `tests/soak.sh` does.

mod common;
#[path = "common/programs.rs"]
mod programs;

use std::env;
use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::thread;

use libtest_mimic::{Arguments, Failed, Trial};
use mlua::Lua;

/// How many programs the tests run: all of them in CI, or when they are asked for.
const PROGRAMS: [&str; 2] = ["50", "200"];

/// Another Lua, to compare with.
const OTHER_LUA: &str = "lua5.4";

fn main() -> ExitCode {
    let words: Vec<String> = env::args().skip(1).collect();
    if words.first().is_some_and(|it| it == "soak") {
        return match soak(&words[1..]) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("{error}");
                ExitCode::FAILURE
            }
        };
    }
    let trials = vec![
        Trial::test("programs_do_the_same_on_every_lua", the_same_everywhere),
        Trial::test("programs_can_be_cancelled_in_every_tick", || {
            report(this_lua()?.args(["sweep", "1", "10"])).map(drop)
        }),
        Trial::test("programs_live_with_the_collector", || {
            report(this_lua()?.args(["soak", "201", "50"])).map(drop)
        }),
        Trial::test("programs_meet_hosts_that_misbehave", || {
            report(this_lua()?.args(["faults", "1", "10"])).map(drop)
        }),
    ];
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

/// Runs programs in this process, in a Lua whose main thread is the host's.
fn soak(words: &[String]) -> mlua::Result<()> {
    // SAFETY: the scripts are this package's own tests, which need the `debug` library.
    let lua = unsafe { Lua::unsafe_new() };
    match env::var_os("NEAP_LUA") {
        None => neap::install(&lua)?,
        Some(directory) => neap::install_from(&lua, Path::new(&directory))?,
    }
    for directory in ["tests/generator", "tests"] {
        neap::add_directory(&lua, Path::new(directory))?;
    }
    lua.globals().set("arg", words)?;
    let script = fs::read("tests/generator/main.lua")?;
    lua.load(script).set_name("@tests/generator/main.lua").exec()
}

/// A command that runs programs in this Lua.
fn this_lua() -> Result<Command, Failed> {
    let mut command = Command::new(env::current_exe()?);
    command.arg("soak").current_dir(programs::ROOT);
    Ok(command)
}

/// The same in a Lua of the system's.
fn system_lua(interpreter: &str) -> Command {
    let mut command = Command::new(interpreter);
    command.arg("tests/generator/main.lua").current_dir(programs::ROOT);
    command.env("LUA_PATH", "lua/?.lua;tests/generator/?.lua;tests/?.lua");
    command
}

/// Runs a command, which has to find no problem; what it prints.
fn report(command: &mut Command) -> Result<String, Failed> {
    let output = command.output()?;
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() && stdout.ends_with(" 0 with problems\n") {
        return Ok(stdout);
    }
    let problems: Vec<&str> = stdout.lines().filter(|it| it.starts_with("seed")).collect();
    let errors = String::from_utf8_lossy(&output.stderr);
    Err(format!("{command:?}:\n{}\n{errors}", problems.join("\n")).into())
}

/// Each program does the same here as in another Lua, to the last event of its trace, under neap's
/// own schedule and under a random one.
fn the_same_everywhere() -> Result<(), Failed> {
    let words = ["hash", "1", PROGRAMS[usize::from(common::is_thorough(None))]];
    if !programs::is_there(OTHER_LUA) {
        return report(this_lua()?.args(words)).map(drop);
    }
    let other = thread::spawn(move || report(system_lua(OTHER_LUA).args(words)));
    let here = report(this_lua()?.args(words))?;
    let other = other.join().expect("it does not panic")?;
    let different = here.lines().zip(other.lines()).find(|(here, other)| here != other);
    match different {
        None => Ok(()),
        Some((here, other)) => Err(format!("here {here}, on {OTHER_LUA} {other}").into()),
    }
}
