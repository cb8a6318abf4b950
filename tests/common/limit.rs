//! A limit for tests that would not end if they failed.

use std::panic::resume_unwind;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

/// What has not ended by then is stuck.
const LIMIT: Duration = Duration::from_secs(300);

/// Runs `test` on a thread of its own, which is left behind if it takes longer than that.
pub fn within_the_limit<R, T>(test: T) -> R
where
    R: Send + 'static,
    T: FnOnce() -> R + Send + 'static,
{
    let (sender, results) = channel();
    let runner = thread::spawn(move || {
        let _ = sender.send(test());
    });
    match results.recv_timeout(LIMIT) {
        Ok(results) => results,
        Err(RecvTimeoutError::Disconnected) => resume_unwind(runner.join().unwrap_err()),
        Err(RecvTimeoutError::Timeout) => panic!("it has not ended after {LIMIT:?}"),
    }
}
