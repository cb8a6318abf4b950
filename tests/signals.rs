//! Signals under `neap run`: Ctrl-C and its kin end a run as a program of good manners ends, at
//! once if they come twice, and SIGQUIT tells of the tasks.
#![cfg(unix)]

mod common;

use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, ChildStderr, Stdio};
use std::time::{Duration, Instant};

use common::{neap_run, wait};
use libc::{SIGINT, SIGQUIT, SIGTERM};

/// What each script begins with: `ready()` lets the test go on, on every Lua.
const PRELUDE: &str = r#"
local neap = require "neap"
local function ready() require("neap.kernel.clock").report "ready" end
neap.finally(print, "main is over")
"#;

/// A run that is under way.
struct Running {
    child: Child,
    stderr: BufReader<ChildStderr>,
}

/// What a run left behind, as `common::Outcome`, and how long it took after the last signal.
#[derive(Debug)]
struct Outcome {
    code: Option<i32>,
    signal: Option<i32>,
    stdout: String,
    stderr: String,
    time: Duration,
}

impl Running {
    /// Runs a script until it is ready. Whoever runs the tests may have signals ignored, which neap
    /// respects: here they are not.
    fn start(options: &[&str], script: &str) -> Self {
        Self::start_with(libc::SIG_DFL, options, script)
    }

    /// Runs a script until it is ready; from its start, signals have this action.
    fn start_with(action: libc::sighandler_t, options: &[&str], script: &str) -> Self {
        let mut command = neap_run(options.iter().chain(&["-"]));
        let set = move || {
            for signal in [SIGINT, SIGQUIT, SIGTERM] {
                // SAFETY: neither action needs a handler.
                unsafe { libc::signal(signal, action) };
            }
            Ok(())
        };
        // SAFETY: `signal` may be called between a fork and an exec.
        unsafe { command.pre_exec(set) };
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("neap starts");
        let mut stdin = child.stdin.take().unwrap();
        std::io::Write::write_all(&mut stdin, format!("{PRELUDE}{script}").as_bytes()).unwrap();
        drop(stdin);
        let stderr = BufReader::new(child.stderr.take().unwrap());
        let mut running = Self { child, stderr };
        running.read_until("ready");
        running
    }

    /// Reads lines of the standard error up to one with `text` in it.
    fn read_until(&mut self, text: &str) -> String {
        let mut lines = String::new();
        while !lines.contains(text) {
            let count = self.stderr.read_line(&mut lines).unwrap();
            assert!(count > 0, "no {text:?} in {lines:?}");
        }
        lines
    }

    fn send(&self, signal: i32) {
        let id = i32::try_from(self.child.id()).unwrap();
        // SAFETY: it reads and writes no memory; the process is a child that nobody has waited for.
        assert_eq!(unsafe { libc::kill(id, signal) }, 0);
    }

    /// Sends a signal and waits for the end.
    fn end_by(mut self, signal: i32) -> Outcome {
        self.send(signal);
        let start = Instant::now();
        let code = wait(&mut self.child).expect("it ends");
        let time = start.elapsed();
        let signal = self.child.wait().unwrap().signal();
        let (mut stdout, mut stderr) = (String::new(), String::new());
        self.child.stdout.take().unwrap().read_to_string(&mut stdout).unwrap();
        self.stderr.read_to_string(&mut stderr).unwrap();
        Outcome { code, signal, stdout, stderr, time }
    }
}

/// The run ended by itself, with nothing said but what it printed.
#[track_caller]
fn assert_ended(outcome: &Outcome, code: i32, stdout: &str) {
    assert_eq!(
        outcome.stderr.replace("neap: a task does not wait", "").lines().count(),
        0,
        "{outcome:#?}"
    );
    assert_eq!((outcome.code, &*outcome.stdout), (Some(code), stdout), "{outcome:#?}");
}

/// A task that sleeps for long, beside a main task that does; both have finalizers, which may wait.
const SLEEPERS: &str = r#"
neap.spawn(function()
  neap.finally(function() print "the task ends" neap.sleep(0.01) print "the task is over" end)
  ready()
  neap.sleep(100)
end)
neap.sleep(100)
"#;

#[test]
fn ctrl_c_ends_sleeps_and_runs_finalizers() {
    let outcome = Running::start(&[], SLEEPERS).end_by(SIGINT);
    assert_ended(&outcome, 130, "main is over\nthe task ends\nthe task is over\n");
    assert!(outcome.time < Duration::from_secs(20), "{outcome:#?}");
}

#[test]
fn sigterm_does_the_same() {
    let outcome = Running::start(&[], SLEEPERS).end_by(SIGTERM);
    assert_ended(&outcome, 143, "main is over\nthe task ends\nthe task is over\n");
}

#[test]
fn tasks_that_go_on_after_the_main_task_are_ended_too() {
    let script = r#"
        neap.spawn(function()
          neap.finally(print, "the task is over")
          ready()
          neap.sleep(100)
        end)
    "#;
    assert_ended(
        &Running::start(&[], script).end_by(SIGINT),
        130,
        "main is over\nthe task is over\n",
    );
}

#[test]
fn failures_are_reported_as_ever() {
    let script = r#"neap.finally(error, "no berth", 0) ready() neap.sleep(100)"#;
    let outcome = Running::start(&[], script).end_by(SIGINT);
    assert!(
        outcome.stderr.starts_with("neap: a finalizer of task 1 failed: no berth"),
        "{outcome:#?}"
    );
    assert_eq!((outcome.code, &*outcome.stdout), (Some(130), "main is over\n"));
}

#[test]
fn a_finalizer_that_can_never_wake_is_given_up() {
    let script = r#"
        neap.finally(function() neap.future():wait() end)
        ready()
        neap.sleep(100)
    "#;
    let outcome = Running::start(&[], script).end_by(SIGINT);
    assert!(outcome.stderr.contains("a finalizer waits and nothing can wake it"), "{outcome:#?}");
    assert_eq!(outcome.code, Some(130), "{outcome:#?}");
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let script = r#"
        neap.finally(function()
          require("neap.kernel.clock").report "a finalizer waits"
          neap.sleep(100)
        end)
        ready()
        neap.sleep(100)
    "#;
    for (first, second) in [(SIGINT, SIGINT), (SIGTERM, SIGTERM), (SIGINT, SIGTERM)] {
        let mut running = Running::start(&[], script);
        running.send(first);
        running.read_until("a finalizer waits");
        let outcome = running.end_by(second);
        assert_eq!((outcome.code, outcome.signal), (None, Some(second)), "{outcome:#?}");
        assert!(outcome.time < Duration::from_secs(20), "{outcome:#?}");
    }
}

#[test]
fn sigquit_tells_of_the_tasks_and_the_run_goes_on() {
    let script = r#"
        neap.spawn(function()
          ready()
          neap.channel(0):recv()
        end):name("reader")
        neap.sleep(100)
    "#;
    let mut running = Running::start(&[], script);
    for _ in 0..2 {
        running.send(SIGQUIT);
        let told = running.read_until("reader");
        assert!(told.contains("waits for a value from channel"), "{told}");
    }
    let outcome = running.end_by(SIGINT);
    assert_eq!((outcome.code, &*outcome.stdout), (Some(130), "main is over\n"), "{outcome:#?}");
}

#[test]
fn a_stuck_program_with_a_heartbeat_tells_its_cycle_and_cleans_up() {
    let script = r#"
        local first, second
        first = neap.spawn(function()
          neap.finally(print, "first is over")
          second:wait()
        end):name("first")
        second = neap.spawn(function()
          neap.finally(print, "second is over")
          first:wait()
        end):name("second")
        neap.spawn(function()
          neap.finally(print, "the heartbeat is over")
          ready()
          while true do neap.sleep(0.01) end
        end):name("heartbeat")
        first:wait()
    "#;
    let mut running = Running::start(&[], script);
    running.send(SIGQUIT);
    let cycle = "a cycle of waits: task \"first\" waits for task \"second\", which waits for";
    running.read_until(cycle);
    let outcome = running.end_by(SIGINT);
    let expected = "main is over\nfirst is over\nsecond is over\nthe heartbeat is over\n";
    assert_eq!((outcome.code, &*outcome.stdout), (Some(130), expected), "{outcome:#?}");
}

#[test]
fn tasks_that_yield_all_the_time_are_ended() {
    let script = r#"
        local count = 0
        for i = 1, 3 do
          neap.spawn(function()
            neap.finally(print, i)
            if i == 3 then ready() end
            while true do
              count = count + 1
              neap.yield()
            end
          end)
        end
    "#;
    for options in [&[][..], &["--virtual-time"]] {
        let outcome = Running::start(options, script).end_by(SIGINT);
        assert_ended(&outcome, 130, "main is over\n1\n2\n3\n");
    }
}

/// Runs what never waits, first interpreted (where there is a compiler), as a task of its own.
fn end_what_never_waits(body: &str) -> Outcome {
    let script = format!(
        r#"
        if jit then jit.off() end
        neap.spawn(function()
          neap.finally(print, "the task is over")
          ready()
          {body}
          print("it went on")
        end)
        neap.sleep(100)
        "#
    );
    Running::start(&[], &script).end_by(SIGINT)
}

#[test]
fn a_task_that_never_waits_is_ended() {
    for body in [
        // Also when the signal comes before it begins.
        "neap.yield() while true do end",
        "pcall(function() while true do end end)",
        "while true do pcall(function() while true do end end) end",
        "while true do pcall(error, 'ebb') end",
        "while true do pcall(table.sort, { 1, 2 }, function() while true do end end) end",
        "coroutine.wrap(function() while true do end end)()",
        "while true do local co = coroutine.create(function() while true do end end)
           coroutine.resume(co) end",
        "local channel = neap.channel(1) while true do channel:try_send(1) channel:try_recv() end",
        "task.spawn(function() while true do end end)",
    ] {
        assert_ended(&end_what_never_waits(body), 130, "main is over\nthe task is over\n");
    }
}

#[test]
fn a_main_task_that_never_waits_is_ended() {
    let script = r#"
        if jit then jit.off() end
        neap.spawn(print, "never runs")
        ready()
        while true do end
    "#;
    let outcome = Running::start(&[], script).end_by(SIGINT);
    assert_eq!(outcome.code, Some(130), "{outcome:#?}");
    assert!(outcome.stdout.ends_with("main is over\n"), "{outcome:#?}");
}

#[test]
fn sigquit_tells_of_a_task_that_never_waits() {
    let script = r#"
        if jit then jit.off() end
        ready()
        neap.current():name("hog")
        while true do end
    "#;
    let mut running = Running::start(&[], script);
    running.send(SIGQUIT);
    running.read_until("hog");
    assert_eq!(running.end_by(SIGINT).code, Some(130));
}

/// Compiled code cannot be interrupted: what to do about it is said.
#[cfg(feature = "luajit")]
#[test]
fn of_compiled_code_that_never_waits_it_is_said_how_to_end_it() {
    let mut running = Running::start(&[], "ready() while true do end");
    running.send(SIGINT);
    let told = running.read_until("at once");
    assert!(told.ends_with("a task does not wait; press Ctrl-C again to end at once\n"), "{told}");
    assert_eq!(running.end_by(SIGINT).signal, Some(SIGINT));
}

/// Whatever watches the hogs gives way, and compiles nothing.
#[test]
fn a_watched_task_that_never_waits_is_ended_on_every_lua() {
    let mut running = Running::start(&["--watch-hogs", "0.3"], "ready() while true do end");
    running.read_until("without waiting");
    assert_eq!(running.end_by(SIGINT).code, Some(130));
}

/// A C function goes on; Luau's have none that block.
#[cfg(not(feature = "luau"))]
#[test]
fn a_c_function_that_blocks_goes_on_until_it_returns() {
    let script = "ready() os.execute('sleep 2') neap.sleep(100)";
    let mut running = Running::start(&[], script);
    running.send(SIGTERM);
    running.read_until("at once");
    let code = wait(&mut running.child).expect("it ends");
    assert_eq!(code, Some(143));
}

/// So does a single instruction of Lua, which may take long, too; the coroutine that its function
/// has at hand is not taken for one that it resumes.
#[test]
fn an_instruction_that_takes_long_is_waited_for() {
    let script = r#"
        if jit then jit.off() end
        local zeros = ("\0"):rep(2^25)
        local function compare(idle)
            while true do if zeros < zeros then return idle end end
        end
        neap.spawn(function()
            local idle = coroutine.create(compare)
            ready()
            compare(idle)
        end)
    "#;
    for _ in 0..3 {
        assert_eq!(Running::start(&[], script).end_by(SIGINT).code, Some(130));
    }
}

#[test]
fn signals_that_were_ignored_from_the_start_stay_so() {
    let script = "ready() neap.sleep(0.3) print 'the end'";
    let outcome = Running::start_with(libc::SIG_IGN, &[], script).end_by(SIGINT);
    assert_eq!(
        (outcome.code, &*outcome.stdout),
        (Some(0), "the end\nmain is over\n"),
        "{outcome:#?}"
    );
}
