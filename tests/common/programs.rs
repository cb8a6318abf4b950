//! Tests that run programs which may not be installed.

#![allow(dead_code, reason = "each test needs a part of it")]

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::Command;

use libtest_mimic::{Failed, Trial};

pub const ROOT: &str = env!("CARGO_MANIFEST_DIR");

pub type Check = Result<(), Failed>;

/// Adds a test, or says what is missing for it: then it is ignored, and with `CI=true` fails.
pub fn add(
    trials: &mut Vec<Trial>,
    name: &str,
    needs: &[&str],
    check: impl FnOnce() -> Check + Send + 'static,
) {
    let missing: Vec<String> =
        needs.iter().filter(|it| !is_there(it)).map(ToString::to_string).collect();
    trials.push(if missing.is_empty() {
        Trial::test(name, check)
    } else {
        let text = format!("not installed: {}", missing.join(", "));
        let in_ci = env::var("CI").is_ok_and(|it| it == "true");
        Trial::test(format!("{name} ({text})"), move || Err(text.into())).with_ignored_flag(!in_ci)
    });
}

/// What is needed to run nginx with Lua in it.
pub const NGINX: &str = "nginx with lua-nginx-module";

/// The folder below which nginx stands.
pub fn nginx_root() -> String {
    env::var("NEAP_NGINX").unwrap_or_default()
}

/// Whether a command is there, or, after `LUA:`, a module of that Lua's.
pub fn is_there(need: &str) -> bool {
    if need == NGINX {
        let file = format!("{}/usr/lib/nginx/modules/ngx_http_lua_module.so", nginx_root());
        return Path::new(&file).is_file();
    }
    let Some((lua, module)) = need.split_once(':') else {
        let path = env::var_os("PATH").unwrap_or_default();
        return env::split_paths(&path).any(|folder| folder.join(need).is_file());
    };
    let output = Command::new(lua).args(["-e", &format!("require '{module}'")]).output();
    output.is_ok_and(|it| it.status.success())
}

/// The names of the scripts in a folder, without their end, in order.
pub fn stems(folder: &str) -> Vec<String> {
    let entries = fs::read_dir(Path::new(ROOT).join(folder)).expect("the folder can be read");
    let mut stems: Vec<String> = entries
        .map(|entry| entry.expect("the folder can be read").path())
        .filter(|path| path.extension() == Some(OsStr::new("lua")))
        .map(|path| path.file_stem().unwrap().to_str().expect("a name in UTF-8").to_owned())
        .collect();
    stems.sort();
    stems
}
