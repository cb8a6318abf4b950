//! Runs the real `neap` command and collects what it says; and what else several tests need.

#![allow(dead_code, reason = "each test needs a part of it")]

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// A run that has not ended by then is stuck.
const LIMIT: Duration = Duration::from_secs(300);

/// What a run left behind; `code` is `None` if a signal ended it.
#[derive(Debug)]
pub struct Outcome {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

/// `neap run` with these arguments, in the package's root.
pub fn neap_run<A: AsRef<OsStr>>(args: impl IntoIterator<Item = A>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_neap"));
    command.arg("run").args(args).current_dir(env!("CARGO_MANIFEST_DIR"));
    command
}

/// Runs `command` with `input` to its end, or kills it and panics when that does not come.
pub fn finish(command: &mut Command, input: &[u8]) -> Outcome {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("neap starts");
    let stdout = collect(child.stdout.take());
    let stderr = collect(child.stderr.take());
    // A script that does not read its input may close it first.
    let _ = child.stdin.take().map(|mut stdin| stdin.write_all(input));
    let code = wait(&mut child);
    let (stdout, stderr) = (stdout.join().unwrap(), stderr.join().unwrap());
    let Some(code) = code else {
        panic!("still running after {LIMIT:?}; stdout:\n{stdout}\nstderr:\n{stderr}");
    };
    Outcome { code, stdout, stderr }
}

/// The exit code of `child`, or `None` if it had to be killed after the limit.
pub fn wait(child: &mut Child) -> Option<Option<i32>> {
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait().expect("the child can be waited for") {
            return Some(status.code());
        }
        if start.elapsed() > LIMIT {
            child.kill().expect("the child can be killed");
            child.wait().expect("the killed child ends");
            return None;
        }
        thread::sleep(Duration::from_millis(5));
    }
}

/// Whether to run what takes long, too: in CI, where `NEAP_TESTS=all` asks for it, and where tests
/// are asked for by their names.
pub fn is_thorough(filter: Option<&str>) -> bool {
    let is = |name: &str, value: &str| env::var(name).is_ok_and(|it| it == value);
    is("CI", "true") || is("NEAP_TESTS", "all") || filter.is_some()
}

/// Writes the Lua files of the library into a folder.
pub fn write_library(folder: &Path) {
    for (path, text) in neap::files() {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("it can be made");
        fs::write(path, text).expect("the file can be written");
    }
}

/// What a snapshot of insta's, a file in `snapshots/`, has below its header; `None` if there is
/// none.
pub fn snapshot(name: &str) -> Option<String> {
    let path = format!("{}/snapshots/{name}.snap", env!("CARGO_MANIFEST_DIR"));
    Some(fs::read_to_string(path).ok()?.splitn(3, "---\n").nth(2)?.to_owned())
}

/// Where what came begins to differ from what was expected, in at most ten lines; `None` if it does
/// not, but for empty lines at the end.
pub fn difference(expected: &str, printed: &str) -> Option<String> {
    let (expected, printed) = (expected.trim_end(), printed.trim_end());
    if expected == printed {
        return None;
    }
    let old: Vec<&str> = expected.lines().collect();
    let new: Vec<&str> = printed.lines().collect();
    let is_same = |pair: &(&&str, &&str)| pair.0 == pair.1;
    let first = old.iter().zip(&new).take_while(is_same).count();
    let left = old[first..].iter().rev().zip(new[first..].iter().rev());
    let last = left.take_while(is_same).count();
    let mut lines = vec![format!("from line {} on (-: expected, +: printed)", first + 1)];
    lines.extend(old[first.saturating_sub(2)..first].iter().map(|it| format!("  {it}")));
    for (sign, side) in [('-', &old), ('+', &new)] {
        let part = &side[first..side.len() - last];
        lines.extend(part.iter().take(3).map(|it| format!("{sign} {it}")));
        if part.len() > 3 {
            lines.last_mut()?.push_str(&format!("  (and {} more)", part.len() - 3));
        }
    }
    Some(lines.join("\n"))
}

/// Reads a pipe on a thread of its own, so that a full one never blocks the child.
fn collect(pipe: Option<impl Read + Send + 'static>) -> JoinHandle<String> {
    let mut pipe = pipe.expect("the pipe was asked for");
    thread::spawn(move || {
        let mut bytes = Vec::new();
        pipe.read_to_end(&mut bytes).expect("the pipe can be read");
        String::from_utf8_lossy(&bytes).into_owned()
    })
}
