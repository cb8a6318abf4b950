//! Signals under `neap run`: noticed here, acted upon in Lua (`neap.signals`).
//!
//! A thread waits for them. It has the main thread, which runs the Lua code, interrupted wherever
//! that code is, and calls it again and again until a signal has been taken: a task may be at work,
//! or none, or the thread may be asleep. Nothing is looked for as long as no signal comes, so a
//! program that gets none runs as fast as ever.
//!
//! The main thread is interrupted by a signal of our own, for only in a handler on that thread may
//! a hook be set, as the stand-alone Lua does. SIGURG is what other runtimes use for this: nobody
//! else sends it, and who does not expect it ignores it.

use std::ffi::{CStr, c_int};
use std::io::Read;
use std::os::unix::net::UnixStream;
use std::ptr;
use std::sync::atomic::{
    AtomicBool, AtomicI32, AtomicPtr, AtomicU32, AtomicUsize, Ordering::SeqCst,
};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use mlua::{Function, Lua, Table, ffi, lua_State};
use signal_hook::consts::{SIGINT, SIGQUIT, SIGTERM, SIGURG};
use signal_hook::{flag, low_level};

/// How long to wait before the main thread is interrupted again.
const PAUSE: Duration = Duration::from_millis(50);

/// When to say that nobody has taken the signal.
const PATIENCE: Duration = Duration::from_secs(1);

/// The longest single sleep. The scheduler asks again when it has returned early.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// After so many interruptions the end of a tick is not waited for any more.
const LATE: u32 = 3;

/// The Lua function in the registry that decides what an interruption does.
const INTERRUPT: &CStr = c"neap.interrupt";

/// The signals that have come since the thread looked.
static COME: [(c_int, AtomicBool); 3] = [
    (SIGINT, AtomicBool::new(false)),
    (SIGTERM, AtomicBool::new(false)),
    (SIGQUIT, AtomicBool::new(false)),
];

/// What Lua is to do and has not taken note of yet: END and DUMP, or 0.
static WANTED: AtomicU32 = AtomicU32::new(0);

/// To end the run, and to tell of its tasks.
const END: u32 = 1;
const DUMP: u32 = 2;

/// The signal that is to end the run; 0 if none.
static ENDING: AtomicI32 = AtomicI32::new(0);

/// What is interrupted: the main thread, and the Lua thread that it began to run; null after that.
static MAIN: AtomicUsize = AtomicUsize::new(0);
static HOST: AtomicPtr<lua_State> = AtomicPtr::new(ptr::null_mut());

/// How often it was, for the signal that has come last.
static COUNT: AtomicU32 = AtomicU32::new(0);

/// The exit status of a run that a signal has ended: what a shell makes of its death by it.
pub fn exit_status() -> Option<u8> {
    let signal = ENDING.load(SeqCst);
    let was_taken = signal != 0 && WANTED.load(SeqCst) & END == 0;
    was_taken.then(|| 128 + u8::try_from(signal).expect("these signals have small numbers"))
}

/// Signals are noticed until this is dropped; then they end the process at once.
pub struct Noticing;

impl Noticing {
    /// Begins to notice signals on behalf of the thread that calls. The sleep of the system's host
    /// is ended by one; that of another host, which a script may choose yet, never lasts long.
    pub fn begin(lua: &Lua, require: &Function, module: Option<&str>) -> mlua::Result<Self> {
        let (is_system, is_virtual) = (module.is_none(), module == Some("neap.hosts.virtual"));
        let signals: Table = require.call("neap.signals")?;
        if is_system {
            let clock: Table = require.call("neap.kernel.clock")?;
            let host: Table = clock.get::<Function>("host")?.call(())?;
            host.raw_set("sleep", lua.create_function(sleep)?)?;
        }
        signals.get::<Function>("limit_sleeps")?.call::<()>(is_system || is_virtual)?;
        let take = lua.create_function(|_, ()| {
            let take =
                |what: u32, name| (WANTED.fetch_and(!what, SeqCst) & what != 0).then_some(name);
            Ok(take(DUMP, "dump").or_else(|| take(END, "end")))
        })?;
        signals.raw_set("take", take)?;
        #[cfg(feature = "luajit")]
        {
            let view = "return require('ffi').cast('const volatile uint32_t *', ...)";
            let address = mlua::LightUserData(WANTED.as_ptr().cast());
            let number: mlua::Value = lua.load(view).call(address)?;
            signals.raw_get::<Function>("look_at")?.call::<()>(number)?;
        }
        let interrupt: Function = signals.raw_get("interrupt")?;
        lua.set_named_registry_value(INTERRUPT.to_str().expect("it is ASCII"), interrupt)?;
        be_interruptible(lua)?;

        let (waker, woken) = UnixStream::pair()?;
        for (signal, has_come) in &COME {
            if is_ignored(*signal) {
                continue;
            }
            flag::register(*signal, has_come)?;
            low_level::pipe::register(*signal, waker.try_clone()?)?;
        }
        let main = thread::current();
        thread::Builder::new().name("signals".to_owned()).spawn(move || watch(woken, &main))?;
        Ok(Self)
    }
}

impl Drop for Noticing {
    fn drop(&mut self) {
        HOST.store(ptr::null_mut(), SeqCst);
    }
}

/// A host's sleep, which `Thread::unpark` ends.
fn sleep(_: &Lua, seconds: f64) -> mlua::Result<()> {
    let seconds = seconds.clamp(0.0, LONGEST.as_secs_f64());
    thread::park_timeout(Duration::try_from_secs_f64(seconds).unwrap_or_default());
    Ok(())
}

/// Waits for signals, and has the main thread take them.
fn watch(mut woken: UnixStream, main: &Thread) {
    // When the last signal came, while it is not taken; and whether that has been said.
    let (mut since, mut is_told) = (None::<Instant>, false);
    loop {
        // Only to be woken: what has come, the flags tell.
        let _ = woken.set_read_timeout(since.map(|_| PAUSE));
        let _ = woken.read(&mut [0; 64]);
        for (signal, has_come) in &COME {
            if !has_come.swap(false, SeqCst) {
                continue;
            }
            if *signal == SIGQUIT {
                WANTED.fetch_or(DUMP, SeqCst);
            } else if ENDING.load(SeqCst) != 0 || HOST.load(SeqCst).is_null() {
                let _ = low_level::emulate_default_handler(*signal);
            } else {
                ENDING.store(*signal, SeqCst);
                WANTED.fetch_or(END, SeqCst);
            }
            COUNT.store(0, SeqCst);
            (since, is_told) = (Some(Instant::now()), false);
        }
        if WANTED.load(SeqCst) == 0 {
            since = None;
        }
        let Some(start) = since else { continue };
        interrupt_main();
        main.unpark();
        if !is_told && start.elapsed() >= PATIENCE {
            is_told = true;
            let is_ending = WANTED.load(SeqCst) & END != 0;
            let remedy = if is_ending { "; press Ctrl-C again to end at once" } else { "" };
            eprintln!("neap: a task does not wait{remedy}");
        }
    }
}

/// Whether whoever started the process has the signal ignored, as `nohup` and a shell's `&` do.
#[allow(unsafe_code)]
fn is_ignored(signal: c_int) -> bool {
    // SAFETY: it only asks, and the structure is the system's, for which zeros are a value.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        libc::sigaction(signal, ptr::null(), &raw mut action);
        action.sa_sigaction == libc::SIG_IGN
    }
}

/// Has the calling thread be the one that `interrupt_main` interrupts.
#[allow(unsafe_code)]
fn be_interruptible(lua: &Lua) -> mlua::Result<()> {
    // SAFETY: the thread asks for itself; the state is looked at and not used; and what the handler
    // does may be done in one, see there.
    unsafe {
        MAIN.store(libc::pthread_self() as usize, SeqCst);
        lua.exec_raw::<()>((), |state| HOST.store(state, SeqCst))?;
        low_level::register(SIGURG, || {
            let state = HOST.load(SeqCst);
            if !state.is_null() && libc::pthread_self() as usize == MAIN.load(SeqCst) {
                vm::interrupt(state);
            }
        })?;
    }
    Ok(())
}

#[allow(unsafe_code)]
fn interrupt_main() {
    COUNT.fetch_add(1, SeqCst);
    // SAFETY: the main thread lives as long as the process.
    unsafe {
        libc::pthread_kill(MAIN.load(SeqCst) as libc::pthread_t, SIGURG);
    }
}

/// What Lua says that is to be done with the code that was interrupted.
enum Answer {
    GoOn,
    /// It cannot be told yet: to be asked again soon.
    Again,
    /// The task, or the user's coroutine in it, is to end here.
    End,
}

/// Asks Lua, from within a hook.
#[allow(unsafe_code)]
unsafe fn ask(state: *mut lua_State) -> Answer {
    // SAFETY: a hook may call Lua, and has a small stack of its own for it. The stack is left as it
    // was.
    unsafe {
        ffi::lua_getfield(state, ffi::LUA_REGISTRYINDEX, INTERRUPT.as_ptr());
        ffi::lua_pushboolean(state, c_int::from(COUNT.load(SeqCst) >= LATE));
        let has_failed = ffi::lua_pcall(state, 1, 1, 0) != 0;
        let text = ffi::lua_tostring(state, -1);
        let answer = match has_failed || text.is_null() {
            true => Answer::GoOn,
            false if *text.cast::<u8>() == b'a' => Answer::Again,
            false => Answer::End,
        };
        ffi::lua_settop(state, -2);
        answer
    }
}

/// Luau looks at a function of its state wherever code may repeat: loops, calls.
#[cfg(feature = "luau")]
#[allow(unsafe_code)]
mod vm {
    use super::*;

    type Interrupt = unsafe extern "C-unwind" fn(*mut lua_State, c_int);

    /// Whether the function is ours, and the one that was there before; null if none was.
    static IS_SET: AtomicBool = AtomicBool::new(false);
    static BEFORE: AtomicPtr<()> = AtomicPtr::new(ptr::null_mut());

    /// Has whatever code runs interrupted.
    ///
    /// # Safety
    ///
    /// To be called in a handler of a signal, on the thread that runs `state`.
    pub unsafe fn interrupt(state: *mut lua_State) {
        // SAFETY: Luau's own command line does the same in such a handler.
        unsafe {
            let callbacks = ffi::lua_callbacks(state);
            if !IS_SET.swap(true, SeqCst) {
                let before = (*callbacks).interrupt.map_or(ptr::null_mut(), |it| it as *mut ());
                BEFORE.store(before, SeqCst);
            }
            (*callbacks).interrupt = Some(interrupted);
        }
    }

    unsafe extern "C-unwind" fn interrupted(state: *mut lua_State, gc: c_int) {
        // SAFETY: without `gc` it is called where Lua may be called, and where a yield is noticed.
        // What stands in BEFORE was such a function, and null is none.
        unsafe {
            if gc >= 0 {
                return;
            }
            let callbacks = ffi::lua_callbacks(state);
            // What is called in here is not interrupted.
            (*callbacks).interrupt = None;
            ffi::lua_checkstack(state, 4);
            let answer = ask(state);
            if let Answer::GoOn = answer {
                IS_SET.store(false, SeqCst);
                let before = BEFORE.load(SeqCst);
                (*callbacks).interrupt = std::mem::transmute::<*mut (), Option<Interrupt>>(before);
                return;
            }
            (*callbacks).interrupt = Some(interrupted);
            if let Answer::End = answer {
                if ffi::lua_isyieldable(state) == 0 {
                    ffi::luaL_error(state, c"interrupted".as_ptr());
                }
                ffi::lua_yield(state, 0);
            }
        }
    }
}

/// The others have a hook that counts instructions: LuaJIT one for the whole state (which compiled
/// code does not look at), the others one for each Lua thread.
#[cfg(not(feature = "luau"))]
#[allow(unsafe_code)]
mod vm {
    use super::*;

    /// Whether an interruption has reached Lua code since the last.
    static HAS_RUN: AtomicBool = AtomicBool::new(false);

    /// How many Lua threads, from the host's on, have a hook.
    static HOOKED: AtomicUsize = AtomicUsize::new(0);

    /// Has whatever code runs interrupted; if it is not the host thread's code, only when that has
    /// not run until the next call, and so on.
    ///
    /// # Safety
    ///
    /// To be called in a handler of a signal, on the thread that runs `host`.
    pub unsafe fn interrupt(host: *mut lua_State) {
        // SAFETY: `lua_sethook` may be called in such a handler, for a state that may be in the
        // midst of anything. The other functions only look, at threads that have not run a single
        // instruction since they have a hook: each is in a C function or in one long instruction,
        // and stays there for now. If it is in a resume, the one that it runs cannot be collected.
        unsafe {
            let mut count = HOOKED.load(SeqCst);
            if HAS_RUN.swap(false, SeqCst) || cfg!(feature = "luajit") {
                count = 0;
            }
            let mut state = host;
            for _ in 0..count {
                state = match resumed_by(state) {
                    resumed if resumed.is_null() => return,
                    resumed => resumed,
                };
            }
            ffi::lua_sethook(state, Some(interrupted), ffi::LUA_MASKCOUNT, 1);
            HOOKED.store(count + 1, SeqCst);
        }
    }

    /// The thread that a thread's `coroutine.resume` runs, or a function of `coroutine.wrap`; null
    /// if it is in no such function.
    unsafe fn resumed_by(state: *mut lua_State) -> *mut lua_State {
        // SAFETY: see above. Nothing is allocated to tell what a function is, and only one of C has
        // arguments and values of its own where they are looked for.
        unsafe {
            let mut function = std::mem::zeroed::<ffi::lua_Debug>();
            let is_in_c = ffi::lua_getstack(state, 0, &raw mut function) != 0
                && ffi::lua_getinfo(state, c"S".as_ptr(), &raw mut function) != 0
                && *function.what.cast::<u8>() == b'C';
            if !is_in_c {
                return ptr::null_mut();
            }
            let argument = ffi::lua_tothread(state, 1);
            if argument.is_null() {
                return ffi::lua_tothread(state, ffi::lua_upvalueindex(1));
            }
            argument
        }
    }

    unsafe extern "C-unwind" fn interrupted(state: *mut lua_State, _: *mut ffi::lua_Debug) {
        // SAFETY: this is a hook that counts, in which Lua may be called, and a yield without
        // values is the last thing. Nothing here has a destructor that an error would pass over.
        unsafe {
            HAS_RUN.store(true, SeqCst);
            match ask(state) {
                Answer::Again => {}
                Answer::GoOn => {
                    ffi::lua_sethook(state, None, 0, 0);
                }
                // Where it cannot, it raises an error; whoever catches that comes here again.
                Answer::End => {
                    ffi::lua_yield(state, 0);
                }
            }
        }
    }
}
