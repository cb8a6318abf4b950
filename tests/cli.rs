//! Runs the real `neap` command the way a person at a terminal does.

mod common;

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use common::{Outcome, finish, neap_run, wait, write_library};

/// An empty folder of its own for the test called `name`.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// Runs `script` from a file called `script.lua` in a folder that is also the current directory.
fn run_file(name: &str, script: &str, args: &[&str]) -> Outcome {
    run_with(name, &[], script, args)
}

/// The same with options before the file.
fn run_with(name: &str, options: &[&str], script: &str, args: &[&str]) -> Outcome {
    let folder = folder(name);
    fs::write(folder.join("script.lua"), script).unwrap();
    finish(neap_run(options).arg("script.lua").args(args).current_dir(folder), b"")
}

/// Runs `script` from the standard input.
fn run_input(script: &str) -> Outcome {
    finish(&mut neap_run(["-"]), script.as_bytes())
}

#[track_caller]
fn assert_prints(outcome: &Outcome, stdout: &str) {
    assert_eq!((outcome.code, &*outcome.stderr), (Some(0), ""), "{outcome:#?}");
    assert_eq!(outcome.stdout, stdout);
}

/// Bad input gets one line on stderr and exit status 1.
#[track_caller]
fn assert_refused(outcome: &Outcome, line: &str) {
    assert_eq!(outcome.stderr, format!("{line}\n"));
    assert_eq!((outcome.code, &*outcome.stdout), (Some(1), ""));
}

/// A copy of `lua/` with `change` made to one file.
fn changed_library(name: &str, file: &str, change: impl Fn(String) -> String) -> PathBuf {
    let library = folder(name).join("lua");
    write_library(&library);
    let file = library.join(file);
    fs::write(&file, change(fs::read_to_string(&file).unwrap())).unwrap();
    library
}

#[test]
fn a_script_runs_until_its_last_task_is_done() {
    let script = r#"
        local neap = require "neap"
        neap.spawn(function() neap.sleep(0.02) print("the task") end)
        print("the script")
    "#;
    assert_prints(&run_file("last_task", script, &[]), "the script\nthe task\n");
}

#[test]
fn everything_after_the_file_is_the_scripts() {
    let script = "print(...) print(#arg, arg[0], arg[1], arg[4])";
    assert_prints(
        &run_file("arguments", script, &["--virtual-time", "-h", "", "--lua"]),
        "--virtual-time\t-h\t\t--lua\n4\tscript.lua\t--virtual-time\t--lua\n",
    );
}

#[test]
fn standard_input_is_a_script_too() {
    let outcome = finish(neap_run(["-", "one", "-x"]).arg("--"), b"print(arg[0], ...)");
    assert_prints(&outcome, "-\tone\t-x\t--\n");
    let outcome = run_input("\nerror('no')");
    assert!(outcome.stderr.contains("stdin:2: no"), "{outcome:#?}");
    assert_eq!(outcome.code, Some(1));
}

#[cfg(unix)]
#[test]
fn arguments_and_paths_may_hold_any_bytes() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    let odd = OsStr::from_bytes(b"\xFF.lua");
    let folder = folder("bytes");
    fs::write(folder.join(odd), "print(arg[0] == '\\255.lua', ... == '\\254') error('no')")
        .unwrap();
    let mut command = neap_run([odd, OsStr::from_bytes(b"\xFE")]);
    let outcome = finish(command.current_dir(folder), b"");
    assert_eq!(outcome.stdout, "true\ttrue\n", "{outcome:#?}");
    assert!(outcome.stderr.contains("\u{FFFD}.lua:1: no"), "{outcome:#?}");
}

#[test]
fn a_script_finds_its_own_modules_beside_it() {
    let folder = folder("beside");
    fs::create_dir_all(folder.join("scripts/parts")).unwrap();
    let write =
        |name: &str, text: &str| fs::write(folder.join("scripts").join(name), text).unwrap();
    write("main.lua", "print((require 'one'), (require 'parts'), (require 'parts.two'))");
    write("one.lua", "return 'one'");
    write("parts/init.lua", "return 'parts'");
    write("parts/two.lua", "return 'two'");
    let outcome = finish(neap_run(["scripts/main.lua"]).current_dir(&folder), b"");
    assert_prints(&outcome, "one\tparts\ttwo\n");

    let input = b"print((require 'one'))";
    let outcome = finish(neap_run(["-"]).current_dir(folder.join("scripts")), input);
    assert_prints(&outcome, "one\n");
}

#[test]
fn neaps_own_modules_come_before_the_scripts() {
    let folder = folder("shadow");
    fs::write(folder.join("neap.lua"), "error 'shadowed'").unwrap();
    fs::write(folder.join("script.lua"), "print(type(require('neap').run))").unwrap();
    let outcome = finish(neap_run(["script.lua"]).current_dir(&folder), b"");
    assert_prints(&outcome, "function\n");
}

#[test]
fn a_first_line_for_the_shell_is_skipped_and_counted() {
    let outcome = run_file("shebang", "#!/usr/bin/env -S neap run\nprint('ran') error('no')", &[]);
    assert_eq!((outcome.code, &*outcome.stdout), (Some(1), "ran\n"));
    assert!(outcome.stderr.contains("script.lua:2: no"), "{outcome:#?}");
    assert_prints(&run_file("shebang_alone", "#!/usr/bin/env neap", &[]), "");
    assert_prints(&run_file("byte_order_mark", "\u{FEFF}print 'ran'", &[]), "ran\n");
}

#[cfg(not(feature = "luau"))]
#[test]
fn a_script_has_the_standard_libraries() {
    let script = "print(type(debug.traceback), type(os.getenv), type(io.open), type(table.sort))";
    assert_prints(&run_input(script), "function\tfunction\tfunction\tfunction\n");
}

#[test]
fn a_script_error_shows_message_and_traceback() {
    let script = "print('before')\nlocal function fail() error('it broke') end\nfail()\n";
    let outcome = run_file("script_error", script, &[]);
    assert_eq!((outcome.code, &*outcome.stdout), (Some(1), "before\n"));
    assert!(outcome.stderr.contains("script.lua:2: it broke\n"), "{outcome:#?}");
    assert!(outcome.stderr.contains("stack traceback:\n"), "{outcome:#?}");
    assert!(outcome.stderr.contains("script.lua:3"), "{outcome:#?}");
    assert!(outcome.stderr.ends_with('\n'), "{outcome:#?}");
}

#[test]
fn what_a_script_printed_comes_before_its_error() {
    let folder = folder("order");
    fs::write(folder.join("script.lua"), "print('printed') error('raised', 0)").unwrap();
    let both = fs::File::create(folder.join("both")).unwrap();
    let mut command = neap_run(["script.lua"]);
    command.current_dir(&folder).stdout(both.try_clone().unwrap()).stderr(both);
    assert_eq!(wait(&mut command.spawn().unwrap()), Some(Some(1)));
    let both = fs::read_to_string(folder.join("both")).unwrap();
    assert!(both.starts_with("printed\n"), "{both}");
    assert!(both.contains("raised"), "{both}");
}

#[test]
fn any_error_value_ends_a_script() {
    for value in ["nil", "false", "{}", "print", "setmetatable({}, { __tostring = error })"] {
        let outcome = run_input(&format!("print('before') error({value})"));
        assert_eq!((outcome.code, &*outcome.stdout), (Some(1), "before\n"), "{value}");
        assert_ne!(outcome.stderr, "", "{value}");
    }
}

#[test]
fn a_failure_that_nobody_waited_for_fails_the_run() {
    let outcome = run_input(
        r#"
        local neap = require "neap"
        neap.spawn(function() error("nobody looked", 0) end)
        neap.sleep(0.01)
        print("the script ended well")
        "#,
    );
    assert_eq!((outcome.code, &*outcome.stdout), (Some(1), "the script ended well\n"));
    assert_eq!(outcome.stderr.matches("nobody looked").count(), 1, "{outcome:#?}");
}

#[cfg(not(feature = "luau"))]
#[test]
fn os_exit_ends_the_run_with_its_status() {
    let outcome = run_input("io.write('written') os.exit(7)");
    assert_eq!((outcome.code, &*outcome.stdout, &*outcome.stderr), (Some(7), "written", ""));
    let script = r#"
        local neap = require "neap"
        neap.spawn(function() io.write("from a task") os.exit(0) end)
        neap.sleep(3600)
    "#;
    assert_prints(&run_input(script), "from a task");
}

#[test]
fn the_real_clock_really_sleeps() {
    let start = Instant::now();
    let outcome = run_input("print(require('neap').sleep(0.05) >= 0.05)");
    assert!(start.elapsed() >= Duration::from_millis(50));
    assert_prints(&outcome, "true\n");
}

#[test]
fn virtual_time_takes_no_time() {
    let script = "print(require('neap').sleep(1e6) == 1e6)";
    let outcome = finish(&mut neap_run(["--virtual-time", "-"]), script.as_bytes());
    assert_prints(&outcome, "true\n");
}

#[test]
fn the_library_can_be_taken_from_a_folder() {
    let library = changed_library("library", "neap.lua", |text| format!("print 'changed' {text}"));
    let outcome = finish(neap_run(["--lua"]).arg(&library).arg("-"), b"print 'the script'");
    assert_prints(&outcome, "changed\nthe script\n");
}

#[test]
fn a_broken_library_file_is_named_with_its_line() {
    let library =
        changed_library("broken", "neap/program.lua", |text| format!("\nx = = 1\n{text}"));
    let outcome = finish(neap_run(["--lua"]).arg(&library).arg("-"), b"");
    let file = library.join("neap/program.lua");
    assert_eq!((outcome.code, &*outcome.stdout), (Some(1), ""));
    assert!(outcome.stderr.starts_with("neap: "), "{outcome:#?}");
    // Lua shortens a long path from the left.
    let end = file.to_string_lossy();
    let end = &end[end.len() - "broken/lua/neap/program.lua".len()..];
    assert!(outcome.stderr.contains(&format!("{end}:2: ")), "{outcome:#?}");

    let library = changed_library("failing", "neap.lua", |text| format!("error 'no luck' {text}"));
    let outcome = finish(neap_run(["--lua"]).arg(&library).arg("-"), b"");
    assert_eq!((outcome.code, &*outcome.stdout), (Some(1), ""));
    assert!(outcome.stderr.contains("failing/lua/neap.lua:1: no luck"), "{outcome:#?}");
}

#[test]
fn a_file_missing_from_the_folder_is_not_taken_from_neap() {
    let library = changed_library("incomplete", "neap.lua", |text| text);
    fs::remove_file(library.join("neap/program.lua")).unwrap();
    let outcome = finish(neap_run(["--lua"]).arg(&library).arg("-"), b"");
    assert_eq!(outcome.code, Some(1));
    assert!(outcome.stderr.contains("neap.program"), "{outcome:#?}");
}

#[test]
fn a_folder_that_is_no_library_is_refused() {
    let outcome =
        finish(neap_run(["--lua", "no/such", "-"]).current_dir(folder("no_library")), b"");
    assert_refused(&outcome, "neap: no neap.lua in no/such");
}

#[test]
fn what_is_no_script_is_refused() {
    let folder = folder("no_script");
    let run = |file: &str| finish(neap_run([file]).current_dir(&folder), b"");
    let refused = |file: &str, line: &str| assert_refused(&run(file), line);

    refused("missing.lua", "neap: cannot read missing.lua: No such file or directory");
    refused(".", "neap: cannot read .: Is a directory");
    refused("", "neap: cannot read '': No such file or directory");
    fs::write(folder.join("bytecode.lua"), b"\x1BLJ\x02\x02").unwrap();
    refused("bytecode.lua", "neap: cannot run bytecode.lua: it is bytecode, not source text");
    fs::write(folder.join("bytecode2.lua"), b"#!/bin/neap\n\x1BLuaQ").unwrap();
    refused("bytecode2.lua", "neap: cannot run bytecode2.lua: it is bytecode, not source text");

    fs::write(folder.join("syntax.lua"), "print 'never'\n\nlocal = 5\n").unwrap();
    let outcome = run("syntax.lua");
    assert_eq!((outcome.code, &*outcome.stdout), (Some(1), ""));
    assert!(outcome.stderr.starts_with("neap: syntax.lua:3: "), "{outcome:#?}");
    assert_eq!(outcome.stderr.lines().count(), 1, "{outcome:#?}");
}

#[test]
fn wrong_usage_has_exit_status_2() {
    let wrong: [&[&str]; 8] = [
        &[],
        &["--bogus", "x.lua"],
        &["-x.lua"],
        &["--lua"],
        &["--virtual-time"],
        &["--host", "bogus", "x.lua"],
        &["--host", "x.lua"],
        &["--virtual-time", "--host", "uv", "x.lua"],
    ];
    for args in wrong {
        let outcome = finish(&mut neap_run(args), b"");
        assert_eq!((outcome.code, &*outcome.stdout), (Some(2), ""), "{args:?}: {outcome:#?}");
        assert_ne!(outcome.stderr, "", "{args:?}");
    }
    let outcome = finish(Command::new(env!("CARGO_BIN_EXE_neap")).arg("walk"), b"");
    assert_eq!(outcome.code, Some(2));
    let outcome = finish(&mut neap_run(["--", "-x.lua"]), b"");
    assert_refused(&outcome, "neap: cannot read -x.lua: No such file or directory");
}

/// One line says what to install for a host, or that there is no such thing.
#[test]
fn a_host_whose_library_is_missing_is_refused() {
    for (host, library, package, rock) in
        [("socket", "LuaSocket", "lua-socket", "luasocket"), ("uv", "luv", "lua-luv", "luv")]
    {
        let advice = if cfg!(feature = "luau") {
            "Luau loads no modules in C".to_owned()
        } else if cfg!(feature = "lua55") {
            format!("install it, for Lua 5.5, by `luarocks install {rock}`")
        } else {
            format!("install Debian's {package}, or `luarocks install {rock}`")
        };
        let mut command = neap_run(["--host", host, "-"]);
        command.env("LUA_PATH", "none").env("LUA_CPATH", "none");
        let outcome = finish(&mut command, b"print 'never'");
        assert_refused(&outcome, &format!("neap: --host {host} needs {library}: {advice}"));
    }
    let outcome = finish(&mut neap_run(["--host", "system", "-"]), b"print 'runs'");
    assert_prints(&outcome, "runs\n");
}

/// A module that cannot be loaded is not taken for one that is missing.
#[cfg(all(unix, not(feature = "luau")))]
#[test]
fn a_broken_module_in_c_is_told() {
    let folder = folder("broken_module");
    fs::write(folder.join("luv.so"), "no library").unwrap();
    fs::write(folder.join("script.lua"), "require 'luv'").unwrap();
    let run = |args: &[&str]| {
        let mut command = neap_run(args);
        command.env("LUA_CPATH", folder.join("?.so"));
        finish(command.current_dir(&folder), b"")
    };
    let outcome = run(&["--host", "uv", "script.lua"]);
    let line = "neap: --host uv needs luv: error loading module 'luv' from file ";
    assert!(outcome.stderr.starts_with(line), "{outcome:#?}");
    assert_eq!((outcome.code, outcome.stderr.lines().count()), (Some(1), 1), "{outcome:#?}");
    let outcome = run(&["script.lua"]);
    assert!(outcome.stderr.starts_with("error loading module 'luv' from file "), "{outcome:#?}");
    assert_eq!(outcome.stderr.matches("<neap>").count(), 0, "{outcome:#?}");
}

#[cfg(unix)]
#[test]
fn a_closed_pipe_ends_an_endless_script() {
    let folder = folder("closed_pipe");
    fs::write(folder.join("script.lua"), "while true do print('more') end").unwrap();
    let mut command = neap_run(["script.lua"]);
    command.current_dir(folder).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert_eq!(line, "more\n");
    assert_eq!(wait(&mut child), Some(None), "a signal ends it");
    let stderr = std::io::read_to_string(child.stderr.unwrap()).unwrap();
    assert_eq!(stderr, "");
}

/// A full disk, say.
#[test]
fn a_standard_output_that_cannot_be_written_is_told() {
    let Ok(full) = fs::File::options().write(true).open("/dev/full") else { return };
    let explore = ["explore", "--schedules", "1", "tests/explore/prints.lua"];
    for args in [&explore[..], &["completions", "bash"]] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_neap"));
        command.args(args).stdout(full.try_clone().unwrap()).stderr(Stdio::piped());
        let outcome = command.spawn().unwrap().wait_with_output().unwrap();
        let line = "neap: cannot write to standard output: No space left on device\n";
        assert_eq!(String::from_utf8_lossy(&outcome.stderr), line);
        assert_eq!(outcome.status.code(), Some(1), "{args:?}");
    }
}

#[test]
fn statistics_are_told_at_the_end() {
    let script = "local neap = require 'neap'\n\
        local sleeper = neap.spawn(neap.sleep, 2)\n\
        for _ = 1, 5 do neap.yield() end\n\
        sleeper:wait()\n\
        print('the end')";
    let outcome = run_with("stats", &["--stats", "--virtual-time"], script, &[]);
    assert_eq!((outcome.code, &*outcome.stdout), (Some(0), "the end\n"), "{outcome:#?}");
    let expected = "neap: 2 tasks, 9 switches, 9 ticks\n\
        neap: longest run 0.000 s\n\
        neap: asleep for 2.000 s of 2.000 s\n";
    assert_eq!(outcome.stderr, expected);

    let outcome = run_with("stats", &["--stats"], BUSY, &[]);
    let longest = outcome.stderr.lines().find(|line| line.contains("longest run")).unwrap();
    assert!(
        longest.contains(" s, of task \"crew\" (its function is at script.lua:2)"),
        "{longest}"
    );
    assert!(!longest.contains(" 0.000 s"), "{longest}");

    let script = "local start = os.clock() repeat until os.clock() - start > 0.1";
    let outcome = run_with("stats", &["--stats"], script, &[]);
    let longest = ", of task 1 (its function is at script.lua)\n";
    assert!(outcome.stderr.contains(longest), "{outcome:#?}");
}

/// A task that is at work for a while, and then blocks, if that can be done, and two that are
/// ready.
const BUSY: &str = r#"local neap = require "neap"
local function work()
  local start = os.clock()
  while os.clock() - start < 0.3 do end
  neap.yield()
  if os.execute then os.execute("sleep 0.3") end
  neap.yield()
end
neap.spawn(work):name "crew"
neap.spawn(neap.yield)
neap.sleep(0.01)"#;

#[test]
fn a_task_that_runs_for_long_is_told_of_while_it_does() {
    let outcome = run_with("hogs", &["--watch-hogs", "100ms"], BUSY, &[]);
    assert_eq!((outcome.code, &*outcome.stdout), (Some(0), ""), "{outcome:#?}");
    let of_crew: Vec<&str> =
        outcome.stderr.lines().filter(|line| line.starts_with("neap: task \"crew\" ")).collect();
    let meanwhile = " s without waiting, at script.lua:4; it keeps task ";
    assert!(of_crew[0].contains(meanwhile), "{outcome:#?}");
    assert!(of_crew[0].ends_with(" s) and 1 other"), "{outcome:#?}");
    assert!(of_crew[1].ends_with(" s in all"), "{outcome:#?}");
    if cfg!(all(unix, not(feature = "luau"))) {
        assert!(of_crew[2].contains(" s without waiting, until script.lua:7"), "{outcome:#?}");
    }

    assert_prints(&run_with("hogs", &["--watch-hogs", "1h"], BUSY, &[]), "");
}

#[test]
fn a_limit_that_is_no_duration_is_wrong_usage() {
    let outcome = finish(&mut neap_run(["--watch-hogs", "1 furlong", "x.lua"]), b"");
    let message = "error: invalid value '1 furlong' for '--watch-hogs <DURATION>': seconds, or a \
        duration such as 250ms, 1.5s, 2m or 1h30m, expected\n";
    assert!(outcome.stderr.starts_with(message), "{outcome:#?}");
    assert_eq!((outcome.code, &*outcome.stdout), (Some(2), ""));
}

#[test]
fn a_deadlock_names_who_waits_for_what() {
    let script = "local neap = require 'neap'\n\
        neap.spawn(function() neap.finally(print, 'cleaned up') neap.future():wait() end)\n\
        local channel = neap.channel(4)\n\
        channel:wait()";
    let outcome = run_file("deadlock", script, &["--", "x"]);
    assert_eq!((outcome.code, &*outcome.stdout), (Some(1), "cleaned up\n"));
    let report = [
        "deadlock: 2 tasks wait and nothing can wake them",
        "  task 1: waits for a value from channel (capacity 4, empty) at script.lua:4",
        "  task 2: waits for a future at script.lua:2",
    ];
    assert!(outcome.stderr.starts_with(&report.join("\n")), "{}", outcome.stderr);
}

#[test]
fn a_deadlock_names_the_tasks_that_wait_in_a_circle() {
    let script = "local neap = require 'neap'\n\
        local first, second\n\
        first = neap.spawn(function() second:wait() end):name('first')\n\
        second = neap.spawn(function() first:wait() end):name('second')\n\
        second:wait()";
    let outcome = run_file("deadlock_circle", script, &[]);
    let report = "  task \"first\" waits for task \"second\", which waits for task \"first\"";
    assert!(outcome.stderr.lines().any(|line| line == report), "{}", outcome.stderr);
}

/// Two tasks wait for each other while a third goes on.
const CIRCLE_AND_HEARTBEAT: &str = "local neap = require 'neap'\n\
    local first, second\n\
    first = neap.spawn(function() second:wait() end):name('first')\n\
    second = neap.spawn(function() first:wait() end):name('second')\n\
    neap.spawn(function() for _ = 1, 5 do neap.sleep(10) end end)\n\
    neap.sleep(60)\n\
    first:cancel() second:cancel()\n";

#[test]
fn a_circle_of_waits_is_told_while_others_live() {
    for (options, expected) in [
        (&["--virtual-time"][..], ""),
        (
            &["--virtual-time", "--watch-deadlocks"],
            "neap: a cycle of waits: task \"first\" waits for task \"second\", which waits for \
             task \"first\"\n",
        ),
    ] {
        let outcome = run_with("circle", options, CIRCLE_AND_HEARTBEAT, &[]);
        assert_eq!((outcome.code, &*outcome.stdout), (Some(0), ""), "{outcome:#?}");
        assert_eq!(outcome.stderr, expected);
    }
}

/// A host that the script has chosen sleeps no longer than the look-out wants.
#[test]
fn a_circle_of_waits_is_told_on_a_host_that_the_script_has_chosen() {
    let script = format!(
        "local time, longest = 0, 0\n\
         require('neap').use {{\n\
           now = function() return time end,\n\
           sleep = function(seconds)\n\
             time, longest = time + seconds, math.max(longest, seconds)\n\
           end,\n\
         }}\n\
         {CIRCLE_AND_HEARTBEAT}\
         print(longest <= 1, time >= 60)"
    );
    let outcome = run_with("circle_on_a_host", &["--watch-deadlocks"], &script, &[]);
    assert_eq!((outcome.code, &*outcome.stdout), (Some(0), "true\ttrue\n"), "{outcome:#?}");
    assert_eq!(outcome.stderr.matches("a cycle of waits: ").count(), 1, "{outcome:#?}");
}

#[test]
fn where_a_failed_task_was_spawned_is_told_if_that_is_asked_for() {
    let script = "local neap = require 'neap'\n\
        local function fail() error('no tide', 0) end\n\
        neap.spawn(fail)\n";
    for (options, expected) in [
        (&[][..], "neap: task 2 (its function is at script.lua:2) failed: no tide"),
        (&["--trace-spawns"], "neap: task 2 (spawned at script.lua:3 by task 1) failed: no tide"),
    ] {
        let outcome = run_with("spawned_at", options, script, &[]);
        assert_eq!(outcome.stderr.lines().next(), Some(expected));
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_report_is_in_colour_on_a_terminal() {
    let folder = folder("colours");
    fs::write(folder.join("script.lua"), "error('no tide', 0)").unwrap();
    let neap = env!("CARGO_BIN_EXE_neap");
    for (set, is_coloured) in [("", true), ("NO_COLOR=1", false), ("NO_COLOR=", true)] {
        // `script` gives a command a terminal, and shows what it says there.
        let line = format!("env -u NO_COLOR {set} {neap} run script.lua");
        let mut command = Command::new("script");
        command.args(["--quiet", "--command", &line, "/dev/null"]).current_dir(&folder);
        let said = finish(&mut command, b"").stdout;
        assert!(said.contains("no tide"), "{said}");
        assert_eq!(said.contains("\u{1b}[1;31mno tide\u{1b}[0m"), is_coloured, "{set}: {said:?}");
    }
    let outcome = run_file("no_colours", "error('no tide', 0)", &[]);
    assert!(!outcome.stderr.contains('\u{1b}'), "{}", outcome.stderr);
}

#[test]
fn a_wait_that_the_vm_refuses_ends_the_script_with_advice() {
    let script = "table.sort({ 1, 2, 3 }, function() require('neap').sleep(1) end)";
    let outcome = run_input(script);
    assert_eq!(outcome.code, Some(1));
    assert!(outcome.stderr.contains("attempt to yield"), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("use\nneap.pcall, or neap.install()"), "{}", outcome.stderr);
}

#[test]
fn the_report_of_a_refused_wait_shows_no_line_of_neap() {
    let script = "local neap = require 'neap'\n\
        local ok, err = pcall(table.sort, { 2, 1 }, function() neap.sleep(1) end)\n\
        neap.future():reject(err)\n\
        error(err, 0)";
    let outcome = run_input(script);
    assert_eq!(outcome.code, Some(1));
    assert_eq!(outcome.stderr.matches("attempt to yield").count(), 2, "{}", outcome.stderr);
    assert_eq!(outcome.stderr.matches("<neap>").count(), 0, "{}", outcome.stderr);
}

#[test]
fn an_error_handler_that_fails_or_yields_does_not_end_the_run() {
    let script = "local neap = require 'neap'\n\
        neap.on_error(function() coroutine.yield() end)\n\
        neap.spawn(error, 'first', 0):detach()\n\
        neap.sleep(0)\n\
        neap.on_error(function() error('handler', 0) end)\n\
        neap.spawn(error, setmetatable({}, { __tostring = error }), 0):detach()\n\
        neap.sleep(0)\n\
        print('goes on')";
    let outcome = run_input(script);
    assert_eq!((outcome.code, &*outcome.stdout), (Some(1), "goes on\n"));
    let reports: Vec<_> = outcome.stderr.lines().filter(|line| line.contains("failed:")).collect();
    assert_eq!(
        reports,
        [
            "neap: task 2 failed: first",
            "neap: the on_error handler failed: the scheduler is already running",
            "neap: task 3 failed: (a table that gives no text)",
            "neap: the on_error handler failed: handler",
        ]
    );
}

#[test]
fn a_long_path_hides_neaps_own_lines_too() {
    let name = "a_library_in_a_folder_with_a_name_so_long_that_lua_cuts_it_at_its_beginning";
    let library = changed_library(name, "neap.lua", |text| text);
    let script = "local t = require('neap').spawn(function() error('at level 2', 2) end)\n\
        print(pcall(t.wait, t))";
    let outcome = finish(neap_run(["--lua"]).arg(library).arg("-"), script.as_bytes());
    assert_prints(&outcome, "false\tat level 2\n");
}

/// Where the VM's own pcall cannot be waited in, neap's nests far deeper than the C stack.
#[cfg(feature = "lua51")]
#[test]
fn ten_thousand_nested_pcalls_wait() {
    let script = "local neap = require 'neap'\n\
        local function nest(depth, last)\n\
          if depth == 0 then return last() end\n\
          local ok, value = pcall(nest, depth - 1, last)\n\
          if not ok then error(value, 0) end\n\
          return value\n\
        end\n\
        print(nest(10000, function() neap.sleep('1ms') return 'bottom' end))\n\
        local ok, err = pcall(nest, 10000, function() neap.sleep('1ms') error({ 'table' }) end)\n\
        print(ok, err[1])\n\
        print(select(2, pcall(nest, 17000, print)))";
    assert_prints(&run_input(script), "bottom\nfalse\ttable\nstdin:4: stack overflow\n");
}

/// Luau's own syntax works, and its `require` of what stands beside the script.
#[cfg(feature = "luau")]
#[test]
fn luau_scripts_run() {
    let folder = folder("luau");
    fs::write(folder.join("mine.luau"), "return { value = 1 }").unwrap();
    let script = "local neap, mine = require('neap'), require('./mine')\n\
        assert(require('task') == task and require('ward.async').spawn)\n\
        local function add(x: number): string\n\
          local sum = mine.value\n\
          for i = 1, 3 do if i == 2 then continue end sum += i end\n\
          return `sum {sum + x}`\n\
        end\n\
        print(neap.spawn(add, 2):wait())";
    fs::write(folder.join("script.luau"), script).unwrap();
    assert_prints(&finish(neap_run(["script.luau"]).current_dir(folder), b""), "sum 7\n");
}

/// Runs `script` on Luau, in a folder with these modules.
#[cfg(feature = "luau")]
fn run_with_modules(name: &str, modules: &[(&str, &str)], script: &str) -> Outcome {
    let folder = folder(name);
    for (name, text) in modules.iter().chain(&[("script.luau", script)]) {
        let file = folder.join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }
    finish(neap_run(["--virtual-time", "script.luau"]).current_dir(folder), b"")
}

/// On Luau a module may wait while it loads; another task that requires it meanwhile gets the same
/// table, whatever it calls the file.
#[cfg(feature = "luau")]
#[test]
fn a_module_that_waits_while_it_loads_is_loaded_once() {
    let modules = [
        (".luaurc", r#"{ "aliases": { "parts": "./parts" } }"#),
        ("mod.luau", "print 'mod loads' task.wait(1) return {}"),
        ("parts/mod.luau", "print 'parts/mod loads' task.wait(1) return {}"),
        (
            "parts/names.luau",
            "return { function() return require '../mod' end,
                function() return require './mod' end }",
        ),
    ];
    let script = "local neap = require 'neap'\n\
        local names = require './parts/names'\n\
        local function load() return require './mod' end\n\
        local function alias() return require '@parts/mod' end\n\
        local tasks = {}\n\
        for i, fn in { load, load, names[1], names[2], alias } do tasks[i] = neap.spawn(fn) end\n\
        local tables = neap.all(tasks)\n\
        print(tables[1] == tables[2], tables[1] == tables[3], tables[1] == load())\n\
        print(tables[4] == tables[5], tables[4] == tables[1])";
    let stdout = "mod loads\nparts/mod loads\ntrue\ttrue\ttrue\ntrue\tfalse\n";
    assert_prints(&run_with_modules("luau_once", &modules, script), stdout);
}

#[cfg(feature = "luau")]
#[test]
fn a_module_that_fails_after_a_wait_fails_for_everyone_who_requires_it() {
    let bad = "print 'bad loads' task.wait(1)\n\
        local function deep() error('it broke') end\n\
        deep()";
    let script = "local neap = require 'neap'\n\
        local function load() return require './bad' end\n\
        neap.spawn(load):name('first')\n\
        neap.spawn(load):name('second')\n\
        neap.sleep(2)\n\
        print(pcall(load))";
    let outcome = run_with_modules("luau_fails", &[("bad.luau", bad)], script);
    assert_eq!(outcome.stdout, "bad loads\nbad loads\nfalse\t./bad:2: it broke\n");
    // Both reports show where the module raised it; the second, who it was that waited.
    let reports: Vec<_> = outcome.stderr.split("neap: task ").collect();
    assert_eq!(reports.len(), 3, "{}", outcome.stderr);
    for (report, name) in reports[1..].iter().zip(["first", "second"]) {
        let beginning =
            format!("\"{name}\" (its function is at script.luau:2) failed: ./bad:2: it broke");
        assert!(report.starts_with(&beginning), "{}", outcome.stderr);
        assert!(report.contains("\t./bad:2 function deep\n\t./bad:3\n"), "{}", outcome.stderr);
        assert!(report.contains("\tscript.luau:2"), "{}", outcome.stderr);
        let waits = report.contains("waited for by task \"second\":\n\tscript.luau:2");
        assert_eq!(waits, name == "second", "{}", outcome.stderr);
    }
}

/// Two modules that require each other, one alone, and one that waits for a task which requires it.
#[cfg(feature = "luau")]
#[test]
fn modules_that_require_themselves_are_told_so() {
    let modules = [
        ("ebb.luau", "task.wait(1) return require './flow'"),
        ("flow.luau", "task.wait(2) return require './ebb'"),
        ("alone.luau", "return require './alone'"),
        (
            "tasks.luau",
            "return require('neap').spawn(function() return require './tasks' end):wait()",
        ),
    ];
    let script = "local neap = require 'neap'\n\
        local one = neap.spawn(function() return require './ebb' end)\n\
        local two = neap.spawn(function() return require './flow' end)\n\
        print(pcall(one.wait, one))\n\
        print(pcall(two.wait, two))\n\
        print(pcall(function() return require './alone' end))\n\
        require './tasks'";
    let outcome = run_with_modules("luau_circle", &modules, script);
    let stdout = "false\t./flow:1: loop: module './ebb' requires itself through './flow'\n\
        false\t./flow:1: loop: module './ebb' requires itself through './flow'\n\
        false\t./alone:1: loop: module './alone' requires itself\n";
    assert_eq!((outcome.code, &*outcome.stdout), (Some(1), stdout), "{outcome:#?}");
    let line = "\n  task 4: waits for module './tasks', which task 1 loads at ./tasks:1\n";
    assert!(outcome.stderr.contains(line), "{}", outcome.stderr);
}

/// Everywhere else the VM refuses a wait in a module that loads; the report tells what to do.
#[cfg(not(feature = "luau"))]
#[test]
fn a_wait_that_require_refuses_ends_the_script_with_advice() {
    let folder = folder("require_refuses");
    fs::write(folder.join("mod.lua"), "require('neap').sleep(1) return {}").unwrap();
    let script = "local neap = require 'neap'\n\
        neap.spawn(function() require 'mod' end)\n\
        neap.sleep(0)\n\
        require 'mod'";
    fs::write(folder.join("script.lua"), script).unwrap();
    let outcome = finish(neap_run(["script.lua"]).current_dir(folder), b"");
    assert_eq!(outcome.code, Some(1));
    let (first, second) = outcome.stderr.split_once("script.lua:2: in").unwrap_or_default();
    let advice = "\n(a wait cannot cross this Lua's require: let the module return a function that \
        waits,\nand call that, or let it spawn a task that does)\n";
    assert!(first.contains("attempt to yield across"), "{}", outcome.stderr);
    assert!(first.contains(advice), "{}", outcome.stderr);
    let is_tried_again = !cfg!(any(feature = "lua51", feature = "luajit"));
    assert_eq!(second.contains(advice), is_tried_again, "{}", outcome.stderr);
    let loop_error = "script.lua:4: loop or previous error loading module 'mod'\nstack traceback";
    assert_eq!(second.contains(loop_error), !is_tried_again, "{}", outcome.stderr);
}

/// To-be-closed variables are closed when a task is cancelled, or fails.
#[cfg(any(feature = "lua54", feature = "lua55"))]
#[test]
fn to_be_closed_variables_are_closed() {
    let script = "local neap = require 'neap'\n\
        local function closing(text, fn)\n\
          return setmetatable({}, { __close = function() print(text) if fn then fn() end end })\n\
        end\n\
        local sleeper = neap.spawn(function()\n\
          neap.finally(print, 'then finalizers')\n\
          local first <close> = closing('closed last')\n\
          pcall(function()\n\
            local second <close> = closing('closed first')\n\
            neap.sleep(10)\n\
          end)\n\
        end)\n\
        neap.yield()\n\
        print('cancel', sleeper:cancel())\n\
        neap.yield()\n\
        local failing = neap.spawn(function()\n\
          local variable <close> = closing('closed after an error')\n\
          error('failed', 0)\n\
        end)\n\
        print(pcall(failing.wait, failing))\n\
        neap.on_error(function(err, _, _, what) print(what .. ': ' .. err) end)\n\
        local waiting = neap.spawn(function()\n\
          local variable <close> = closing('waits', function() neap.sleep(1) end)\n\
          neap.sleep(10)\n\
        end)\n\
        neap.yield()\n\
        print('cancel', waiting:cancel())";
    let stdout = "closed first\nclosed last\ncancel\ttrue\nthen finalizers\n\
        closed after an error\nfalse\tfailed\nwaits\n\
        a to-be-closed variable of task 4: attempt to wait in a task that is being closed\n\
        cancel\ttrue\n";
    assert_prints(&run_input(script), stdout);
}

/// An error that came through waits shows where it was raised, then who waited for it.
#[test]
fn a_traceback_crosses_tasks() {
    let script = "local neap = require 'neap'\n\
        local function deep() neap.sleep('1ms') error('it broke') end\n\
        local function middle() neap.spawn(deep):wait() end\n\
        local function top() neap.spawn(function() middle() end):name('middle'):wait() end\n\
        top()";
    let outcome = run_file("crossing", script, &[]);
    assert_eq!((outcome.code, &*outcome.stdout), (Some(1), ""));
    let mut places = ["script.lua:2: it broke", "script.lua:2", "waited for by task \"middle\":\n"]
        .into_iter()
        .chain(["script.lua:3", "waited for by task 1:\n", "script.lua:4", "script.lua:5"]);
    let mut rest = &*outcome.stderr;
    assert!(
        places.all(|place| rest.split_once(place).map(|(_, after)| rest = after).is_some()),
        "{}",
        outcome.stderr
    );
    assert_eq!(outcome.stderr.matches("<neap>").count(), 0, "{}", outcome.stderr);
}

#[test]
fn a_lost_failure_is_reported_once_with_its_places() {
    let script = "local neap = require 'neap'\n\
        neap.spawn(function()\n\
        error('nobody looks') end)\n\
        neap.sleep('1ms')";
    let outcome = run_file("lost", script, &[]);
    assert_eq!((outcome.code, &*outcome.stdout), (Some(1), ""));
    let first = outcome.stderr.lines().next().unwrap_or_default();
    let report =
        "neap: task 2 (its function is at script.lua:2) failed: script.lua:3: nobody looks";
    assert_eq!(first, report);
    assert_eq!(outcome.stderr.matches("nobody looks").count(), 1, "{}", outcome.stderr);
}

#[test]
fn a_report_comes_after_what_was_printed_and_shows_the_fields_of_a_table() {
    let folder = folder("report_in_order");
    let script = r#"
        local neap = require "neap"
        print "printed before"
        local err = { code = 7, message = "no tide", at = { "quay", 3 } }
        err.itself = err
        neap.spawn(error, err):detach()
        neap.yield()
        print "printed after"
        error { reason = "storm" }
    "#;
    fs::write(folder.join("script.lua"), script).unwrap();
    let mut command = Command::new("sh");
    command.args(["-c", "\"$0\" run script.lua 2>&1", env!("CARGO_BIN_EXE_neap")]);
    let outcome = finish(command.current_dir(folder), b"");
    let lines: Vec<_> = outcome.stdout.lines().filter(|it| !it.starts_with(['\t', 's'])).collect();
    let fields = r#"{ at = { "quay", 3 }, code = 7, itself = { at = {...}, code = 7, "#;
    assert_eq!(lines.len(), 4, "{outcome:#?}");
    assert_eq!((lines[0], lines[2]), ("printed before", "printed after"));
    assert!(
        lines[1].starts_with("neap: task 2 failed: ") && lines[1].contains(fields),
        "{}",
        lines[1]
    );
    assert_eq!(lines[3], r#"{ reason = "storm" }"#);
}

/// Neither the report of a lost failure nor the script's own error needs an `io.stdout`.
#[test]
fn a_report_comes_also_where_a_script_has_no_standard_output() {
    let script = "if io then io.stdout = nil end\n\
        require('neap').spawn(error, 'nobody looks', 0)";
    let outcome = run_input(script);
    assert!(outcome.stderr.starts_with("neap: task 2 failed: nobody looks\n"), "{outcome:#?}");
    assert!(!outcome.stderr.contains("report failed"), "{outcome:#?}");
    assert_eq!(outcome.code, Some(1));
}

#[test]
fn a_library_that_returns_no_table_is_refused() {
    let library = changed_library("no_table", "neap.lua", |_| "return 5".to_owned());
    let outcome = finish(neap_run(["--lua"]).arg(&library).arg("-"), b"print 'never'");
    assert_eq!((outcome.code, &*outcome.stdout), (Some(1), ""));
    let line = outcome.stderr.lines().next().unwrap_or_default();
    assert!(line.contains("neap.lua must return a table, not a "), "{outcome:#?}");
}

fn neap(args: &[&str]) -> Outcome {
    finish(Command::new(env!("CARGO_BIN_EXE_neap")).args(args), b"")
}

#[test]
fn code_is_run_from_the_command_line() {
    let outcome = finish(&mut neap_run(["-e", "print(arg[0], arg[1], ...)", "a", "-b"]), b"");
    assert_prints(&outcome, "-e\ta\ta\t-b\n");
    let outcome = finish(&mut neap_run(["-e", "error 'no tide'"]), b"");
    assert!(outcome.stderr.starts_with("(command line):1: no tide"), "{outcome:#?}");
    assert_eq!(outcome.code, Some(1));
}

#[test]
fn who_leaves_out_run_is_told_so() {
    let outcome = neap(&["tests/examples/harbour.lua"]);
    let tip = "tip: did you mean `neap run tests/examples/harbour.lua`?";
    assert!(outcome.stderr.contains(tip) && outcome.code == Some(2), "{outcome:#?}");
    let outcome = neap(&["exprot"]);
    assert!(outcome.stderr.contains("'export'") && outcome.code == Some(2), "{outcome:#?}");
}

#[test]
fn the_version_names_the_lua() {
    let outcome = neap(&["--version"]);
    let start = format!("neap {} (Lu", env!("CARGO_PKG_VERSION"));
    assert!(outcome.stdout.starts_with(&start) && outcome.code == Some(0), "{outcome:#?}");
}

#[test]
fn help_fits_a_narrow_terminal() {
    for args in [&["--help"][..], &["run", "--help"], &["run", "-h"], &["export", "--help"]] {
        let outcome = neap(args);
        let wide: Vec<_> =
            outcome.stdout.lines().filter(|line| line.chars().count() > 80).collect();
        assert!(wide.is_empty() && outcome.code == Some(0), "{args:?}: {wide:#?}");
    }
}

#[test]
fn shells_complete_its_words() {
    for shell in ["bash", "zsh", "fish"] {
        let outcome = neap(&["completions", shell]);
        assert!(outcome.stdout.contains("virtual-time") && outcome.code == Some(0), "{shell}");
    }
}
