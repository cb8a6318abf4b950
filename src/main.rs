//! The command line: `neap run` runs a script until every task is done, `neap export` writes the
//! Lua files out for another host, `neap completions` tells a shell of both.

#![deny(unsafe_code)]

mod explore;
mod export;
#[cfg(all(unix, not(feature = "luau")))]
mod modules;
#[cfg(unix)]
mod signals;

use std::env;
use std::ffi::{OsStr, OsString};
use std::fmt::Display;
use std::fs::{self, File};
use std::io::{self, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::LazyLock;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use mlua::chunk::ChunkMode;
use mlua::{Error, FromLua, Function, Lua, LuaString, MultiValue, Table, Value};

use explore::Explore;
use export::Export;

/// The Lua that is in here.
const VM: &str = if cfg!(feature = "luajit") {
    "LuaJIT 2.1"
} else if cfg!(feature = "luau-jit") {
    "Luau, native code"
} else if cfg!(feature = "luau") {
    "Luau"
} else if cfg!(feature = "lua51") {
    "Lua 5.1"
} else if cfg!(feature = "lua52") {
    "Lua 5.2"
} else if cfg!(feature = "lua53") {
    "Lua 5.3"
} else if cfg!(feature = "lua54") {
    "Lua 5.4"
} else {
    "Lua 5.5"
};

/// Async/await, futures, tasks and channels for Lua.
#[derive(Parser)]
#[command(name = "neap", version = version(), max_term_width = 80)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Run(Run),
    Explore(Explore),
    Export(Export),
    Completions(Completions),
}

/// Print what a shell needs to complete neap's words: `neap completions bash`.
#[derive(Args)]
struct Completions {
    shell: Shell,
}

/// Run a script until every task is done.
///
/// The script is the main task. `require` finds neap's modules, then files beside the script;
/// `task` is a global; tasks can wait inside of `pcall` and `xpcall`.
///
/// Ctrl-C cancels all tasks and runs their finalizers; a second one ends it at once.
///
/// Exit status: 0; 1 if the script, or a task that nothing waited for, failed; 2 for wrong usage;
/// 130 if Ctrl-C ended it, 143 if SIGTERM did.
#[derive(Args)]
struct Run {
    /// Let the clock jump over every wait: the run takes no time, and is the same each time
    #[arg(long)]
    virtual_time: bool,

    /// What the tasks' clock and sleep come from: with `socket` (LuaSocket) and `uv` (luv), tasks
    /// can wait for those libraries' events
    #[arg(long, value_name = "HOST", default_value = "system", conflicts_with = "virtual_time")]
    host: HostName,

    /// Follow a schedule that `neap explore` has told, on the virtual clock and with the same
    /// random numbers; a number is the seed of a random one
    #[arg(long, value_name = "SCHEDULE", value_parser = schedule, conflicts_with = "host")]
    schedule: Option<String>,

    /// Write what the tasks do to FILE, for Perfetto or chrome://tracing
    #[arg(long, value_name = "FILE")]
    trace: Option<PathBuf>,

    /// Write what the tasks do to FILE, as a page for a browser
    #[arg(long, value_name = "FILE")]
    timeline: Option<PathBuf>,

    /// Remember who spawns whom, and where: failures and dumps tell it
    #[arg(long)]
    trace_spawns: bool,

    /// Look once a second whether tasks wait for each other in a circle
    #[arg(long)]
    watch_deadlocks: bool,

    /// Tell of each task that runs for longer than DURATION (100ms, 0.5s) without waiting
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    watch_hogs: Option<f64>,

    /// Tell at the end how much was done
    #[arg(long)]
    stats: bool,

    /// Take neap's Lua files from DIR in place of the embedded ones
    #[arg(long, value_name = "DIR")]
    lua: Option<PathBuf>,

    /// Run CODE in place of a file; all that follows it are the arguments
    #[arg(short, long, value_name = "CODE")]
    execute: Option<OsString>,

    /// The script (`-` for standard input), and the arguments that it gets as `...` and `arg`
    // One list, not two: else clap would still take an option that stands right after FILE.
    #[arg(
        value_names = ["FILE", "ARG"],
        required_unless_present = "execute",
        num_args = 1..,
        trailing_var_arg = true,
        allow_hyphen_values = true
    )]
    script: Vec<OsString>,
}

/// The hosts that `neap run` has a name for.
#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum HostName {
    System,
    Socket,
    Uv,
}

/// Why a command ends with exit status 1: the lines for standard error, none if Lua has said it
/// already.
struct Failure(Vec<u8>);

impl Failure {
    /// One line, about a file: the script's or neap's own.
    fn line(text: impl Display) -> Self {
        Self(format!("neap: {text}\n").into_bytes())
    }

    fn tell(&self) {
        let _ = io::stderr().write_all(&self.0);
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::line(text_of(&error))
    }
}

/// An error's own text, without where it came from.
fn text_of(error: &Error) -> String {
    match error {
        Error::CallbackError { cause, .. } => text_of(cause),
        Error::RuntimeError(text) | Error::SyntaxError { message: text, .. } => text.clone(),
        other => other.to_string(),
    }
}

fn main() -> ExitCode {
    end_with_a_closed_pipe();
    let result = match command() {
        Command::Explore(explore) => {
            refuse_unknown_options("explore", &explore.script);
            explore.execute()
        }
        Command::Export(export) => export.execute().map_err(Failure::line),
        Command::Completions(Completions { shell }) => {
            let mut text = Vec::new();
            clap_complete::generate(shell, &mut CommandLine::command(), "neap", &mut text);
            print(&text)
        }
        Command::Run(run) => {
            if run.execute.is_none() {
                refuse_unknown_options("run", &run.script);
            }
            run.refuse_to_overwrite();
            let lua = full_lua();
            let result = run.execute(&lua);
            // What the script printed comes before what is said about it.
            flush(&lua);
            result
        }
    };
    #[cfg(unix)]
    let signalled = signals::exit_status();
    #[cfg(not(unix))]
    let signalled = None;
    if let Err(failure) = &result {
        failure.tell();
    }
    ExitCode::from(signalled.unwrap_or(u8::from(result.is_err())))
}

/// The version, and the Lua: `0.1.0 (LuaJIT 2.1)`.
fn version() -> &'static str {
    static TEXT: LazyLock<String> =
        LazyLock::new(|| format!("{} ({VM})", env!("CARGO_PKG_VERSION")));
    &TEXT
}

/// What is to be done. Who has left out the `run` before a script is told so.
fn command() -> Command {
    let error = match CommandLine::try_parse() {
        Ok(command_line) => return command_line.command,
        Err(error) => error,
    };
    let tip = match error.get(ContextKind::InvalidSubcommand) {
        Some(ContextValue::String(name)) if Path::new(name).is_file() || name.ends_with(".lua") => {
            format!("did you mean `neap run {name}`?")
        }
        _ => error.exit(),
    };
    let mut told = clap::Error::new(error.kind()).with_cmd(&CommandLine::command());
    for (kind, value) in error.context() {
        if kind != ContextKind::SuggestedSubcommand {
            told.insert(kind, value.clone());
        }
    }
    told.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip.into()]));
    told.exit()
}

/// A list that lets the script's arguments start with `-` takes a misspelt option for FILE.
fn refuse_unknown_options(command: &str, script: &[OsString]) {
    let file = script[0].to_string_lossy();
    let before_file = env::args_os().rev().nth(script.len());
    if file.starts_with('-') && file != "-" && before_file.is_none_or(|text| text != "--") {
        let message = format!("unexpected argument '{file}' found");
        refuse_usage(command, ErrorKind::UnknownArgument, message);
    }
}

/// Ends the program, whose usage is wrong.
fn refuse_usage(command: &str, kind: ErrorKind, message: String) -> ! {
    let mut command_line = CommandLine::command();
    command_line.build();
    let command = command_line.find_subcommand_mut(command).expect("it is being run");
    command.error(kind, message).exit()
}

/// Whether two paths lead to one file, which need not be there yet. Of what is no file, such as a
/// terminal, nothing is lost when it is written to.
fn is_same_file(one: &Path, other: &Path) -> bool {
    let place = |path: &Path| {
        fs::canonicalize(path).ok().or_else(|| {
            let folder = path.parent().filter(|it| *it != Path::new("")).unwrap_or(Path::new("."));
            Some(fs::canonicalize(folder).ok()?.join(path.file_name()?))
        })
    };
    let is_file = fs::metadata(one).map_or(true, |it| it.is_file());
    is_file && place(one).is_some_and(|it| place(other) == Some(it))
}

impl Run {
    fn execute(&self, lua: &Lua) -> Result<(), Failure> {
        let script = match &self.execute {
            Some(code) => Script::inline(code, &self.script),
            None => Script::read(&self.script)?,
        };
        let (require, call) = prepare(lua, self.lua.as_deref(), &script)?;
        let host_module = self.host_module(&require)?;
        if let Some(name) = host_module {
            let neap: Table = require.call("neap")?;
            let host: Table = require.call(name)?;
            neap.get::<Function>("use")?.call::<()>(host)?;
        }

        // What `print` has written comes out before a report does. Luau has no `io` to do it with.
        let clock: Table = require.call("neap.kernel.clock")?;
        let report = lua.create_function(|lua, text: LuaString| {
            flush(lua);
            let _ = io::stderr().write_all(&[&text.as_bytes()[..], b"\n"].concat());
            Ok(())
        })?;
        clock.raw_set("report", report)?;

        #[cfg(unix)]
        let _noticing = signals::Noticing::begin(lua, &require, host_module)?;
        let program: Table = require.call("neap.program")?;
        let options = self.options(lua)?;
        let (finish, check): (Function, Option<Function>) =
            program.get::<Function>("watch")?.call(options)?;
        if self.stats || self.trace.is_some() || self.timeline.is_some() || self.schedule.is_some()
        {
            finish_at_exit(lua, finish.clone())?;
        }
        if let Some(check) = check {
            check_often(lua, check);
        }
        let outcome: (bool, Option<LuaString>) = program.get::<Function>("run")?.call(call)?;
        let written = finish.call::<()>(()).map_err(Failure::from);
        let ended = match outcome {
            (true, _) => Ok(()),
            (false, Some(text)) => Err(Failure([&text.as_bytes()[..], b"\n"].concat())),
            (false, None) => Err(Failure(Vec::new())),
        };
        match (ended, written) {
            (Err(first), Err(second)) => Err(Failure([first.0, second.0].concat())),
            (ended, written) => ended.and(written),
        }
    }

    /// Neither the script is overwritten, nor what is written to already.
    fn refuse_to_overwrite(&self) {
        let has_file = self.execute.is_none() && self.script[0] != "-";
        let script = has_file.then(|| Path::new(&self.script[0]));
        let (trace, timeline) = (self.trace.as_deref(), self.timeline.as_deref());
        for (option, path, what, other) in [
            ("--trace", trace, "the script", script),
            ("--timeline", timeline, "the script", script),
            ("--timeline", timeline, "the trace", trace),
        ] {
            if let (Some(path), Some(other)) = (path, other)
                && is_same_file(path, other)
            {
                let message = format!("{option} would overwrite {what}: {}", path.display());
                refuse_usage("run", ErrorKind::ArgumentConflict, message);
            }
        }
    }

    /// The module of the host that is asked for, if it is not the system's. What it needs is there.
    fn host_module(&self, require: &Function) -> Result<Option<&'static str>, Failure> {
        let (option, module, library, need) = match self.host {
            HostName::System => {
                let is_virtual = self.virtual_time || self.schedule.is_some();
                return Ok(is_virtual.then_some("neap.hosts.virtual"));
            }
            HostName::Socket => ("socket", "neap.hosts.luasocket", "LuaSocket", "socket"),
            HostName::Uv => ("uv", "neap.hosts.uv", "luv", "luv"),
        };
        let Err(error) = require.call::<Value>(need) else { return Ok(Some(module)) };
        let text = text_of(&error);
        let (text, _) = text.split_once("\nstack traceback:").unwrap_or((&text, ""));
        let reason = if cfg!(feature = "luau") {
            "Luau loads no modules in C".to_owned()
        } else if cfg!(windows) {
            "on Windows neap loads no modules in C".to_owned()
        } else if text.contains(&format!("module '{need}")) && text.contains(" not found:") {
            let rock = format!("`luarocks install {}`", library.to_lowercase());
            // Debian has none for Lua 5.5.
            if cfg!(feature = "lua55") {
                format!("install it, for Lua 5.5, by {rock}")
            } else {
                format!("install Debian's lua-{need}, or {rock}")
            }
        } else {
            text.lines().map(str::trim).collect::<Vec<_>>().join(" ")
        };
        Err(Failure::line(format!("--host {option} needs {library}: {reason}")))
    }

    /// What is to be watched, as `neap.program` takes it.
    fn options(&self, lua: &Lua) -> Result<Table, Failure> {
        let options = lua.create_table()?;
        options.raw_set("colours", is_in_colour())?;
        options.raw_set("trace_spawns", self.trace_spawns)?;
        options.raw_set("watch_deadlocks", self.watch_deadlocks)?;
        options.raw_set("watch_hogs", self.watch_hogs)?;
        options.raw_set("stats", self.stats)?;
        options.raw_set("schedule", self.schedule.as_deref())?;
        for (format, path) in [("json", &self.trace), ("html", &self.timeline)] {
            let Some(path) = path.clone() else { continue };
            let created = File::create(&path);
            let failed =
                move |error| format!("cannot write {}: {}", path.display(), reason(&error));
            let mut file = created.map_err(|error| Failure::line(failed(error)))?;
            let write = lua.create_function_mut(move |_, text: LuaString| {
                file.write_all(&text.as_bytes()).map_err(|error| Error::runtime(failed(error)))
            })?;
            options.raw_set(format, write)?;
        }
        Ok(options)
    }
}

/// A script, and the arguments that it gets.
struct Script {
    /// The name that messages call it by, as Lua has it.
    chunk: String,
    /// What stands in `arg[0]`.
    file: OsString,
    text: Vec<u8>,
    args: Vec<OsString>,
}

impl Script {
    /// The one whose file is the first of the words.
    fn read(words: &[OsString]) -> Result<Self, Failure> {
        let (file, args) = words.split_first().expect("clap requires a FILE");
        let chunk = match file.to_string_lossy() {
            name if name == "-" => "=stdin".to_owned(),
            name => format!("@{name}"),
        };
        Ok(Self { chunk, file: file.clone(), text: read(file)?, args: args.to_vec() })
    }

    /// One that was given on the command line.
    fn inline(code: &OsStr, args: &[OsString]) -> Self {
        Self {
            chunk: "=(command line)".to_owned(),
            file: "-e".into(),
            text: code.as_encoded_bytes().to_vec(),
            args: args.to_vec(),
        }
    }
}

/// Installs neap and compiles a script. What is returned are `require`, and what `neap.program`
/// runs: the script and its arguments.
fn prepare(
    lua: &Lua,
    directory: Option<&Path>,
    script: &Script,
) -> mlua::Result<(Function, MultiValue)> {
    let Script { chunk, file, text, args } = script;
    let function = compile(lua, chunk, text)?;
    match directory {
        None => neap::install(lua)?,
        Some(directory) => neap::install_from(lua, directory)?,
    }
    let directory = match Path::new(file).parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    neap::add_directory(lua, directory)?;
    #[cfg(all(unix, not(feature = "luau")))]
    modules::set_up(lua)?;

    let arg = lua.create_table()?;
    let mut call = MultiValue::from_vec(vec![Value::Function(function)]);
    arg.raw_set(0, bytes(lua, file)?)?;
    for (index, text) in args.iter().enumerate() {
        let text = bytes(lua, text)?;
        arg.raw_set(index + 1, &text)?;
        call.push_back(Value::String(text));
    }
    lua.globals().raw_set("arg", arg)?;
    Ok((lua.globals().get("require")?, call))
}

/// Has `os.exit`, where there is one, finish first what is under way. Where that fails, so does the
/// program.
fn finish_at_exit(lua: &Lua, finish: Function) -> mlua::Result<()> {
    const EXIT: &str = r#"
        local finish = ...
        local exit = os.exit
        if not exit then return end
        function os.exit(code, ...)
          if not finish() and (code == nil or code == true or code == 0) then code = 1 end
          return exit(code, ...)
        end
    "#;
    let finish = lua.create_function(move |_, ()| {
        let finished = finish.call::<()>(());
        if let Err(error) = &finished {
            Failure::line(text_of(error)).tell();
        }
        Ok(finished.is_ok())
    })?;
    lua.load(EXIT).set_name("=<neap>/neap/program.lua").call(finish)
}

/// Whether what is said on standard error is read on a terminal, by somebody who has not asked for
/// it without colours (https://no-color.org).
fn is_in_colour() -> bool {
    io::stderr().is_terminal() && env::var_os("NO_COLOR").is_none_or(|it| it.is_empty())
}

/// What a module of neap's returns, in a Lua of its own.
fn module<T: FromLua>(name: &str) -> mlua::Result<(Lua, T)> {
    let lua = Lua::new();
    neap::install(&lua)?;
    let value = lua.globals().get::<Function>("require")?.call(name)?;
    Ok((lua, value))
}

/// Reads an option's duration as neap does.
fn duration(text: &str) -> Result<f64, String> {
    let read = || -> mlua::Result<f64> {
        let (_lua, read) = module::<Function>("neap.duration")?;
        match text.parse::<f64>() {
            Ok(seconds) => read.call((seconds, 1, "")),
            Err(_) => read.call((text, 1, "")),
        }
    };
    let forms = "seconds, or a duration such as 250ms, 1.5s, 2m or 1h30m, expected";
    read().map_err(|_| forms.to_owned())
}

/// Checks that a text is a schedule's.
fn schedule(text: &str) -> Result<String, String> {
    let is_one = || -> mlua::Result<bool> {
        let (_lua, schedule) = module::<Table>("neap.explore.schedule")?;
        let chooser: Option<Function> = schedule.get::<Function>("chooser")?.call(text)?;
        Ok(chooser.is_some())
    };
    let is_one = is_one().map_err(|error| error.to_string())?;
    let forms = "a text that `neap explore` has told, or a whole number, expected";
    if is_one { Ok(text.to_owned()) } else { Err(forms.to_owned()) }
}

/// Luau has no hook that Lua could set. It calls this where a loop or a function begins.
#[cfg(feature = "luau")]
fn check_often(lua: &Lua, check: Function) {
    /// Of so many calls the last one looks.
    const OFTEN: u32 = 997;
    let count = std::cell::Cell::new(0);
    lua.set_interrupt(move |_| {
        count.set((count.get() + 1) % OFTEN);
        if count.get() == 0 {
            check.call::<()>(())?;
        }
        Ok(mlua::VmState::Continue)
    });
}

#[cfg(not(feature = "luau"))]
fn check_often(_: &Lua, _: Function) {}

fn read(file: &OsStr) -> Result<Vec<u8>, Failure> {
    if file == "-" {
        let mut text = Vec::new();
        let result = io::stdin().lock().read_to_end(&mut text);
        result.map_err(|error| cannot_read(Path::new("standard input"), &error))?;
        return Ok(text);
    }
    fs::read(file).map_err(|error| cannot_read(Path::new(file), &error))
}

fn cannot_read(path: &Path, error: &io::Error) -> Failure {
    // A name of no letters is to be seen, too.
    let path = if path == Path::new("") { Path::new("''") } else { path };
    Failure::line(format!("cannot read {}: {}", path.display(), reason(error)))
}

/// Writes to the standard output.
fn print(text: &[u8]) -> Result<(), Failure> {
    let mut output = io::stdout();
    output.write_all(text).and_then(|()| output.flush()).map_err(|error| {
        Failure::line(format!("cannot write to standard output: {}", reason(&error)))
    })
}

/// What the operating system says, without its number for that.
fn reason(error: &io::Error) -> String {
    error.to_string().split(" (os error ").next().unwrap_or_default().to_owned()
}

/// Compiles the script as the stand-alone Lua would: a byte order mark is ignored, and a first line
/// that starts with `#` counts as empty.
fn compile(lua: &Lua, name: &str, text: &[u8]) -> mlua::Result<Function> {
    let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
    let first_line = match text {
        [b'#', ..] => text.iter().position(|&byte| byte == b'\n').unwrap_or(text.len()),
        _ => 0,
    };
    let text = &text[first_line..];
    if text.trim_ascii_start().starts_with(b"\x1B") {
        let name = &name[1..];
        let text = format!("cannot run {name}: it is bytecode, not source text");
        return Err(Error::runtime(text));
    }
    lua.load(text).set_name(name).set_mode(ChunkMode::Text).into_function()
}

/// A Lua string of exactly the bytes that the operating system gave.
fn bytes(lua: &Lua, text: &OsStr) -> mlua::Result<LuaString> {
    lua.create_string(text.as_encoded_bytes())
}

/// Empties C's buffer of the standard output, and what a script may have put in its place; the end
/// of the process does it anyway.
#[allow(unsafe_code)]
fn flush(lua: &Lua) {
    // SAFETY: `fflush(NULL)` may be called at any time; it is what Luau's `print`, which has no
    // `io` beside it, needs.
    #[cfg(unix)]
    unsafe {
        libc::fflush(std::ptr::null_mut());
    }
    let _ = lua.load("io.stdout:flush()").exec();
}

/// A Lua with every standard library.
#[allow(unsafe_code)]
fn full_lua() -> Lua {
    // SAFETY: unsafe are `debug`, `ffi` and modules in C, with which Lua code can break Rust's
    // rules. A script that a user runs has the rights of that user, as under the `lua` command.
    unsafe { Lua::unsafe_new() }
}

/// Lets a write to a pipe that nobody reads end the process, as it ends other commands. Rust's
/// start-up turns that signal off, and Lua's `print` ignores the error: `neap run x.lua | head`
/// would run on, for ever if the script does.
#[allow(unsafe_code)]
fn end_with_a_closed_pipe() {
    #[cfg(unix)]
    // SAFETY: no other thread runs yet, and the default action needs no handler.
    unsafe {
        libc::signal(libc::SIGPIPE, libc::SIG_DFL);
    }
}
