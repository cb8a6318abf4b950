//! The reference: `docs/reference.md` and `doc/neap.txt` are made of the types, and true.
//!
//! - `reference::is_made_of_the_types`: `docs/reference.lua` makes both anew, to the letter;
//! - `reference::NAME`: the example of each function prints what stands below it;
//! - `reference::help`: Vim's help finds every tag.
//!
//! After a change of `lua/neap/types.lua`, `lua docs/reference.lua` writes them.

mod common;
#[path = "common/programs.rs"]
mod programs;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};

use libtest_mimic::{Arguments, Failed, Trial};
use mlua::Lua;
use programs::{Check, ROOT};

/// What stands in an example that does not run as the main task, as `neap run` has it.
const PLAIN: &str = "-- In a plain Lua:";

/// Runs a function on the virtual clock and returns what it prints, failures included.
const DRIVER: &str = r##"
local example, is_plain = ...
local neap, virtual, lines = require "neap", require "neap.hosts.virtual", {}
function print(...)
  local texts = {}
  for i = 1, select("#", ...) do texts[i] = tostring((select(i, ...))) end
  lines[#lines + 1] = table.concat(texts, "\t") .. "\n"
end
neap.use { now = virtual.now, sleep = virtual.sleep, report = print }
local ok, text
if is_plain then ok, text = pcall(example) else ok, text = require("neap.program").run(example) end
if text then print(text) end
return table.concat(lines)
"##;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let mut trials = vec![Trial::test("reference::is_made_of_the_types", is_made_of_the_types)];
    let reference = read("docs/reference.md").expect("the reference can be read");
    for (name, code, output) in examples(&reference) {
        trials.push(Trial::test(format!("reference::{name}"), move || prints(&code, &output)));
    }
    programs::add(&mut trials, "reference::help", &["nvim"], help);
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn read(path: &str) -> Result<String, Failed> {
    Ok(fs::read_to_string(Path::new(ROOT).join(path))?)
}

fn is_made_of_the_types() -> Check {
    let lua = Lua::new();
    let script = lua.load(read("docs/reference.lua")?).set_name("@docs/reference.lua");
    let (reference, help): (String, String) = script.call(read("lua/neap/types.lua")?)?;
    for (path, text) in [("docs/reference.md", reference), ("doc/neap.txt", help)] {
        if read(path)? != text {
            return Err(format!("{path} is old: write it with lua docs/reference.lua").into());
        }
    }
    Ok(())
}

/// The examples: the heading that each stands below, its code, and its output. Every function has
/// one.
fn examples(reference: &str) -> Vec<(String, String, String)> {
    let mut all = Vec::new();
    for section in reference.split("\n### `").skip(1) {
        let (name, text) = section.split_once('`').expect("the heading ends");
        let mut blocks = text.split("\n```").skip(1).map(|it| it.split_once('\n'));
        match (blocks.next(), blocks.nth(1)) {
            (Some(Some((language, code))), Some(Some(("", output))))
                if language.starts_with("lua") =>
            {
                all.push((name.to_owned(), format!("{code}\n"), format!("{output}\n")));
            }
            _ => assert!(!name.contains('('), "{name} has no example"),
        }
    }
    all
}

fn prints(code: &str, expected: &str) -> Check {
    let lua = Lua::new();
    neap::install(&lua)?;
    let example = lua.load(code).set_name("=example").into_function()?;
    let printed: String = lua.load(DRIVER).call((example, code.contains(PLAIN)))?;
    if printed == expected {
        return Ok(());
    }
    Err(format!("{code}\nprints\n{printed}\nand should\n{expected}").into())
}

/// Neovim makes its tags of the help without a complaint, and finds each word that is in stars.
fn help() -> Check {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("help");
    fs::create_dir_all(folder.join("doc"))?;
    let text = read("doc/neap.txt")?;
    fs::write(folder.join("doc/neap.txt"), &text)?;
    let path = folder.to_str().ok_or("a path in UTF-8")?;
    let mut command = Command::new("nvim");
    command.args(["--headless", "-u", "NONE", "-i", "NONE", "-n"]);
    command.args(["-c", &format!("set runtimepath^={path}"), "-c"]);
    command.args([&format!("helptags {path}/doc"), "-c", "help neap.spawn()"]);
    command.args(["-c", "echo expand('%:t') getline('.')", "-c", "quitall"]);
    let outcome = common::finish(&mut command, b"");
    // Neovim tells on standard error where it has no window.
    let told = outcome.stderr.trim();
    if outcome.code != Some(0) || !told.contains("neap.txt neap.spawn(fn, ...)") {
        return Err(format!("{outcome:#?}").into());
    }
    let tags: BTreeSet<String> = fs::read_to_string(folder.join("doc/tags"))?
        .lines()
        .filter_map(|line| Some(line.split_once('\t')?.0.to_owned()))
        .collect();
    let starred: BTreeSet<String> = text
        .split_whitespace()
        .filter_map(|word| Some(word.strip_prefix('*')?.strip_suffix('*')?.to_owned()))
        .collect();
    if tags == starred && tags.len() > 100 {
        return Ok(());
    }
    Err(format!("not the tags of the help: {:?}", tags.symmetric_difference(&starred)).into())
}
