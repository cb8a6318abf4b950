//! Runs the real `neap` command and collects what it says.

use std::ffi::OsStr;
use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// A run that has not ended by then is stuck.
const LIMIT: Duration = Duration::from_secs(60);

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

/// Reads a pipe on a thread of its own, so that a full one never blocks the child.
fn collect(pipe: Option<impl Read + Send + 'static>) -> JoinHandle<String> {
    let mut pipe = pipe.expect("the pipe was asked for");
    thread::spawn(move || {
        let mut bytes = Vec::new();
        pipe.read_to_end(&mut bytes).expect("the pipe can be read");
        String::from_utf8_lossy(&bytes).into_owned()
    })
}
