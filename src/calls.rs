//! mlua's async functions in tasks: whose waker their futures are polled with.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, Wake, Waker};

use mlua::{Function, Lua, Result, Table, Thread, Value};

use crate::news::{News, Piece};

/// The waker of one poll of one call: has Lua poll it again.
struct CallWaker {
    call: u64,
    was_woken: AtomicBool,
    news: Arc<News>,
}

impl Wake for CallWaker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if !self.was_woken.swap(true, SeqCst) {
            self.news.add(Piece::Call(self.call));
        }
    }
}

/// Adds what `neap.hosts.rust_calls` needs.
pub(crate) fn supply(lua: &Lua, table: &Table, news: &Arc<News>) -> Result<()> {
    let is_polled = is_polled(lua)?;
    let news = news.clone();
    let poll = move |_: &Lua, (driver, call): (Thread, u64)| {
        let waker = CallWaker { call, was_woken: AtomicBool::new(false), news: news.clone() };
        let waker = Waker::from(Arc::new(waker));
        // What polls a thread sets the waker for all that is resumed in there.
        match pin!(driver.into_async::<()>(call)?).poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(result) => result,
            Poll::Pending => Ok(()),
        }
    };
    table.raw_set("pending", Lua::poll_pending())?;
    table.raw_set("terminate", terminate(lua)?)?;
    table.raw_set("poll", lua.create_function(poll)?)?;
    table.raw_set("is_polled", is_polled)
}

/// A function that tells whether mlua polls a future of its own, as `exec_async` makes them: then
/// there is another waker than the one that does nothing.
fn is_polled(lua: &Lua) -> Result<Function> {
    let idle = Arc::new(OnceLock::<Waker>::new());
    let function = lua.create_async_function(move |_, ()| {
        let idle = idle.clone();
        poll_fn(move |context| {
            let idle = idle.get_or_init(|| context.waker().clone());
            Poll::Ready(Ok(!context.waker().will_wake(idle)))
        })
    })?;
    function.call::<bool>(())?;
    Ok(function)
}

/// The value that has an async function drop its future when its thread is resumed with it.
///
/// mlua resumes a thread with it whose own future is dropped while an async function waits in
/// there; it goes by the name of that function's chunk. Should it do so no longer, the value is
/// nil: then a future is dropped when its thread is collected.
fn terminate(lua: &Lua) -> Result<Value> {
    const NAME: &str = "neap.terminate";
    let keep =
        lua.create_function(|lua, value: Value| lua.set_named_registry_value(NAME, value))?;
    let coroutine: Table = lua.globals().raw_get("coroutine")?;
    let wait: Function = lua
        .load("local yield, keep = ... return function() keep(yield()) end")
        .set_name("=__mlua_async_poll")
        .call((coroutine.raw_get::<Function>("yield")?, keep))?;
    {
        let mut future = pin!(wait.call_async::<()>(()));
        let _ = future.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    }
    let value = lua.named_registry_value(NAME)?;
    lua.unset_named_registry_value(NAME)?;
    Ok(value)
}
