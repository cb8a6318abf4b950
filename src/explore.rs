//! `neap explore`: runs a script under many schedules, each in a Lua of its own, and tells of one
//! under which it fails. What is a schedule, and which are tried, is `neap.explore`'s to say.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use clap::builder::RangedI64ValueParser;
use clap::{Args, ValueEnum};
use mlua::{Error, Function, Lua, MultiValue, Table, Value};

use crate::{Failure, Script, full_lua, prepare, print};

/// Run a script in every order that its tasks might run in, and tell of one in which it fails.
///
/// Each run is on the virtual clock and in a Lua of its own, with another order of the tasks that
/// are ready, of equal deadlines, and of the arms of a `select` that are ready. A failure is an
/// error, a failure that nobody sees, a deadlock, and values that differ although the script gives
/// them to `require("neap.explore").same(...)`, and `os.exit` with another status than 0. What the
/// script prints is dropped.
///
/// Exit status: 0; 1 if a schedule fails; 2 for wrong usage.
#[derive(Args)]
pub struct Explore {
    /// How many schedules are tried at most
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = at_least_1())]
    schedules: u32,

    /// The seed of the first random schedule; the others count on from it
    #[arg(long, default_value_t = 1)]
    seed: u32,

    /// How schedules are chosen: at random, by random priorities, or all there are
    #[arg(long, value_enum, default_value_t = Strategy::Random)]
    strategy: Strategy,

    /// How often priorities change in a schedule, for `pct`
    #[arg(long, value_name = "D", default_value_t = 3, value_parser = at_least_1())]
    changes: u32,

    /// A run that has not ended after so many ticks fails
    #[arg(long, value_name = "N", default_value_t = 100_000, value_parser = at_least_1())]
    ticks: u32,

    /// Take neap's Lua files from DIR in place of the embedded ones
    #[arg(long, value_name = "DIR")]
    lua: Option<PathBuf>,

    /// The script, and the arguments that it gets as `...` and `arg`
    #[arg(
        value_names = ["FILE", "ARG"],
        required = true,
        num_args = 1..,
        trailing_var_arg = true,
        allow_hyphen_values = true
    )]
    pub script: Vec<OsString>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Strategy {
    Random,
    Pct,
    Exhaustive,
}

fn at_least_1() -> RangedI64ValueParser<u32> {
    clap::value_parser!(u32).range(1..)
}

/// Runs the script, which is called with all that it gets, under a schedule.
const TRIAL: &str = r#"
local require, schedule, options, script = ...
local program, call = require "neap.program", { select(4, ...) }
return require "neap.explore.script" (schedule, function()
  return program.run((table.unpack or unpack)(call))
end, options)
"#;

impl Explore {
    pub fn execute(&self) -> Result<(), Failure> {
        let script = Script::read(&self.script)?;
        let lua = full_lua();
        let (require, _) = prepare(&lua, self.lua.as_deref(), &script)?;

        let directory = self.lua.clone();
        let run = lua.create_function(move |lua, (schedule, options): (String, Table)| {
            let fresh = full_lua();
            let (require, call) = prepare(&fresh, directory.as_deref(), &script)?;
            let mut arguments = MultiValue::from_vec(vec![
                Value::Function(require),
                Value::String(fresh.create_string(schedule)?),
                copy(&Value::Table(options), &fresh)?,
            ]);
            arguments.extend(call);
            copy(&fresh.load(TRIAL).set_name("=<neap>/neap/explore.lua").call(arguments)?, lua)
        })?;

        let options = lua.create_table()?;
        options.raw_set("schedules", self.schedules)?;
        options.raw_set("seed", self.seed)?;
        options.raw_set("changes", self.changes)?;
        options.raw_set("ticks", self.ticks)?;
        let strategy = self.strategy.to_possible_value().expect("none of them is hidden");
        options.raw_set("strategy", strategy.get_name())?;
        let explore: Table = require.call("neap.explore")?;
        let search: Function = explore.get("with")?;
        let (is_well, text): (bool, String) =
            search.call((run, options, self.replay(), "--ticks"))?;
        if !is_well {
            return Err(Failure::line(text));
        }
        print(format!("{text}\n").as_bytes())
    }

    /// The command that runs the script under a schedule, `%s`, as a shell takes it.
    fn replay(&self) -> String {
        let mut words = vec!["neap run --schedule %s".to_owned()];
        let lua = self.lua.iter().flat_map(|it| [OsStr::new("--lua"), it.as_os_str()]);
        let is_like_option = self.script[0].as_encoded_bytes().starts_with(b"-");
        let end_of_options = is_like_option.then_some(OsStr::new("--"));
        let script = self.script.iter().map(OsString::as_os_str);
        for word in lua.chain(end_of_options).chain(script) {
            words.push(quoted(&word.to_string_lossy()).replace('%', "%%"));
        }
        words.join(" ")
    }
}

/// A word for a shell, in quotes if it needs them.
fn quoted(word: &str) -> String {
    let is_plain = |it: char| it.is_alphanumeric() || "-_./,:=+@".contains(it);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// The same value in another Lua; a table is copied whole, and may hold nothing but what is copied.
fn copy(value: &Value, to: &Lua) -> mlua::Result<Value> {
    Ok(match value {
        Value::Nil => Value::Nil,
        Value::Boolean(it) => Value::Boolean(*it),
        Value::Integer(it) => Value::Integer(*it),
        Value::Number(it) => Value::Number(*it),
        Value::String(it) => Value::String(to.create_string(it.as_bytes())?),
        Value::Table(table) => {
            let copied = to.create_table()?;
            for pair in table.pairs::<Value, Value>() {
                let (key, value) = pair?;
                copied.raw_set(copy(&key, to)?, copy(&value, to)?)?;
            }
            Value::Table(copied)
        }
        other => return Err(Error::runtime(format!("a {} cannot be copied", other.type_name()))),
    })
}
