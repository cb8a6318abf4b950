//! neap where memory ends: each of its calls meets "not enough memory" at one allocation after the
//! other. Afterwards everything can be ended, and the next run works.
//!
//! LuaJIT allows no limit to its memory.
#![cfg(not(feature = "luajit"))]

use std::env;

use mlua::{Function, Lua};

/// How many bytes a call has more than the time before. Each begins elsewhere, so that together
/// they meet more. `NEAP_MEMORY_STEP=16` meets nearly all, and takes a minute or two.
const STEP: usize = 112;

type Calls = (Vec<String>, Function, Function, Function);

fn load() -> mlua::Result<(Lua, Calls)> {
    let lua = Lua::new();
    neap::install(&lua)?;
    let calls = lua.load(include_str!("memory/calls.lua")).set_name("@calls.lua").call(())?;
    Ok((lua, calls))
}

/// Has a call made with ever more memory, until it has enough; how often that was, and what was
/// wrong.
fn starve(name: &str, is_caught: bool, step: usize) -> mlua::Result<(usize, Vec<String>)> {
    let (lua, (_, make, make_caught, finish)) = load()?;
    let make = if is_caught { make_caught } else { make };
    make.call::<()>(name)?; // it loads what it needs
    finish.call::<()>(())?;
    let (mut tried, mut wrong, mut has_failed) = (0, Vec::new(), true);
    let mut room = name.len() * 16 % step + usize::from(is_caught) * 48 % step;
    while has_failed && wrong.len() < 20 {
        lua.gc_collect()?;
        lua.set_memory_limit(lua.used_memory() + room)?;
        has_failed = make.call::<()>(name).is_err();
        lua.set_memory_limit(0)?;
        let caught = if is_caught { ", caught," } else { "" };
        match finish.call::<Option<String>>(()) {
            Ok(None) => {}
            Ok(Some(text)) => wrong.push(format!("{name}{caught} with {room} bytes: {text}")),
            Err(error) => wrong.push(format!("{name}{caught} with {room} bytes: {error}")),
        }
        tried += 1;
        room += step;
    }
    Ok((tried, wrong))
}

#[test]
fn every_call_may_run_out_of_memory() -> mlua::Result<()> {
    let step = env::var("NEAP_MEMORY_STEP").ok().and_then(|it| it.parse().ok()).unwrap_or(STEP);
    let (mut tried, mut wrong) = (0, Vec::new());
    for name in load()?.1.0 {
        for is_caught in [false, true] {
            let (times, bad) = starve(&name, is_caught, step)?;
            println!("{name}: {times} limits, {} wrong", bad.len());
            tried += times;
            wrong.extend(bad.into_iter().take(3));
        }
    }
    println!("{tried} limits");
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    Ok(())
}
