//! neap inside the programs that people use, waiting for things that really happen.
//!
//! Each script in a folder of `tests/ports` runs in each program that the folder is for, and prints
//! what the file beside it says: `ports::FOLDER::PROGRAM::SCRIPT`. A script that blocks its host
//! prints something else, or does not end in time.
//!
//! What is not installed is shown as ignored; with `CI=true` it is a failure.

#[allow(dead_code, reason = "the neap command is what these tests do without")]
mod common;
#[path = "common/programs.rs"]
mod programs;

use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};

use libtest_mimic::{Arguments, Trial};
use programs::{ROOT, add, assert_prints, stems};

/// The Luas for which Debian has LuaSocket and luv.
const LUAS: [&str; 5] = ["lua5.1", "luajit", "lua5.2", "lua5.3", "lua5.4"];

/// Where neap is found, and the system's modules too.
const LUA_PATH: &str = "lua/?.lua;;";

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let mut trials = Vec::new();
    for lua in LUAS {
        scripts(&mut trials, "luasocket", lua, &[lua, &format!("{lua}:socket")]);
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// The scripts of a folder, in a program.
fn scripts(trials: &mut Vec<Trial>, folder: &str, program: &'static str, needs: &[&str]) {
    for script in stems(&format!("tests/ports/{folder}")) {
        let path = format!("tests/ports/{folder}/{script}.lua");
        add(trials, &format!("ports::{folder}::{program}::{script}"), needs, move || {
            let expected = fs::read_to_string(Path::new(ROOT).join(&path).with_extension("out"))?;
            assert_prints(&mut run(program, &path), &expected)
        });
    }
}

/// A command that runs a Lua file in the package's root.
fn run(program: &str, script: &str) -> Command {
    let mut command = Command::new(program);
    command.arg(script).current_dir(ROOT).env("LUA_PATH", LUA_PATH);
    command
}
