//! neap without Rust: what is in `lua/`, on the Luas that the system has and in Neovim.
//!
//! - `standalone::INTERPRETER::SCRIPT`: each script that `tests/cases.rs` runs prints what its
//!   snapshot says; on one of those that are there, or, where `NEAP_TESTS=all` or CI asks for it,
//!   on all;
//! - `standalone::host::...`: each clock that `lua/neap/hosts/default.lua` picks tells the time and
//!   sleeps;
//! - `standalone::porting::...`: the guides of `docs/porting.md` work to the letter.
//!
//! What is not installed is shown as ignored; with `CI=true` it is a failure.

mod common;
#[path = "common/documents.rs"]
mod documents;
#[path = "common/programs.rs"]
mod programs;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use documents::guide;
use libtest_mimic::{Arguments, Failed, Trial};
use programs::{Check, ROOT, is_there, stems};

/// The commands of the Luas, and Neovim's. Each has every case to run.
const INTERPRETERS: [&str; 6] = ["lua5.1", "luajit", "lua5.2", "lua5.3", "lua5.4", "nvim"];

/// Each folder of scripts, with what its snapshots' names begin with.
const FOLDERS: [(&str, &str); 2] = [("tests/cases", ""), ("tests/examples", "example_")];

/// A search path on which only neap is found.
const NOTHING_ELSE: [(&str, &str); 2] = [("LUA_PATH", "lua/?.lua"), ("LUA_CPATH", "none/?.so")];

/// One that has the system's modules too.
const WITH_MODULES: [(&str, &str); 1] = [("LUA_PATH", "lua/?.lua;;")];

/// A function that has the next `require` load neap anew.
const FORGET: &str = r#"
    local function forget()
      for name in pairs(package.loaded) do
        local is_its_own = name:find("^neap") and name ~= "neap.copies"
        if is_its_own then package.loaded[name] = nil end
      end
    end
"#;

/// What a user does who has luv and wants something else.
const WITHOUT_LUV: &str = "package.preload.luv = function() error('no luv here', 0) end\n";

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let mut trials = Vec::new();
    cases(&mut trials, common::is_thorough(arguments.filter.as_deref()));
    hosts(&mut trials);
    porting(&mut trials);
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// Adds a test, or says what is missing for it.
fn add(
    trials: &mut Vec<Trial>,
    name: &str,
    needs: &[&str],
    check: impl FnOnce() -> Check + Send + 'static,
) {
    programs::add(trials, &format!("standalone::{name}"), needs, check);
}

/// A command that runs the Lua file `script` in the package's root.
fn lua(interpreter: &str, script: &str, args: &[&str]) -> Command {
    let mut command = Command::new(interpreter);
    command.current_dir(ROOT);
    if interpreter == "nvim" {
        let list: Vec<String> = args.iter().map(|it| format!("[==[{it}]==],")).collect();
        let call = format!("lua arg = {{ {} }} dofile [==[{script}]==]", list.concat());
        // The editor stays open after a script's error, unless told otherwise.
        let quit = ["-c", "cquit 1"];
        command.args(["--headless", "-u", "NONE", "-i", "NONE", "-n", "-c", &call]).args(quit);
    } else {
        command.arg(script).args(args);
    }
    command
}

/// What a command that must succeed prints.
fn stdout_of(command: &mut Command) -> Result<String, Failed> {
    let outcome = common::finish(command, b"");
    if outcome.code != Some(0) || !outcome.stderr.is_empty() {
        let text = "must end with exit status 0 and say nothing";
        return Err(format!("{command:?} {text}:\n{outcome:#?}").into());
    }
    Ok(outcome.stdout)
}

fn assert_prints(command: &mut Command, expected: &str) -> Check {
    match common::difference(expected, &stdout_of(command)?) {
        None => Ok(()),
        Some(difference) => Err(format!("{command:?}\n{difference}").into()),
    }
}

fn cases(trials: &mut Vec<Trial>, on_all: bool) {
    let first = INTERPRETERS.into_iter().find(|it| is_there(it));
    for interpreter in INTERPRETERS.into_iter().filter(|it| on_all || Some(*it) == first) {
        if !is_there(interpreter) {
            add(trials, interpreter, &[interpreter], || Ok(()));
            continue;
        }
        for (folder, prefix) in FOLDERS {
            for script in stems(folder) {
                let path = format!("{folder}/{script}.lua");
                let snapshot = format!("{prefix}{script}");
                let name = format!("{interpreter}::{snapshot}");
                add(trials, &name, &[], move || {
                    let expected = common::snapshot(&snapshot).ok_or("no snapshot yet")?;
                    let mut command = lua(interpreter, "tests/standalone.lua", &[&path]);
                    assert_prints(command.envs(NOTHING_ELSE), &expected)
                });
            }
        }
    }
}

/// Writes a script for the test called `name`.
fn script(name: &str, text: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("standalone_{name}.lua"));
    fs::write(&path, text).expect("the script can be written");
    path
}

/// Sleeps 50 ms, then 300 ms of which it prints the processor's milliseconds.
const SLEEPER: &str = r##"
local neap = require "neap"
local slept = neap.run(function() return neap.sleep("50ms") end)
assert(slept >= 0.05, slept)
local before = os.clock()
slept = neap.run(function() return neap.sleep("300ms") end)
assert(slept >= 0.3, slept)
local burnt = (os.clock() - before) * 1000
local function is_loaded(name) return type(package.loaded[name]) == "table" end
"##;

/// Runs a sleeper that ends with `checks`, between two looks at a clock of Rust's.
fn sleeps(
    name: &str,
    interpreter: &str,
    envs: &[(&str, &str)],
    before: &str,
    checks: &str,
) -> Check {
    let text = format!("{before}{SLEEPER}{checks}\nio.stdout:write('done\\n')\nos.exit(0)\n");
    let path = script(name, &text);
    let start = Instant::now();
    let mut command = lua(interpreter, path.to_str().expect("a path in UTF-8"), &[]);
    assert_prints(command.envs(envs.iter().copied()), "done")?;
    let took = start.elapsed();
    if took >= Duration::from_millis(350) { Ok(()) } else { Err(format!("{took:?}").into()) }
}

/// A test of a host, whose script is `before`, the sleeper and `checks`.
fn sleeper(
    trials: &mut Vec<Trial>,
    name: &'static str,
    needs: &[&'static str],
    envs: &'static [(&'static str, &'static str)],
    before: impl Into<String>,
    checks: &'static str,
) {
    let (interpreter, before) = (needs[0], before.into());
    add(trials, &format!("host::{name}"), needs, move || {
        sleeps(name, interpreter, envs, &before, checks)
    });
}

fn hosts(trials: &mut Vec<Trial>) {
    for interpreter in INTERPRETERS {
        let name = format!("host::several_runs_on_{interpreter}");
        add(trials, &name, &[interpreter], move || {
            let text = "dofile 'tests/invariant.lua'\n\
                io.stdout:write(dofile 'tests/several_runs.lua')\n\
                os.exit(0)\n";
            let path = script(&format!("several_runs_on_{interpreter}"), text);
            let mut command = lua(interpreter, path.to_str().expect("a path in UTF-8"), &[]);
            assert_prints(command.envs(NOTHING_ELSE), "500 runs")
        });
    }

    for interpreter in ["lua5.1", "luajit", "lua5.4"] {
        add(trials, &format!("host::two_copies_on_{interpreter}"), &[interpreter], move || {
            let text = r#"local first = require "neap"
                forget()
                local second = require "neap"
                first.use(require "neap.hosts.virtual")
                print(first.run(function() return first.pcall(second.sleep, 1) end))
                print(second.run(function() return second.pcall(second.yield) end))"#;
            let path = script(&format!("two_copies_on_{interpreter}"), &(FORGET.to_owned() + text));
            let mut command = lua(interpreter, path.to_str().expect("a path in UTF-8"), &[]);
            let told =
                "another copy of neap waits here, in a task of the first: let both require one";
            assert_prints(command.envs(NOTHING_ELSE), &format!("false\t{told}\ntrue"))
        });
    }

    // An editor, or a game, loads neap anew while tasks live: both copies go on, each with its own.
    for interpreter in ["lua5.1", "luajit", "lua5.2", "lua5.3", "lua5.4"] {
        add(trials, &format!("host::reloaded_on_{interpreter}"), &[interpreter], move || {
            let text = r#"local old = require "neap"
                old.use(require "neap.hosts.virtual")
                local ended, log, gate = 0, {}, old.future()
                local function note(text) log[#log + 1] = text end
                for i = 1, 20 do
                  old.spawn(function()
                    old.finally(function() ended = ended + 1 end)
                    old.sleep(i)
                  end)
                end
                old.spawn(function() note(gate:wait()) end)
                old.step()
                forget()
                local new = require "neap"
                new.use(require "neap.hosts.virtual")
                print(new ~= old, #old.tasks(), #new.tasks())
                new.run(function()
                  local task = new.spawn(new.sleep, 1)
                  old.spawn(note, "spawned by a task of the new copy")
                  old.tasks()[1]:cancel()
                  gate:resolve("woken by a task of the new copy")
                  print(task:wait(), new.current() ~= nil, old.current(), ended)
                end)
                print(#old.tasks(), #new.tasks(), ended)
                old.run(old.sleep, 10)
                print(#old.tasks(), #new.tasks(), ended)
                print(table.concat(log, ", "))
                old.spawn(function()
                  old.finally(note, "closed")
                  gate.wait(old.future())
                end)
                old.step()
                print(old.close(), new.close(), #old.tasks(), log[3])"#;
            let path = script(&format!("reloaded_on_{interpreter}"), &(FORGET.to_owned() + text));
            let mut command = lua(interpreter, path.to_str().expect("a path in UTF-8"), &[]);
            let printed = "true\t21\t0\n1\ttrue\tnil\t0\n22\t0\t0\n0\t0\t20\n\
                           spawned by a task of the new copy, woken by a task of the new copy\n\
                           true\ttrue\t0\tclosed";
            assert_prints(command.envs(NOTHING_ELSE), printed)
        });
    }

    for interpreter in ["lua5.1", "luajit", "lua5.2", "lua5.3", "lua5.4"] {
        add(trials, &format!("host::never_run_on_{interpreter}"), &[interpreter], move || {
            let text = r#"local neap = require "neap"
                print "the script ends"
                if arg[1] then neap.spawn(print, arg[1]) neap.spawn(print, "no") end
                if arg[2] then neap.run(print) end"#;
            let path = script(&format!("never_run_on_{interpreter}"), text);
            let run = |args: &[&str]| {
                let mut command = lua(interpreter, path.to_str().expect("a path in UTF-8"), args);
                common::finish(command.envs(NOTHING_ELSE), b"").stderr
            };
            let told = "neap: 2 tasks never ran: call neap.run, or neap.step in your own loop\n";
            let all = [run(&["yes"]), run(&[]), run(&["yes", "run"])];
            if all == [told, "", ""] { Ok(()) } else { Err(format!("{all:?}").into()) }
        });
    }

    for interpreter in &INTERPRETERS[..5] {
        let name = format!("host::traceback_on_{interpreter}");
        add(trials, &name, &[interpreter], move || traceback(interpreter));
    }

    // The user's own handle is served while neap sleeps, and wakes a task.
    let luv = r##"
        assert(burnt < 100, burnt)
        assert(is_loaded "luv" and not is_loaded "socket" and not is_loaded "ffi")
        local uv, future = require "luv", neap.future()
        local timer = uv.new_timer()
        timer:start(20, 0, function() timer:close() future:resolve("from luv") end)
        assert(neap.run(function() return future:wait() end) == "from luv")
        local index = neap.run(function() return neap.select({ neap.future() }, 0.01) end)
        assert(index == nil)
        local ok, err = pcall(neap.run, function() neap.future():wait() end)
        assert(not ok and err:find("deadlock", 1, true), err)
    "##;
    sleeper(trials, "luv_on_lua5.1", &["lua5.1", "lua5.1:luv"], &WITH_MODULES, "", luv);
    sleeper(trials, "luv_on_luajit", &["luajit", "luajit:luv"], &WITH_MODULES, "", luv);
    sleeper(trials, "luv_on_lua5.4", &["lua5.4", "lua5.4:luv"], &WITH_MODULES, "", luv);

    // The editor's timers and its scheduled functions run while neap sleeps, and wake tasks at
    // once.
    let neovim = r##"
        assert(burnt < 100, burnt)
        assert(not is_loaded "socket" and not is_loaded "ffi")
        local ticks = 0
        local timer = vim.loop.new_timer()
        timer:start(10, 10, function() ticks = ticks + 1 end)
        local future = neap.future()
        vim.defer_fn(function() future:resolve(vim.fn.bufnr()) end, 50)
        assert(neap.run(function() return future:wait() end) == 1)
        neap.run(function()
          local hour, early = neap.timer("1h"), neap.future()
          vim.defer_fn(function() early:resolve() end, 50)
          local is_late = false
          vim.defer_fn(function() is_late = true end, 900)
          assert(neap.select { hour, early } == 2 and not is_late)
        end)
        assert(ticks >= 3, ticks)
        timer:close()
        vim.defer_fn(function() vim.api.nvim_input("<C-c>") end, 50)
        local ok, err = pcall(neap.run, function() neap.sleep("1h") end)
        assert(not ok and err == "interrupted", err)
    "##;
    sleeper(trials, "neovim", &["nvim"], &NOTHING_ELSE, "", neovim);

    let socket = r##"
        assert(burnt < 100, burnt)
        assert(is_loaded "socket" and not is_loaded "luv" and not is_loaded "ffi")
        assert(naps >= 2, naps)
    "##;
    let count_naps = r##"
        local socket, naps = require "socket", 0
        local sleep = socket.sleep
        socket.sleep = function(seconds) naps = naps + 1 return sleep(seconds) end
    "##;
    let before = || format!("{WITHOUT_LUV}{count_naps}");
    let (needs_51, needs_54) = (["lua5.1", "lua5.1:socket"], ["lua5.4", "lua5.4:socket"]);
    sleeper(trials, "luasocket_on_lua5.1", &needs_51, &WITH_MODULES, before(), socket);
    sleeper(trials, "luasocket_on_lua5.4", &needs_54, &WITH_MODULES, before(), socket);

    let ffi = r##"
        assert(burnt < 100, burnt)
        assert(is_loaded "ffi" and not is_loaded "luv" and not is_loaded "socket")
    "##;
    sleeper(trials, "ffi", &["luajit"], &NOTHING_ELSE, "", ffi);
    // Another library may have declared the same functions otherwise, and neap may be loaded twice.
    let crowded = r##"
        require("ffi").cdef [[
          typedef struct { long days; } neap_timespec;
          int clock_gettime(char *which, char *when);
          int nanosleep(double seconds);
        ]]
        require("neap").sleep(0.001)
        for name in pairs(package.loaded) do
          if name:find("^neap") then package.loaded[name] = nil end
        end
    "##;
    sleeper(trials, "ffi_declared_twice", &["luajit"], &NOTHING_ELSE, crowded, ffi);
    add(trials, "host::ffi_on_windows", &["luajit", "cc"], ffi_on_windows);

    // The processor's clock counts nothing but work, so that this sleep shows.
    let busy = r##"
        assert(burnt >= 299, burnt)
        assert(not is_loaded "ffi" and not is_loaded "luv" and not is_loaded "socket")
    "##;
    sleeper(trials, "busy_on_lua5.1", &["lua5.1"], &NOTHING_ELSE, "", busy);
    sleeper(trials, "busy_on_lua5.4", &["lua5.4"], &NOTHING_ELSE, "", busy);

    // What a name stands for may be something else altogether.
    let strange = "vim, ngx, love, jit = true, 'ngx', 3, false\n\
                   package.preload.luv = function() return {} end\n\
                   package.preload.socket = function() return { gettime = false } end\n";
    sleeper(trials, "strange_globals", &["lua5.1"], &WITH_MODULES, strange, "");
    let strict = r##"
        local function refuse(_, name) error("strict: " .. tostring(name), 2) end
        setmetatable(_G, { __index = refuse, __newindex = refuse })
    "##;
    for interpreter in &INTERPRETERS[..5] {
        let name = format!("host::strict_globals_on_{interpreter}");
        add(trials, &name.clone(), &[interpreter], move || {
            sleeps(&name[6..], interpreter, &NOTHING_ELSE, strict, "")
        });
        let name = format!("host::no_require_on_{interpreter}");
        add(trials, &name, &[interpreter], move || no_require(interpreter));
        let name = format!("host::awake_on_{interpreter}");
        add(trials, &name, &[interpreter], move || awake(interpreter));
    }
}

/// What fails in a task shows its lines, and none of neap's, whoever takes the traceback of a
/// `run`: a handler of the script's, or the interpreter.
fn traceback(interpreter: &str) -> Check {
    let text = r##"local neap = require "neap"
local function inner()
  neap.sleep(0.001)
  local tide
  return tide.height
end
local function outer()
  local height = inner()
  return height
end
local function main()
  local task = neap.spawn(function()
    local height = outer()
    return height
  end)
  local height = task:wait()
  return height
end
local err = {}
local _, raised = pcall(neap.run, function() error(err) end)
assert(rawequal(raised, err))
print(select(2, xpcall(function() neap.run(main) end, debug.traceback)))
if arg[1] == "wait" then neap.spawn(main):wait() end
if arg[1] == "deadlock" then neap.run(function() return (neap.future():wait()) end) end
neap.run(main)
"##;
    let path = script(&format!("traceback_on_{interpreter}"), text);
    let failing =
        [":5: attempt to index", "\nstack traceback:\n", ":5: in ", ":8: in ", ":13: in "];
    let waiting = ["waited for by 'task ", ":16: in "];
    let run = [&failing[..], &waiting, &[":25: in main chunk"]].concat();
    let wait = [&failing[..], &waiting, &[":23: in main chunk"]].concat();
    let deadlock = ["deadlock: 1 task waits", ":24: in ", ":24: in main chunk"];
    for (arg, places) in [("run", &run[..]), ("wait", &wait), ("deadlock", &deadlock)] {
        let mut command = lua(interpreter, path.to_str().expect("a path in UTF-8"), &[arg]);
        let outcome = common::finish(command.envs(NOTHING_ELSE), b"");
        let handled = [&failing[..], &waiting, &[":22: in "]].concat();
        for (text, places) in [(&outcome.stderr, places), (&outcome.stdout, &handled)] {
            let mut rest = &text[..];
            let mut has = |place: &&str| rest.split_once(place).map(|(_, after)| rest = after);
            if !places.iter().all(|place| has(place).is_some()) || text.contains("lua/neap/") {
                return Err(format!("{places:?} must stand in\n{text}").into());
            }
        }
    }
    Ok(())
}

/// The branch for Windows calls the functions of a library that has their names.
fn ffi_on_windows() -> Check {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("kernel32");
    fs::create_dir_all(&folder)?;
    let source = folder.join("kernel32.c");
    fs::write(
        &source,
        r##"
        #include <stdint.h>
        #include <time.h>
        int naps = 0;
        int QueryPerformanceFrequency(int64_t *frequency) {
            *frequency = 1000000;
            return 1;
        }
        int QueryPerformanceCounter(int64_t *count) {
            struct timespec time;
            clock_gettime(CLOCK_MONOTONIC, &time);
            *count = (int64_t)time.tv_sec * 1000000 + time.tv_nsec / 1000;
            return 1;
        }
        void Sleep(uint32_t milliseconds) {
            struct timespec time = { milliseconds / 1000, milliseconds % 1000 * 1000000L };
            naps++;
            nanosleep(&time, 0);
        }
        "##,
    )?;
    let library = folder.join("libkernel32.so");
    let mut cc = Command::new("cc");
    stdout_of(cc.args(["-shared", "-fPIC", "-o"]).args([&library, &source]))?;
    let envs = [NOTHING_ELSE[0], NOTHING_ELSE[1], ("LD_LIBRARY_PATH", folder.to_str().unwrap())];
    let checks = r##"
        assert(burnt < 100, burnt)
        local ffi = require "ffi"
        ffi.cdef "int naps;"
        assert(ffi.load("kernel32").naps >= 2)
    "##;
    sleeps("ffi_on_windows", "luajit", &envs, "jit.os = 'Windows'\n", checks)
}

/// A sandbox that takes `require` away leaves `os.clock`; one that takes that too must be told of
/// a clock.
fn no_require(interpreter: &str) -> Check {
    let text = r##"
        local neap, exit = require "neap", os.exit
        require, package, jit, debug = nil, nil, nil, nil
        local clock = os.clock
        if arg[1] == "clock" then os = { clock = clock } else os = nil end
        print(pcall(neap.run, function() return neap.sleep(0.05) >= 0.05 end))
        local time = 0
        neap.use { now = function() return time end, sleep = function(s) time = time + s end }
        print(neap.run(function() return neap.sleep(1) == 1 end))
        exit(0)
    "##;
    let name = format!("no_require_on_{interpreter}");
    let path = script(&name, text);
    let path = path.to_str().expect("a path in UTF-8");
    let mut with_clock = lua(interpreter, path, &["clock"]);
    assert_prints(with_clock.envs(NOTHING_ELSE), "true\ttrue\ntrue")?;
    let mut without = lua(interpreter, path, &["none"]);
    let refusal = "false\tno clock: call neap.use(host) first\ntrue";
    assert_prints(without.envs(NOTHING_ELSE), refusal)
}

/// The first thing that somebody tries who has copied the folder.
fn awake(interpreter: &str) -> Check {
    let text = r#"local neap = require "neap"
        print(neap.run(function() neap.sleep("50ms") return "awake" end))"#;
    let mut command = Command::new(interpreter);
    command.args(["-e", text]).current_dir(Path::new(ROOT).join("lua")).env_remove("LUA_PATH");
    let start = Instant::now();
    assert_prints(&mut command, "awake")?;
    let took = start.elapsed();
    if took >= Duration::from_millis(50) { Ok(()) } else { Err(format!("{took:?}").into()) }
}

/// The guides of `docs/porting.md` that need no more than a Lua: each block of code is
/// a whole program, but that of the frame callback, which waits for an engine.
fn porting(trials: &mut Vec<Trial>) {
    let engine = r##"
        for second = 1, 4 do
          for _ = 1, 64 do on_frame(1 / 64) end
          print("after " .. second .. " s")
        end
    "##;
    let frames = "3\nafter 1 s\n2\nafter 2 s\n1\nafter 3 s\ngo\nafter 4 s";
    let guides = [
        ("A loop that sleeps", "lua5.1", "socket", "", "ebb\nflood"),
        ("A frame callback", "lua5.1", "", engine, frames),
        ("A frame callback", "luajit", "", engine, frames),
    ];
    for (title, interpreter, module, rest, expected) in guides {
        let name = format!("porting_{}_on_{interpreter}", title.to_lowercase().replace(' ', "_"));
        let module = format!("{interpreter}:{module}");
        let needs =
            if module.ends_with(':') { &[interpreter][..] } else { &[interpreter, &module] };
        add(trials, &name.replacen('_', "::", 1), needs, move || {
            let path = script(&name, &(guide(title, 0)? + rest));
            let mut command = lua(interpreter, path.to_str().expect("a path in UTF-8"), &[]);
            assert_prints(command.envs(WITH_MODULES), expected)
        });
    }
}
