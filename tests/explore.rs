//! `neap explore`, and what it finds in neap itself.

mod common;
#[path = "common/programs.rs"]
mod programs;

use std::fs;
use std::path::Path;
use std::process::Command;

use common::{Outcome, finish};

/// A `neap` command in the folder of the scripts that are explored.
fn neap(args: &[&str]) -> Outcome {
    let mut command = Command::new(env!("CARGO_BIN_EXE_neap"));
    finish(command.args(args).current_dir(Path::new(programs::ROOT).join("tests/explore")), b"")
}

/// What `neap explore` says of a script that fails.
fn found(args: &[&str]) -> String {
    let outcome = neap(&[&["explore"], args].concat());
    assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(1), ""), "{outcome:#?}");
    outcome.stderr
}

#[test]
fn the_document_shows_what_it_finds() {
    let document = fs::read_to_string(Path::new(programs::ROOT).join("docs/explore.md")).unwrap();
    let script = fs::read_to_string("tests/explore/ferry.lua").unwrap();
    let shown = format!("```lua\n{script}```\n");
    assert!(document.contains(&shown), "docs/explore.md does not show tests/explore/ferry.lua");
    let text = found(&["ferry.lua"]);
    assert!(
        document.contains(&format!("```\n{text}```\n")),
        "docs/explore.md does not show\n{text}"
    );
    assert_eq!(neap(&["run", "--virtual-time", "ferry.lua"]).code, Some(0));
    let outcome = neap(&["run", "--schedule", "3.2.2", "ferry.lua"]);
    assert!(outcome.stderr.starts_with("ferry.lua:24: 4 tickets for 3 seats\n"), "{outcome:#?}");
    assert_eq!(outcome.code, Some(1));
}

/// The command that a failure tells fails in the same way.
#[test]
fn each_strategy_finds_a_failure_that_can_be_run_again() {
    for strategy in ["random", "pct", "exhaustive"] {
        let text = found(&["--strategy", strategy, "ferry.lua"]);
        let (_, command) = text.trim_end().split_once("to run it again: neap ").expect(&text);
        let outcome = neap(&command.split(' ').collect::<Vec<_>>());
        assert!(outcome.stderr.contains("4 tickets for 3 seats"), "{outcome:#?}");
    }
}

/// So does it where the failure depends on random numbers.
#[test]
fn random_numbers_are_the_same_when_it_is_run_again() {
    let text = found(&["lucky.lua"]);
    assert!(!text.contains("(not again)"), "{text}");
    let (_, command) = text.trim_end().split_once("to run it again: neap ").expect(&text);
    let outcome = neap(&command.split(' ').collect::<Vec<_>>());
    assert!(outcome.stderr.contains("the unlucky one came first"), "{text}{outcome:#?}");
}

/// Luau has no os.exit.
#[cfg(not(feature = "luau"))]
#[test]
fn a_script_that_exits_ends_one_run_and_no_more() {
    for (way, text) in [
        ("at_the_end", "exits.lua:15: the other order\n"),
        ("with_a_status", "exits.lua:20: os.exit(3)\n"),
        ("in_pcall", "exits.lua:26: os.exit(5)\n"),
        ("in_a_task", "exits.lua:33: os.exit(4)\n"),
        ("unseen", "neap: task 4 failed: nobody sees it\n"),
    ] {
        let told = found(&["exits.lua", way]);
        let (_, failure) = told.split_once("): ").expect(&told);
        assert!(failure.starts_with(text), "{way}: {told}");
        let (_, command) = told.trim_end().split_once("to run it again: neap ").expect(&told);
        let outcome = neap(&command.split(' ').collect::<Vec<_>>());
        assert!(outcome.code > Some(0) || outcome.stderr.starts_with(text), "{way}: {outcome:#?}");
    }
}

#[cfg(not(feature = "luau"))]
#[test]
fn what_comes_after_an_exit_does_not_count() {
    for from in ["main", "coroutine", "sort", "finalizer", "spawn", "handler"] {
        let limits = ["explore", "--schedules", "9", "--ticks", "99"];
        let outcome = neap(&[&limits[..], &["exits.lua", "well", from]].concat());
        assert_eq!(outcome.stdout, "9 schedules, no failure\n", "{from}: {outcome:#?}");
    }
}

/// Another virtual one makes no difference.
#[test]
fn a_script_cannot_leave_the_virtual_clock() {
    let told = found(&["host.lua"]);
    let text = "schedule 1 fails (neap's own schedule): host.lua:6: attempt to use a host while \
        schedules are explored: that is done on the virtual clock\n";
    assert!(told.contains(text), "{told}");
    let outcome = neap(&["explore", "--schedules", "2", "host.lua", "virtual"]);
    assert_eq!((outcome.code, outcome.stderr.as_str()), (Some(0), ""), "{outcome:#?}");
}

#[test]
fn what_a_script_prints_is_dropped() {
    let outcome = neap(&["explore", "--schedules", "3", "prints.lua"]);
    assert_eq!(outcome.stdout, "3 schedules, no failure\n", "{outcome:#?}");
}

/// Whatever the script and its arguments are called.
#[cfg(unix)]
#[test]
fn the_command_to_run_it_again_can_be_pasted_into_a_shell() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("explore the harbour");
    fs::create_dir_all(&folder).unwrap();
    fs::copy("tests/explore/ferry.lua", folder.join("my ferry's.lua")).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_neap"));
    command.args(["explore", "my ferry's.lua", "", "$HOME 100%"]).current_dir(&folder);
    let text = finish(&mut command, b"").stderr;
    let (_, line) = text.trim_end().split_once("to run it again: neap ").expect(&text);
    assert_eq!(line, r"run --schedule 3.2.2 'my ferry'\''s.lua' '' '$HOME 100%'");
    let mut command = Command::new("sh");
    command.args(["-c", &format!("\"$0\" {line}"), env!("CARGO_BIN_EXE_neap")]);
    let outcome = finish(command.current_dir(&folder), b"");
    assert!(outcome.stderr.contains("4 tickets for 3 seats"), "{outcome:#?}");
}

#[test]
fn a_script_that_is_called_like_an_option_can_be_run_again() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("explore_options");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("-x.lua"), "error('it broke', 0)").unwrap();
    let neap = |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_neap"));
        finish(command.args(args).current_dir(&folder), b"")
    };
    let text = neap(&["explore", "--", "-x.lua"]).stderr;
    let (_, line) = text.trim_end().split_once("to run it again: neap ").expect(&text);
    assert_eq!(line, "run --schedule fifo -- -x.lua");
    let outcome = neap(&line.split(' ').collect::<Vec<_>>());
    assert!(outcome.stderr.starts_with("it broke\n"), "{outcome:#?}");
}

#[test]
fn a_random_schedule_can_be_run_by_its_seed() {
    let text = found(&["--seed", "5", "ferry.lua"]);
    let seed = text.split_once("(seed ").and_then(|(_, rest)| rest.split_once(')')).expect(&text);
    let outcome = neap(&["run", "--schedule", seed.0, "ferry.lua"]);
    assert!(outcome.stderr.contains("4 tickets for 3 seats"), "{outcome:#?}");
}

#[test]
fn every_schedule_is_tried_once_where_nothing_fails() {
    let outcome = neap(&["explore", "--strategy", "exhaustive", "quiet.lua", "4"]);
    assert_eq!(outcome.stdout, "24 schedules, no failure: these are all\n", "{outcome:#?}");
    let outcome = neap(&["explore", "--schedules", "7", "quiet.lua", "4"]);
    assert_eq!(outcome.stdout, "7 schedules, no failure\n", "{outcome:#?}");
    assert_eq!((outcome.code, outcome.stderr.as_str()), (Some(0), ""));
}

#[test]
fn every_kind_of_failure_is_found() {
    let kinds = [
        ("deadlock", "deadlock: 3 tasks wait and nothing can wake them"),
        ("report", "task 3 (its function is at kinds.lua:"),
        ("differs", "what is to be the same differs: 1, nil, and 1, 2 under"),
        ("arm", "kinds.lua:38: the second arm"),
        ("deadline", "kinds.lua:42: timeout"),
        ("endless", "the tasks still run after 100000 ticks (--ticks allows more)"),
    ];
    for (kind, text) in kinds {
        let told = found(&["kinds.lua", kind]);
        assert!(told.contains(text), "{kind}: {told}");
    }
}

#[test]
fn a_run_may_have_more_ticks_than_by_default() {
    let outcome = neap(&["explore", "--schedules", "1", "quiet.lua", "0", "150000"]);
    assert!(outcome.stderr.contains("after 100000 ticks"), "{outcome:#?}");
    let outcome =
        neap(&["explore", "--ticks", "160000", "--schedules", "1", "quiet.lua", "0", "150000"]);
    assert_eq!(outcome.stdout, "1 schedule, no failure: these are all\n", "{outcome:#?}");
}

#[test]
fn what_the_library_refuses_is_wrong_usage() {
    for option in ["--schedules", "--changes", "--ticks"] {
        let outcome = neap(&["explore", option, "0", "quiet.lua", "1"]);
        assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(2), ""), "{outcome:#?}");
        assert!(outcome.stderr.starts_with("error: invalid value '0' for '"), "{outcome:#?}");
    }
    let outcome = neap(&["explore", "--seed", "0", "--schedules", "2", "quiet.lua", "2"]);
    assert_eq!(outcome.code, Some(0), "{outcome:#?}");
}

/// The same in a project's own tests, on any Lua.
#[test]
fn it_is_found_without_the_command() {
    let mut outputs = Vec::new();
    for interpreter in ["lua5.1", "luajit", "lua5.2", "lua5.3", "lua5.4"] {
        if programs::is_there(interpreter) {
            let mut command = Command::new(interpreter);
            command.arg("tests/explore/alone.lua").current_dir(programs::ROOT);
            let outcome = finish(command.env("LUA_PATH", "lua/?.lua"), b"");
            assert_eq!((outcome.code, outcome.stderr.as_str()), (Some(0), ""), "{outcome:#?}");
            outputs.push(outcome.stdout);
        }
    }
    let expected = fs::read_to_string("tests/explore/alone.txt").unwrap();
    assert!(outputs.iter().all(|it| *it == expected), "{outputs:#?}");
}
