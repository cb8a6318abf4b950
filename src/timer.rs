//! The sleep of a program whose thread is an executor's.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::Context;
use std::time::Duration;

use mlua::{MaybeSend, MaybeSync};

use crate::host;

/// A sleep that somebody polls. With the feature `send` it is `Send`.
#[cfg(feature = "send")]
pub type Sleep = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A sleep that somebody polls. With the feature `send` it is `Send`.
#[cfg(not(feature = "send"))]
pub type Sleep = Pin<Box<dyn Future<Output = ()>>>;

/// What sleeps for the tasks while an executor owns the thread; see
/// [`install_async`](crate::install_async).
///
/// There is one for tokio, `Tokio`, behind the feature of that name. Others are as short.
///
/// # Examples
///
/// For smol, async-std and whatever else has async-io:
///
/// ```
/// # use std::time::Duration;
/// struct Smol;
///
/// impl neap::Timer for Smol {
///     fn sleep(&self, duration: Duration) -> neap::Sleep {
///         Box::pin(async move {
///             async_io::Timer::after(duration).await;
///         })
///     }
/// }
///
/// # fn main() -> mlua::Result<()> {
/// let lua = mlua::Lua::new();
/// neap::install_async(&lua, Smol)?;
/// let chunk = lua.load(r#"return require("neap").sleep("20ms")"#);
/// let slept: f64 = async_io::block_on(neap::run_async(&lua, chunk, ()))?;
/// assert!(slept >= 0.02);
/// # Ok(())
/// # }
/// ```
pub trait Timer: MaybeSend + MaybeSync + 'static {
    /// A future that is ready after `duration`. It may be early: then it is asked for another one.
    fn sleep(&self, duration: Duration) -> Sleep;

    /// The time on a clock that never runs backwards, as [`Host::now`](crate::Host::now).
    fn now(&self) -> Duration {
        host::monotonic()
    }

    /// Is told of the failure of a task that nobody waited for, as
    /// [`Host::report`](crate::Host::report).
    fn report(&self, text: &[u8]) {
        host::write_error(text);
    }
}

/// tokio's clock and sleep, which stand still while `tokio::time::pause` says so.
///
/// # Examples
///
/// See [`run_async`](crate::run_async).
#[cfg(feature = "tokio")]
#[derive(Clone, Copy, Debug, Default)]
pub struct Tokio;

#[cfg(feature = "tokio")]
impl Timer for Tokio {
    fn sleep(&self, duration: Duration) -> Sleep {
        Box::pin(tokio::time::sleep(duration))
    }

    fn now(&self) -> Duration {
        use std::sync::LazyLock;
        use tokio::time::Instant;

        static START: LazyLock<Instant> = LazyLock::new(Instant::now);
        START.elapsed()
    }
}

/// The timer of one Lua, and the sleep to the next deadline: one for all whose futures wait.
pub(crate) struct Alarm {
    timer: Arc<dyn Timer>,
    sleep: Mutex<Option<(Duration, Sleep)>>,
}

impl Alarm {
    pub(crate) fn new(timer: Arc<dyn Timer>) -> Self {
        Self { timer, sleep: Mutex::new(None) }
    }

    /// Has whoever polls woken after `idle`; at once if that is over.
    pub(crate) fn set(&self, idle: Duration, context: &mut Context<'_>) {
        let deadline = self.timer.now().saturating_add(idle);
        let mut slot = self.sleep.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let kept = slot.take().filter(|(old, _)| old.abs_diff(deadline) < Duration::from_micros(1));
        let (deadline, mut sleep) = kept.unwrap_or_else(|| (deadline, self.timer.sleep(idle)));
        if sleep.as_mut().poll(context).is_ready() {
            context.waker().wake_by_ref();
        } else {
            *slot = Some((deadline, sleep));
        }
    }
}
