//! Has the crate built again when a Lua file is added, changed or removed, and has the command show
//! Lua's functions to the modules in C that it loads.

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=lua");
    println!("cargo::rerun-if-changed=src/build.rs");
    println!("cargo::rerun-if-changed=src/lua.symbols");
    // A linker drops what the program itself never calls, unless it is to be shown. Luau has no
    // modules in C, and on Windows they take Lua's functions from a DLL, for which no program can
    // stand in.
    if env::var_os("CARGO_FEATURE_LUAU").is_some() {
        return;
    }
    match env::var("CARGO_CFG_TARGET_OS").unwrap().as_str() {
        "linux" | "android" | "freebsd" | "netbsd" | "openbsd" | "dragonfly" => {
            let directory = env::var("CARGO_MANIFEST_DIR").unwrap();
            println!("cargo::rustc-link-arg-bins=-Xlinker");
            println!("cargo::rustc-link-arg-bins=--dynamic-list={directory}/src/lua.symbols");
        }
        "macos" => println!("cargo::rustc-link-arg-bins=-rdynamic"),
        _ => {}
    }
}
