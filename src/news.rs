//! What comes from outside of Lua, until Lua takes it; and whom that wakes.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Bound::{Excluded, Unbounded};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::task::Waker;
use std::time::{Duration, Instant};

use mlua::{IntoLuaMulti, Lua, MultiValue, Result};

/// Makes Lua values of what another thread has sent.
pub(crate) type Convert = Box<dyn FnOnce(&Lua) -> Result<MultiValue> + Send>;

/// A piece of news. The numbers are those that Lua knows its tasks, calls and targets by.
pub(crate) enum Piece {
    /// The future of an async function is to be polled.
    #[cfg(feature = "async")]
    Call(u64),
    /// A value for a future or a channel.
    Sent(u64, Convert),
    /// The last sender for a future or a channel is gone.
    Gone(u64),
    /// A `Task` was dropped where Lua could not be called.
    Dropped(u64),
}

/// The news of one Lua. Any thread may add to them.
#[derive(Default)]
pub(crate) struct News {
    state: Mutex<State>,
    has_come: Condvar,
    last_number: AtomicU64,
}

#[derive(Default)]
struct State {
    pieces: VecDeque<Piece>,
    /// The futures that wait, by their numbers: whoever of them is polled drives the tasks.
    pollers: BTreeMap<u64, Poller>,
    /// Who was polled last; and who was woken since to drive, the last of several.
    leader: u64,
    woken: Option<u64>,
    is_closed: bool,
    /// Whether a thread sleeps until there are news.
    is_awaited: bool,
}

struct Poller {
    waker: Waker,
    /// Not while a task polls it: then it only waits for its own end.
    drives: bool,
}

impl State {
    /// Whom to wake so that the tasks are driven. It is the one that was polled last. Should that
    /// not have done it by the time that more comes, it is the next, for it may never be polled
    /// again; and nobody once all have been woken.
    fn next_driver(&mut self) -> Option<Waker> {
        let drives = |(_, poller): &(&u64, &Poller)| poller.drives;
        let from_leader =
            self.pollers.range(self.leader..).chain(self.pollers.range(..self.leader));
        let (key, poller) = match self.woken {
            None => from_leader.clone().find(drives)?,
            Some(last) => {
                let mut after_last = self.pollers.range((Excluded(last), Unbounded));
                let first = from_leader.clone().find(drives)?.0;
                let next = after_last.find(drives).or_else(|| self.pollers.iter().find(drives))?;
                if next.0 == first {
                    return None;
                }
                next
            }
        };
        self.woken = Some(*key);
        Some(poller.waker.clone())
    }
}

impl News {
    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing in here panics while it holds the lock.
        self.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// A number that nothing else has.
    pub(crate) fn number(&self) -> u64 {
        self.last_number.fetch_add(1, Relaxed) + 1
    }

    /// Adds a piece, and wakes who is to take it, unless Lua is gone.
    pub(crate) fn add(&self, piece: Piece) {
        let mut state = self.state();
        if !state.is_closed {
            state.pieces.push_back(piece);
            self.notify(state);
        }
    }

    /// Adds a value for a future or a channel. Gives it back if Lua is gone.
    pub(crate) fn send<T>(&self, key: u64, value: T) -> std::result::Result<(), T>
    where
        T: IntoLuaMulti + Send + 'static,
    {
        let mut state = self.state();
        if state.is_closed {
            return Err(value);
        }
        let convert = move |lua: &Lua| value.into_lua_multi(lua);
        state.pieces.push_back(Piece::Sent(key, Box::new(convert)));
        self.notify(state);
        Ok(())
    }

    /// Has the tasks driven.
    pub(crate) fn wake(&self) {
        self.notify(self.state());
    }

    fn notify(&self, mut state: MutexGuard<'_, State>) {
        let (waker, is_awaited) = (state.next_driver(), state.is_awaited);
        drop(state);
        if is_awaited {
            self.has_come.notify_all();
        }
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Takes the oldest piece.
    pub(crate) fn take(&self) -> Option<Piece> {
        self.state().pieces.pop_front()
    }

    /// How many pieces have not been taken.
    pub(crate) fn count(&self) -> usize {
        self.state().pieces.len()
    }

    /// Blocks until there are news, but for at most so long.
    pub(crate) fn wait(&self, timeout: Duration) {
        let deadline = Instant::now() + timeout;
        let mut state = self.state();
        while state.pieces.is_empty() {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            state.is_awaited = true;
            let waited = self.has_come.wait_timeout(state, left);
            state = waited.unwrap_or_else(|poisoned| poisoned.into_inner()).0;
            state.is_awaited = false;
        }
    }

    /// Nothing is taken any more.
    pub(crate) fn close(&self) {
        let mut state = self.state();
        state.is_closed = true;
        let pieces = std::mem::take(&mut state.pieces);
        drop(state);
        // Not under the lock: a value that was sent may hold a sender, whose end is a piece of
        // news.
        drop(pieces);
    }

    /// Takes note of a future that is being polled, before it drives the tasks.
    #[cfg(feature = "async")]
    pub(crate) fn begin_poll(&self, key: u64, waker: &Waker) {
        let mut state = self.state();
        (state.leader, state.woken) = (key, None);
        match state.pollers.get_mut(&key) {
            Some(poller) => {
                poller.waker.clone_from(waker);
                poller.drives = true;
            }
            None => {
                let poller = Poller { waker: waker.clone(), drives: true };
                state.pollers.insert(key, poller);
            }
        }
    }

    /// It is polled by a task, and only waits.
    #[cfg(feature = "async")]
    pub(crate) fn only_wait(&self, key: u64) {
        if let Some(poller) = self.state().pollers.get_mut(&key) {
            poller.drives = false;
        }
    }

    /// What a future waits for has come.
    pub(crate) fn wake_poller(&self, key: u64) {
        let waker = self.state().pollers.get(&key).map(|poller| poller.waker.clone());
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// A future is done or dropped: another one drives the tasks, if there is any.
    #[cfg(feature = "async")]
    pub(crate) fn end_poll(&self, key: u64) {
        let mut state = self.state();
        if state.pollers.remove(&key).is_none() {
            return;
        }
        if state.leader == key || state.woken == Some(key) {
            state.woken = None;
            self.notify(state);
        }
    }
}

/// Whose drop tells that Lua is gone.
pub(crate) struct Closing(pub(crate) Arc<News>);

impl Drop for Closing {
    fn drop(&mut self) {
        self.0.close();
    }
}
