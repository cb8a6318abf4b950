//! The types in `lua/neap/types.lua` and `docs/neap.luau`, as checkers read them.
//!
//! - `types::emmylua::library`: `emmylua_check` has no warning for a file of `lua/`;
//! - `types::emmylua::uses`: nor for the right uses in `tests/types/uses.lua`;
//! - `types::emmylua::mistakes`: it finds each mistake in `tests/types/mistakes.lua`, by the rule
//!   that stands behind it, and nothing else;
//! - `types::luau`: Luau compiles its types, and runs what is written with them (where that is the
//!   Lua of this build).
//!
//! A file of the library turns off, on its first line, the rules that do not hold for it: where a
//! closure fills in a local, where fields come from another file's table, where a class lends its
//! private fields to the functions beside it. What users are given is checked by all of them.
//!
//! Install it with `cargo install --locked emmylua_check`.

mod common;
#[path = "common/programs.rs"]
mod programs;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::sync::OnceLock;

use libtest_mimic::{Arguments, Failed};
use programs::{Check, ROOT};
use serde_json::Value;

const CHECKER: &str = "emmylua_check";
const MISTAKES: &str = "tests/types/mistakes.lua";

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let mut trials = Vec::new();
    programs::add(&mut trials, "types::emmylua::library", &[CHECKER], || has_no_warning("lua/"));
    programs::add(&mut trials, "types::emmylua::uses", &[CHECKER], || {
        has_no_warning("tests/types/uses.lua")
    });
    programs::add(&mut trials, "types::emmylua::mistakes", &[CHECKER], each_mistake_is_found);
    #[cfg(feature = "luau")]
    trials.push(libtest_mimic::Trial::test("types::luau", luau));
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// What the checker says of a line of a file.
struct Finding {
    path: String,
    line: usize,
    rule: String,
    message: String,
}

/// All warnings and errors, of one run.
fn findings() -> Result<&'static [Finding], Failed> {
    static ALL: OnceLock<Result<Vec<Finding>, String>> = OnceLock::new();
    match ALL.get_or_init(|| check().map_err(|error| error.message().unwrap_or("").to_owned())) {
        Ok(all) => Ok(all),
        Err(message) => Err(message.into()),
    }
}

fn check() -> Result<Vec<Finding>, Failed> {
    let mut command = Command::new(CHECKER);
    command.current_dir(ROOT).args(["lua", "tests/types", "--config", ".emmyrc.json"]);
    command.args(["--severity", "warn", "--output-format", "json"]);
    let outcome = common::finish(&mut command, b"");
    let report = outcome.stdout.find('[').map(|start| &outcome.stdout[start..]);
    let report = report.ok_or_else(|| format!("no report: {outcome:#?}"))?;
    let mut files = serde_json::Deserializer::from_str(report).into_iter::<Vec<Value>>();
    let mut all = Vec::new();
    for file in files.next().ok_or("no report")?? {
        let path = file["file"].as_str().unwrap_or_default();
        let path = path.strip_prefix(ROOT).unwrap_or(path).trim_start_matches('/');
        for it in file["diagnostics"].as_array().into_iter().flatten() {
            let start = &it["range"]["start"]["line"];
            all.push(Finding {
                path: path.to_owned(),
                line: start.as_u64().map_or(0, |line| line as usize + 1),
                rule: it["code"].as_str().unwrap_or_default().to_owned(),
                message: it["message"].as_str().unwrap_or_default().to_owned(),
            });
        }
    }
    Ok(all)
}

fn has_no_warning(start: &str) -> Check {
    let told: Vec<String> = findings()?
        .iter()
        .filter(|it| it.path.starts_with(start))
        .map(|it| format!("{}:{}: {} [{}]", it.path, it.line, it.message, it.rule))
        .collect();
    if told.is_empty() { Ok(()) } else { Err(told.join("\n").into()) }
}

/// Each mistake has its rule behind it.
fn each_mistake_is_found() -> Check {
    let text = fs::read_to_string(Path::new(ROOT).join(MISTAKES))?;
    let rule =
        |(number, line): (usize, &str)| Some((number + 1, line.split_once(" --> ")?.1.to_owned()));
    let made: BTreeSet<(usize, String)> = text.lines().enumerate().filter_map(rule).collect();
    let found: BTreeSet<(usize, String)> = findings()?
        .iter()
        .filter(|it| it.path == MISTAKES)
        .map(|it| (it.line, it.rule.clone()))
        .collect();
    // More than one rule may find the same mistake.
    let missed: Vec<_> = made.difference(&found).collect();
    let lines: BTreeSet<usize> = made.iter().map(|it| it.0).collect();
    let false_alarms: Vec<_> = found.iter().filter(|it| !lines.contains(&it.0)).collect();
    if lines.len() != 20 || !missed.is_empty() || !false_alarms.is_empty() {
        let count = lines.len();
        let text =
            format!("of {count} mistakes, missed: {missed:?}; false alarms: {false_alarms:?}");
        return Err(text.into());
    }
    Ok(())
}

/// The types of Luau, and what is written with them, pass its own parser and compiler; the module
/// gives neap, and the right uses run.
#[cfg(feature = "luau")]
fn luau() -> Check {
    let lua = mlua::Lua::new();
    lua.globals().set("print", lua.create_function(|_, ()| Ok(()))?)?;
    neap::install(&lua)?;
    let types = fs::read_to_string(Path::new(ROOT).join("docs/neap.luau"))?;
    let module: mlua::Table = lua.load(&types).set_name("=docs/neap.luau").eval()?;
    module.get::<mlua::Function>("spawn")?;
    let definitions = types.rsplit_once("\nreturn ").ok_or("the types end with a return")?.0;
    let joined = |name: &str| -> Result<mlua::Function, Failed> {
        let uses = fs::read_to_string(Path::new(ROOT).join(format!("tests/types/{name}.luau")))?;
        Ok(lua.load(format!("{definitions}\n{uses}")).set_name(name).into_function()?)
    };
    joined("mistakes")?;
    let run: mlua::Function = lua.load("return require('neap').run").eval()?;
    Ok(run.call::<()>(joined("uses")?)?)
}
