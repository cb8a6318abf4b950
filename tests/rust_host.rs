//! The host contract from Rust: `Host`, `install_with`, `install_clock` and `step`.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;
use std::{error, fmt};

use mlua::{Error, Function, Lua, Result, Table};

/// A clock that a sleep moves forward; what happens is written down.
#[derive(Clone, Default)]
struct Recorder {
    time: Rc<Cell<Duration>>,
    is_broken: Rc<Cell<bool>>,
    events: Rc<Cell<usize>>,
    sleeps: Rc<RefCell<Vec<Duration>>>,
    reports: Rc<RefCell<Vec<Vec<u8>>>>,
}

#[derive(Debug)]
struct Broken;

impl fmt::Display for Broken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the bed is broken")
    }
}

impl error::Error for Broken {}

impl neap::Host for Recorder {
    fn sleep(&self, lua: &Lua, timeout: Duration) -> Result<()> {
        if self.is_broken.get() {
            return Err(Error::external(Broken));
        }
        self.sleeps.borrow_mut().push(timeout);
        assert!(self.sleeps.borrow().len() < 100, "it sleeps for ever");
        if self.events.get() > 0 {
            self.events.update(|events| events - 1);
            let event: Option<Function> = lua.globals().get("event")?;
            return event.map_or(Ok(()), |event| event.call(()));
        }
        self.time.update(|time| time.saturating_add(timeout));
        Ok(())
    }

    fn now(&self) -> Duration {
        self.time.get()
    }

    fn pending(&self) -> bool {
        self.events.get() > 0
    }

    fn report(&self, text: &[u8]) {
        self.reports.borrow_mut().push(text.to_owned());
    }
}

fn lua_with_recorder() -> Result<(Lua, Recorder)> {
    let (lua, host) = (Lua::new(), Recorder::default());
    neap::install_with(&lua, host.clone())?;
    lua.load("neap = require 'neap'").exec()?;
    Ok((lua, host))
}

fn lua_with_clock() -> Result<(Lua, Rc<Cell<Duration>>)> {
    let (lua, time) = (Lua::new(), Rc::new(Cell::new(Duration::ZERO)));
    let clock = time.clone();
    neap::install_clock(&lua, move || clock.get())?;
    lua.load("neap = require 'neap'").exec()?;
    Ok((lua, time))
}

fn seconds(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds)
}

#[test]
fn a_sleep_is_asked_for_until_the_next_deadline() -> Result<()> {
    let (lua, host) = lua_with_recorder()?;
    neap::run::<()>(&lua, lua.load("neap.spawn(neap.sleep, 3.25) neap.sleep(1)"), ())?;
    assert_eq!(*host.sleeps.borrow(), [seconds(1.0), seconds(2.25)]);
    Ok(())
}

#[test]
fn an_event_is_waited_for_and_asked_for_between_ticks() -> Result<()> {
    let (lua, host) = lua_with_recorder()?;
    host.events.set(3);
    let script = r#"
        local future, count = neap.future(), 0
        function event()
          count = count + 1
          if count == 1 then neap.spawn(function() neap.yield() end) end
          if count == 3 then future:resolve("an event") end
        end
        return future:wait()
    "#;
    let results: mlua::MultiValue = neap::run(&lua, lua.load(script), ())?;
    assert_eq!(results[0].to_string()?, "an event");
    assert_eq!(*host.sleeps.borrow(), [Duration::MAX, Duration::ZERO, Duration::MAX]);
    Ok(())
}

#[test]
fn a_host_that_expects_nothing_more_is_told_of_the_deadlock() -> Result<()> {
    let (lua, host) = lua_with_recorder()?;
    host.events.set(2);
    let error = neap::run::<()>(&lua, lua.load("neap.future():wait()"), ()).unwrap_err();
    assert!(error.to_string().contains("deadlock"), "{error}");
    assert_eq!(*host.sleeps.borrow(), [Duration::MAX; 2]);
    Ok(())
}

#[test]
fn an_error_of_the_sleep_is_the_error_of_the_run() -> Result<()> {
    let (lua, host) = lua_with_recorder()?;
    host.is_broken.set(true);
    let script = "neap.spawn(function() neap.sleep(1) slept = true end) neap.sleep(5)";
    let error = neap::run::<()>(&lua, lua.load(script), ()).unwrap_err();
    assert!(error.downcast_ref::<Broken>().is_some(), "{error:?}");
    // The tasks are where they were.
    host.is_broken.set(false);
    neap::run::<()>(&lua, lua.load("neap.sleep(1)"), ())?;
    assert!(lua.globals().get::<bool>("slept")?);
    Ok(())
}

#[test]
fn the_scheduler_cannot_be_entered_from_a_sleep() -> Result<()> {
    let (lua, host) = lua_with_recorder()?;
    host.events.set(3);
    let error = |result: Result<()>| result.unwrap_err().to_string();
    let event = lua.create_function(move |lua, ()| {
        let ran = error(neap::run::<()>(lua, lua.load("return 1"), ()));
        let stepped = error(neap::step(lua).map(drop));
        let waited = error(lua.load("neap.sleep(1)").exec());
        for text in [ran, stepped, waited] {
            assert!(text.contains("the scheduler is already running"), "{text}");
        }
        lua.globals().set("entered", true)
    })?;
    lua.globals().set("event", event)?;
    neap::run::<()>(&lua, lua.load("neap.sleep(1)"), ())?;
    assert!(lua.globals().get::<bool>("entered")?);
    Ok(())
}

#[test]
fn a_step_in_a_task_is_refused_without_a_line_of_neaps() -> Result<()> {
    let (lua, _) = lua_with_clock()?;
    let step = lua.create_function(|lua, ()| {
        Ok(neap::step(lua).map_err(|error| error.to_string()).unwrap_err())
    })?;
    lua.globals().set("step", step)?;
    lua.load("neap.spawn(function() refusal = step() end)").exec()?;
    neap::step(&lua)?;
    let refusal: String = lua.globals().get("refusal")?;
    assert_eq!(refusal, "runtime error: the scheduler is already running");
    Ok(())
}

#[test]
fn the_host_is_told_of_failures_byte_by_byte() -> Result<()> {
    let (lua, host) = lua_with_recorder()?;
    neap::run::<()>(&lua, lua.load(r#"neap.spawn(error, "\255 broke", 0)"#), ())?;
    let reports = host.reports.borrow();
    assert_eq!(reports.len(), 1);
    assert!(reports[0].windows(7).any(|part| part == b"\xFF broke"), "{reports:?}");
    assert!(!reports[0].ends_with(b"\n"), "{reports:?}");
    Ok(())
}

#[test]
fn a_host_can_be_replaced_while_no_task_lives() -> Result<()> {
    let lua = Lua::new();
    neap::install_from(&lua, "lua".as_ref())?;
    let host = Recorder::default();
    neap::install_with(&lua, host.clone())?;
    neap::install(&lua)?; // changes nothing
    neap::run::<()>(&lua, lua.load("neap = require 'neap' neap.sleep(1000)"), ())?;
    assert_eq!(host.time.get(), seconds(1000.0));

    lua.load("task = neap.spawn(neap.sleep, 1)").exec()?;
    let error = neap::install_with(&lua, Recorder::default()).unwrap_err().to_string();
    assert!(error.contains("attempt to change the host of living tasks"), "{error}");
    let error = neap::install_clock(&lua, || Duration::ZERO).unwrap_err().to_string();
    assert!(error.contains("attempt to change the host of living tasks"), "{error}");
    neap::run::<()>(&lua, lua.load("task:wait()"), ())?;
    assert_eq!(host.time.get(), seconds(1001.0));
    Ok(())
}

#[test]
fn a_host_ends_with_its_lua() -> Result<()> {
    let (lua, host) = lua_with_recorder()?;
    neap::run::<()>(&lua, lua.load("neap.sleep(1)"), ())?;
    assert!(Rc::strong_count(&host.time) > 1);
    drop(lua);
    assert_eq!(Rc::strong_count(&host.time), 1);
    Ok(())
}

#[test]
fn a_step_tells_when_the_next_is_due() -> Result<()> {
    let (lua, time) = lua_with_clock()?;
    assert_eq!(neap::step(&lua)?, None);
    let script = r#"
        future = neap.future()
        neap.spawn(function()
          neap.sleep(2.5)
          neap.yield()
          value = future:wait()
        end)
    "#;
    lua.load(script).exec()?;
    assert_eq!(neap::step(&lua)?, Some(seconds(2.5)));
    time.set(seconds(2.0));
    assert_eq!(neap::step(&lua)?, Some(seconds(0.5)));
    time.set(seconds(2.5));
    assert_eq!(neap::step(&lua)?, Some(Duration::ZERO));
    assert_eq!(neap::step(&lua)?, Some(Duration::ZERO));
    assert_eq!(neap::step(&lua)?, Some(Duration::MAX));
    lua.load("future:resolve('an event')").exec()?;
    assert_eq!(neap::step(&lua)?, None);
    assert_eq!(lua.globals().get::<String>("value")?, "an event");
    Ok(())
}

#[test]
fn nothing_sleeps_where_there_is_only_a_clock() -> Result<()> {
    let (lua, _) = lua_with_clock()?;
    for result in [
        neap::run::<()>(&lua, lua.load("return 1"), ()),
        lua.load("neap.sleep(1)").exec(),
        lua.load("neap.future():wait()").exec(),
    ] {
        let error = result.unwrap_err().to_string();
        assert!(error.contains("this host cannot sleep"), "{error}");
    }
    Ok(())
}

#[test]
fn a_failed_task_fails_no_step() -> Result<()> {
    let (lua, _) = lua_with_clock()?;
    lua.load("neap.on_error(function(err) reported = err end)").exec()?;
    let task: Table = lua.load("return neap.spawn(error, 'broke', 0)").eval()?;
    assert_eq!(neap::step(&lua)?, None);
    assert_eq!(lua.globals().get::<String>("reported")?, "broke");
    let error = lua
        .load("return (select(2, pcall(...)))")
        .call::<String>((task.get::<Function>("wait")?, task))?;
    assert_eq!(error, "broke");
    Ok(())
}

#[test]
fn step_without_an_installation_says_what_to_do() {
    let error = neap::step(&Lua::new()).unwrap_err();
    assert!(error.to_string().contains("neap::install"), "{error}");
}
