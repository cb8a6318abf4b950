//! Modules in C, and the hosts that are made of two of them, under `neap run`.
//!
//! They are Debian's, for the Lua that neap is built with: `c_modules::...`. What is not installed
//! is shown as ignored; with `CI=true` it is a failure. There are none for Lua 5.5 and Luau.

mod common;
#[path = "common/documents.rs"]
mod documents;
#[path = "common/programs.rs"]
mod programs;

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, ExitCode};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use documents::guide;
use libtest_mimic::{Arguments, Trial};
use programs::{Check, add};

/// Debian's Lua for which such modules are built.
const LUA: Option<&str> = if cfg!(feature = "luajit") {
    Some("luajit")
} else if cfg!(feature = "lua51") {
    Some("lua5.1")
} else if cfg!(feature = "lua52") {
    Some("lua5.2")
} else if cfg!(feature = "lua53") {
    Some("lua5.3")
} else if cfg!(feature = "lua54") {
    Some("lua5.4")
} else {
    None
};

/// What Debian's Lua 5.2 and 5.3 have for code that was written for the version before them, and
/// what Lua's sources have only where that is asked for.
const COMPATIBILITY: [&str; 3] = ["luaL_openlib", "luaL_pushmodule", "luaopen_bit32"];

/// How long a server waits for its clients, should they not come.
const PATIENCE: Duration = Duration::from_secs(20);

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let mut trials = Vec::new();
    if let Some(lua) = LUA {
        tests(&mut trials, lua);
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn tests(trials: &mut Vec<Trial>, lua: &'static str) {
    let [socket, luv, lfs] = ["socket", "luv", "lfs"].map(|module| format!("{lua}:{module}"));
    let mut test = |name: &str, needs: &[&str], check: Box<dyn FnOnce() -> Check + Send>| {
        add(trials, &format!("c_modules::{name}"), needs, check);
    };
    let api = Box::new(move || whole_api_is_exported(lua));
    test("all_that_a_module_may_call_is_there", &[lua, "nm"], api);
    let scripts: [(&str, &[&str], &str, &str); 4] = [
        (
            "modules_of_the_system_are_found",
            &[&socket, &luv, &lfs],
            MODULES,
            "LuaSocket\tLuaFileSystem\ttrue\nfunction\n",
        ),
        (
            "a_module_calls_back_after_the_task_that_loaded_it",
            &[&luv],
            LOADED_IN_A_TASK,
            "called back\n",
        ),
        (
            "a_wait_for_a_loop_ends_with_it_or_when_it_is_stopped",
            &[&luv],
            LOOP,
            "hello from a task\nthe loop is over\nstopped\ntrue\n",
        ),
        (
            "a_clock_does_not_jump_when_the_host_is_changed",
            &[&socket, &luv],
            CLOCKS,
            "true\ntrue\ntrue\ntrue\nfalse\tattempt\n",
        ),
    ];
    for (name, needs, script, expected) in scripts {
        test(name, needs, Box::new(|| prints(&[], script, expected)));
    }
    let guides = [
        ("LuaSocket", &socket, "socket", "true\thigh water at noon\n"),
        ("A libuv loop", &luv, "uv", "a file\nlater\n"),
    ];
    for (title, need, host, expected) in guides {
        let name = format!("the_guide_for_{host}");
        test(&name, &[need], Box::new(move || prints(&[], &guide(title, 0)?, expected)));
        let check = move || prints(&["--host", host], &guide(title, 0)?, expected);
        test(&format!("{name}_with_the_option"), &[need], Box::new(check));
    }
    test("an_http_get", &[&socket], Box::new(|| http_get(&[])));
    test("an_http_get_with_the_option", &[&socket], Box::new(|| http_get(&["--host", "socket"])));
}

/// A script from the standard input prints just that.
fn prints(options: &[&str], script: &str, expected: &str) -> Check {
    let mut command = common::neap_run(options);
    judge(&common::finish(command.arg("-"), script.as_bytes()), expected)
}

fn judge(outcome: &common::Outcome, expected: &str) -> Check {
    if (outcome.code, &*outcome.stderr, &*outcome.stdout) == (Some(0), "", expected) {
        return Ok(());
    }
    Err(format!("it must print\n\n{expected}\nbut this came:\n{outcome:#?}").into())
}

/// The functions of Lua's that a program shows to modules.
fn api_of(program: &Path) -> io::Result<Vec<String>> {
    let output = Command::new("nm").args(["-D", "--defined-only"]).arg(program).output()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let names = text.lines().filter_map(|line| line.split_whitespace().nth(2));
    let names = names.map(|name| name.split('@').next().unwrap_or_default());
    Ok(names.filter(|name| name.starts_with("lua")).map(str::to_owned).collect())
}

/// Whatever the system's Lua shows to modules, so does neap.
fn whole_api_is_exported(lua: &str) -> Check {
    let output = Command::new("sh").args(["-c", &format!("command -v {lua}")]).output()?;
    let lua = String::from_utf8(output.stdout)?;
    let theirs = api_of(Path::new(lua.trim()))?;
    let ours = api_of(Path::new(env!("CARGO_BIN_EXE_neap")))?;
    let is_needed = |name: &&String| match LUA {
        Some("lua5.2" | "lua5.3") => !COMPATIBILITY.contains(&name.as_str()),
        _ => true,
    };
    let missing: Vec<_> =
        theirs.iter().filter(is_needed).filter(|name| !ours.contains(name)).collect();
    if theirs.len() > 90 && missing.is_empty() {
        return Ok(());
    }
    Err(format!("of {} functions these are missing: {missing:?}", theirs.len()).into())
}

const MODULES: &str = r#"
local socket, lfs, uv = require "socket", require "lfs", require "luv"
print(socket._VERSION:match("%a+"), lfs._VERSION:match("%a+"), uv.hrtime() > 0)
print(type(require("socket.http").request))
"#;

/// (Luv may crash where a Lua is closed before a handle's close has come to its end.)
const LOADED_IN_A_TASK: &str = r#"
local neap = require "neap"
neap.spawn(function() require "luv" end):wait()
for _ = 1, 10 do neap.spawn(function() end):wait() end
for _ = 1, 3 do collectgarbage() end
require("neap.hosts.uv").attach()
local timer, called = require("luv").new_timer(), neap.future()
timer:start(1, 0, function()
  timer:close()
  called:resolve("called back")
end)
print(called:wait())
require("neap.hosts.uv").detach()
require("luv").run()
"#;

const LOOP: &str = r#"
local neap, uv = require "neap", require "luv"
require("neap.hosts.uv").attach()
local server, client = uv.new_tcp(), uv.new_tcp()
server:bind("127.0.0.1", 0)
server:listen(8, function()
  local connection = uv.new_tcp()
  server:accept(connection)
  neap.spawn(function()
    neap.sleep("10ms")
    connection:write("hello from a task", function() connection:close() end)
  end)
end)
client:connect("127.0.0.1", server:getsockname().port, function()
  client:read_start(function(_, text)
    if text then return print(text) end
    client:close()
    server:close()
  end)
end)
uv.run()
print("the loop is over")

local endless = uv.new_timer()
endless:start(1, 1, function() end)
neap.spawn(function()
  neap.sleep("10ms")
  uv.stop()
end)
uv.run()
print("stopped")
endless:close()
require("neap.hosts.uv").detach()
print(not uv.run())
"#;

const CLOCKS: &str = r#"
local neap, clock = require "neap", require "neap.kernel.clock"
local timer, start = neap.timer("40ms"), clock.now()
local function is_just_after(seconds)
  local passed = clock.now() - start
  print(passed >= seconds and passed < seconds + 5)
end
neap.use(require "neap.hosts.luasocket")
is_just_after(0)
neap.sleep("10ms")
is_just_after(0.01)
require("neap.hosts.uv").attach()
is_just_after(0.01)
timer:wait()
is_just_after(0.04)
local other = neap.spawn(neap.sleep, "10ms")
local ok, err = pcall(neap.use, require "neap.hosts.luasocket")
print(ok, err:match("attempt"))
"#;

/// Fetches two pages from a server that answers neither before both have been asked for.
fn http_get(options: &[&str]) -> Check {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("http_get");
    std::fs::create_dir_all(&folder)?;
    let script = folder.join(format!("get{}.lua", options.len()));
    std::fs::write(&script, guide("LuaSocket", 1)?)?;
    let (port, server) = serve(2)?;
    let mut command = common::neap_run(options);
    command.arg(script).args(["127.0.0.1", &port.to_string(), "/ebb", "/flood"]);
    let outcome = common::finish(&mut command, b"");
    let served = server.join().expect("the server does not panic");
    judge(&outcome, "the page /ebb\nthe page /flood\n")?;
    Ok(served?)
}

fn serve(count: usize) -> io::Result<(u16, JoinHandle<io::Result<()>>)> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    listener.set_nonblocking(true)?;
    let port = listener.local_addr()?.port();
    let serve_all = move || {
        let mut requests = Vec::new();
        for _ in 0..count {
            let mut stream = accept(&listener)?;
            requests.push((read_path(&mut stream)?, stream));
        }
        for (path, mut stream) in requests.into_iter().rev() {
            let head = "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\n";
            stream.write_all(head.as_bytes())?;
            thread::sleep(Duration::from_millis(10));
            stream.write_all(format!("the page {path}").as_bytes())?;
        }
        Ok(())
    };
    Ok((port, thread::spawn(serve_all)))
}

fn accept(listener: &TcpListener) -> io::Result<TcpStream> {
    let start = Instant::now();
    loop {
        match listener.accept() {
            Ok((stream, _)) => {
                stream.set_nonblocking(false)?;
                stream.set_read_timeout(Some(PATIENCE))?;
                return Ok(stream);
            }
            Err(error) if start.elapsed() > PATIENCE => return Err(error),
            Err(_) => thread::sleep(Duration::from_millis(5)),
        }
    }
}

/// The path that a client asks for.
fn read_path(stream: &mut TcpStream) -> io::Result<String> {
    let (mut text, mut byte) = (Vec::new(), [0]);
    while !text.ends_with(b"\r\n\r\n") && stream.read(&mut byte)? > 0 {
        text.push(byte[0]);
    }
    let text = String::from_utf8_lossy(&text);
    Ok(text.split(' ').nth(1).unwrap_or_default().to_owned())
}
