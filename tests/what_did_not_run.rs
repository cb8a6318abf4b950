//! The last of the tests, by its name: tells what `cargo test` has not run here, and how to.

mod common;
#[path = "common/programs.rs"]
mod programs;

use libtest_mimic::Arguments;
use programs::{NGINX, is_there};

/// What tests run, if it is there. (Minetest's server is where not everybody's PATH leads.)
const PROGRAMS: [&str; 20] = [
    "lua5.1",
    "luajit",
    "lua5.2",
    "lua5.3",
    "lua5.4",
    "nvim",
    "lua5.1:socket",
    "lua5.1:luv",
    "love",
    "xvfb-run",
    "mpv",
    "/usr/games/minetestserver",
    "tarantool",
    "haproxy",
    NGINX,
    "chromium",
    "strace",
    "luarocks",
    "mdbook",
    "emmylua_check",
];

/// The Lua that these tests were built with, and the features for all.
const FEATURES: [(&str, bool); 7] = [
    ("luajit", cfg!(feature = "luajit")),
    ("lua51", cfg!(feature = "lua51")),
    ("lua52", cfg!(feature = "lua52")),
    ("lua53", cfg!(feature = "lua53")),
    ("lua54", cfg!(feature = "lua54")),
    ("lua55", cfg!(feature = "lua55")),
    ("luau", cfg!(feature = "luau")),
];

fn main() {
    let arguments = Arguments::from_args();
    if arguments.filter.is_some() || arguments.list {
        return;
    }
    println!("\nNot run here:");
    if !common::is_thorough(None) {
        println!(
            "- the cases on the single file, and on all Luas of the system; most of the generated \
             programs: NEAP_TESTS=all cargo test"
        );
    }
    let missing: Vec<&str> = PROGRAMS.into_iter().filter(|it| !is_there(it)).collect();
    if !missing.is_empty() {
        println!("- what needs {}: install it", missing.join(", "));
    }
    if !cfg!(feature = "tokio") {
        println!("- tasks in an executor: cargo test --features tokio");
    }
    if cfg!(feature = "luajit") {
        println!("- calls that run out of memory, which LuaJIT cannot be limited in: another Lua");
    }
    let others: Vec<&str> = FEATURES.iter().filter(|it| !it.1).map(|it| it.0).collect();
    println!(
        "- neap with another Lua: cargo test --no-default-features --features cli,tokio,{}",
        others.join("|")
    );
    println!("All of it: .ci/run, as root on Debian, which installs what it needs.");
}
