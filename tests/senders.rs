//! What senders send, from whatever thread: `Sender`, of channels and futures.

#[path = "common/limit.rs"]
mod limit;

use limit::within_the_limit;
use mlua::{Error, IntoLua, Lua, Result, Value};
use neap::{Channel, Future, Sender};

/// Takes one value.
const RECEIVE: &str = "return (...):recv()";

/// Takes all that is left, and says that the channel is closed.
const DRAIN: &str = r#"
    local channel, values = ..., {}
    channel:each(function(value) values[#values + 1] = tostring(value) end)
    values[#values + 1] = select(2, channel:try_recv())
    return table.concat(values, " ")
"#;

/// A channel, and a sender that has sent it 0 to 4.
fn channel_with_five(lua: &Lua, capacity: usize) -> Result<(Channel<u32>, Sender<u32>)> {
    neap::install(lua)?;
    lua.load("neap = require 'neap'").exec()?;
    let channel = Channel::new(lua, capacity)?;
    let sender = channel.sender()?;
    (0..5).for_each(|number| sender.send(number).expect("Lua is there"));
    Ok((channel, sender))
}

#[test]
fn a_run_does_not_wait_until_there_is_room_for_all() {
    within_the_limit(|| {
        let lua = Lua::new();
        let (channel, _sender) = channel_with_five(&lua, 1).unwrap();
        for number in 0..5 {
            let received: u32 = neap::run(&lua, lua.load(RECEIVE), &channel).unwrap();
            assert_eq!(received, number);
        }
    });
}

#[test]
#[cfg(feature = "tokio")]
fn finish_does_not_wait_until_there_is_room_for_all() {
    within_the_limit(|| {
        let lua = Lua::new();
        neap::install_async(&lua, neap::Tokio).unwrap();
        let (channel, _sender) = channel_with_five(&lua, 1).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let received = runtime.block_on(async {
            let received = neap::run_async::<u32>(&lua, lua.load(RECEIVE), &channel).await?;
            neap::finish(&lua).await.map(|()| received)
        });
        assert_eq!(received.unwrap(), 0);
    });
}

#[test]
fn what_was_sent_is_received_in_later_runs_and_then_the_channel_is_closed() -> Result<()> {
    for capacity in [0, 1, 2, 10] {
        let lua = Lua::new();
        let (channel, sender) = channel_with_five(&lua, capacity)?;
        drop(sender);
        assert_eq!(neap::run::<u32>(&lua, lua.load(RECEIVE), &channel)?, 0);
        let failing = lua.load("(...):recv() error('ebb', 0)");
        let error = neap::run::<()>(&lua, failing, &channel).unwrap_err();
        assert_eq!(error.to_string(), "runtime error: ebb");
        assert_eq!(channel.try_recv()?, Some(2));
        assert_eq!(neap::run::<String>(&lua, lua.load(DRAIN), &channel)?, "3 4 closed");
    }
    Ok(())
}

#[test]
fn no_task_stands_for_what_was_sent() -> Result<()> {
    let lua = Lua::new();
    let (channel, sender) = channel_with_five(&lua, 1)?;
    drop(sender);
    let script = r#"
        neap.yield()
        for _, task in ipairs(neap.tasks()) do
            if task ~= neap.current() then task:cancel() end
        end
        return #neap.tasks()
    "#;
    assert_eq!(neap::run::<u32>(&lua, lua.load(script), ())?, 1);
    assert_eq!(neap::run::<String>(&lua, lua.load(DRAIN), &channel)?, "0 1 2 3 4 closed");
    Ok(())
}

#[test]
fn who_comes_first_has_the_first_room() -> Result<()> {
    for capacity in [0, 1] {
        let lua = Lua::new();
        neap::install(&lua)?;
        lua.load("neap = require 'neap'").exec()?;
        let channel = Channel::<Option<u32>>::new(&lua, capacity)?;
        let sender = channel.sender()?;
        let send = move |_: &Lua, value| Ok(sender.send(value).is_ok());
        lua.globals().set("send", lua.create_function(send)?)?;
        let script = r#"
            local channel, values = ..., {}
            local function send_as_a_task(value)
                neap.spawn(channel.send, channel, value)
                neap.sleep(0)
            end
            local function send_from_outside(value)
                send(value)
                neap.sleep(0)
            end
            send_as_a_task(1)
            send_as_a_task(2)
            send_from_outside(3)
            send_as_a_task(4)
            send_from_outside(nil)
            send_from_outside(6)
            send_as_a_task(7)
            for i = 1, 7 do values[i] = tostring(channel:recv()) end
            return table.concat(values, " ")
        "#;
        assert_eq!(neap::run::<String>(&lua, lua.load(script), &channel)?, "1 2 3 4 nil 6 7");
    }
    Ok(())
}

#[test]
fn a_script_may_close_the_channel_first() -> Result<()> {
    let lua = Lua::new();
    let (channel, sender) = channel_with_five(&lua, 2)?;
    let script = "neap.yield(); (...):close()";
    neap::run::<()>(&lua, lua.load(script), &channel)?;
    assert_eq!(sender.send(5), Ok(()));
    drop(sender);
    assert_eq!(neap::run::<String>(&lua, lua.load(DRAIN), &channel)?, "0 1 closed");
    Ok(())
}

#[test]
fn a_sender_that_is_made_before_the_channel_is_closed_keeps_it_open() -> Result<()> {
    let lua = Lua::new();
    let (channel, sender) = channel_with_five(&lua, 1)?;
    drop(sender);
    assert_eq!(neap::run::<u32>(&lua, lua.load(RECEIVE), &channel)?, 0);
    let sender = channel.sender()?;
    for number in 1..5 {
        assert_eq!(neap::run::<Option<u32>>(&lua, lua.load(RECEIVE), &channel)?, Some(number));
    }
    assert_eq!(sender.send(5), Ok(()));
    drop(sender);
    assert_eq!(neap::run::<String>(&lua, lua.load(DRAIN), &channel)?, "5 closed");
    Ok(())
}

/// What is no Lua value, unless it is a number.
struct Depth(Option<u32>);

impl IntoLua for Depth {
    fn into_lua(self, _: &Lua) -> Result<Value> {
        self.0.map(|depth| Value::Number(depth.into())).ok_or_else(|| Error::runtime("no bottom"))
    }
}

#[test]
fn a_value_that_lua_cannot_have_concerns_its_future_alone() -> Result<()> {
    let lua = Lua::new();
    neap::install(&lua)?;
    let (deep, shallow) = (Future::<Depth>::new(&lua)?, Future::<Depth>::new(&lua)?);
    for (future, depth) in [(&deep, None), (&shallow, Some(3))] {
        assert!(future.sender()?.send(Depth(depth)).is_ok());
    }
    let script = r#"
        local deep, shallow = ...
        local is_known, err = require("neap").pcall(deep.wait, deep)
        return is_known, tostring(err), shallow:wait()
    "#;
    let (is_known, error, depth): (bool, String, u32) =
        neap::run(&lua, lua.load(script), (&deep, &shallow))?;
    assert_eq!((is_known, error.as_str(), depth), (false, "runtime error: no bottom", 3));
    let error = neap::run::<()>(&lua, lua.load("(...):wait()"), &deep).unwrap_err();
    assert_eq!(error.to_string(), "runtime error: no bottom");
    Ok(())
}

#[test]
fn a_value_that_lua_cannot_have_is_reported_for_a_channel() -> Result<()> {
    let lua = Lua::new();
    neap::install(&lua)?;
    let depths = Channel::<Depth>::new(&lua, 2)?;
    let sender = depths.sender()?;
    for depth in [Some(1), None, Some(2)] {
        assert!(sender.send(Depth(depth)).is_ok());
    }
    drop(sender);
    let script = r#"
        local depths, sum, report = ..., 0
        require("neap").on_error(function(err, _, _, what)
            report = what .. ": " .. tostring(err)
        end)
        depths:each(function(depth) sum = sum + depth end)
        return sum, report
    "#;
    let (sum, report): (u32, String) = neap::run(&lua, lua.load(script), &depths)?;
    let expected = "making a Lua value for channel (capacity 2, empty): runtime error: no bottom";
    assert_eq!((sum, report.as_str()), (3, expected));
    Ok(())
}
