//! neap inside the programs that people use, waiting for things that really happen.
//!
//! Each script in a folder of `tests/ports` runs in each program that the folder is for, and prints
//! what the file beside it says: `ports::FOLDER::PROGRAM::SCRIPT`. A script that blocks its host
//! prints something else, or does not end in time.
//!
//! The guides of `docs/porting.md` for these programs work to the letter: `ports::guide::...`.
//!
//! What is not installed is shown as ignored; with `CI=true` it is a failure.

mod common;
#[path = "common/documents.rs"]
mod documents;
#[path = "ports/nginx.rs"]
mod nginx;
#[path = "common/programs.rs"]
mod programs;

use std::fs;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, ExitCode};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use documents::guide;
use libtest_mimic::{Arguments, Failed, Trial};
use programs::{Check, ROOT, add, is_there, stems};

/// The Luas for which Debian has LuaSocket and luv.
const LUAS: [&str; 5] = ["lua5.1", "luajit", "lua5.2", "lua5.3", "lua5.4"];

/// Where neap is found, and the system's modules too.
const LUA_PATH: &str = "lua/?.lua;;";

/// What lets a process wait, for a trace; and `write`, which shows a script's marks.
const WAITS: &str =
    "trace=write,epoll_wait,epoll_pwait,poll,ppoll,select,pselect6,nanosleep,clock_nanosleep,futex";

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // Most of their time these tests wait.
    arguments.test_threads.get_or_insert(4);
    let mut trials = Vec::new();
    for lua in LUAS {
        let (socket, luv) = (format!("{lua}:socket"), format!("{lua}:luv"));
        scripts(&mut trials, "luasocket", lua, &[lua, &socket]);
        scripts(&mut trials, "uv", lua, &[lua, &luv]);
    }
    scripts(&mut trials, "neovim", "nvim", &["nvim"]);
    scripts(&mut trials, "tarantool", "tarantool", &["tarantool"]);
    scripts(&mut trials, "haproxy", "haproxy", &["haproxy"]);
    for server in ["tarantool", "haproxy"] {
        add(&mut trials, &format!("ports::load::{server}"), &[server], move || load(server));
    }
    add(&mut trials, "ports::load::dropped_by_haproxy", &["haproxy"], dropped);
    love(&mut trials);
    nginx::nginx(&mut trials);
    guides(&mut trials);
    plugin(&mut trials);
    mpv(&mut trials);
    minetest(&mut trials);
    idle(&mut trials);
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// The scripts of a folder, in a program.
fn scripts(trials: &mut Vec<Trial>, folder: &str, program: &'static str, needs: &[&str]) {
    for script in stems(&format!("tests/ports/{folder}")) {
        let path = format!("tests/ports/{folder}/{script}.lua");
        add(trials, &format!("ports::{folder}::{program}::{script}"), needs, move || {
            let expected = fs::read_to_string(Path::new(ROOT).join(&path).with_extension("out"))?;
            let mut command = command(&run(program, &path));
            if program == "haproxy" {
                let [port] = free_ports()?;
                command.env("LUA_SCRIPT", &path).env("LUA_PORT", port.to_string());
            }
            let outcome = common::finish(&mut command, b"");
            // The editor shows its messages on standard error.
            let is_silent = program == "nvim" || outcome.stderr.is_empty();
            if outcome.code == Some(0) && is_silent && outcome.stdout == expected {
                return Ok(());
            }
            Err(format!("{path} must print\n\n{expected}\nbut this came:\n{outcome:#?}").into())
        });
    }
}

/// What runs a Lua file.
fn run(program: &str, script: &str) -> Vec<String> {
    let mut words = vec![program.to_owned()];
    if program == "nvim" {
        // Its own print shows a message. After a script's error it would stay open.
        let call = format!(
            "lua print = function(...)
               local texts = {{}}
               for i = 1, select('#', ...) do texts[i] = tostring((select(i, ...))) end
               io.stdout:write(table.concat(texts, '\\t'), '\\n')
               io.stdout:flush()
             end
             local ok, err = xpcall(dofile, debug.traceback, [==[{script}]==])
             if not ok then io.stderr:write(err, '\\n') vim.cmd 'cquit 1' end"
        );
        let options = ["--headless", "-u", "NONE", "-i", "NONE", "-n", "-c"].map(String::from);
        words.extend(options);
        words.push(call.replace('\n', " "));
    } else if program == "haproxy" {
        words.extend(["-db", "-f", "tests/ports/haproxy/script.cfg"].map(String::from));
    } else {
        words.push(script.to_owned());
    }
    words
}

/// A command in the package's root.
fn command(words: &[String]) -> Command {
    let mut command = Command::new(&words[0]);
    command.args(&words[1..]).current_dir(ROOT).env("LUA_PATH", LUA_PATH);
    command
}

/// Writes neap's files into a folder, as a user does.
fn export(options: &[&str], folder: &Path) -> Check {
    let mut command = Command::new(env!("CARGO_BIN_EXE_neap"));
    let exported = command.arg("export").args(options).arg("--force").arg(folder).output()?;
    if exported.status.success() { Ok(()) } else { Err(format!("{exported:?}").into()) }
}

/// The guide, as a folder of mpv's scripts, with neap beside it.
fn mpv(trials: &mut Vec<Trial>) {
    add(trials, "ports::guide::a_loop_with_timers_in_mpv", &["mpv"], || {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("mpv_guide");
        export(&[], &folder)?;
        fs::write(folder.join("main.lua"), guide("A loop with timers", 0)?)?;
        let script = format!("--script={}", folder.display());
        let words = ["timeout", "20", "mpv", "--no-config", "--vo=null", "--ao=null", "--idle"];
        let mut words = words.map(String::from).to_vec();
        words.extend(["--msg-level=all=warn,mpv_guide=info".to_owned(), script]);
        let outcome = common::finish(&mut command(&words), b"");
        if outcome.code == Some(0) && outcome.stdout.trim_end() == "[mpv_guide] paused" {
            return Ok(());
        }
        Err(format!("{outcome:#?}").into())
    });
}

/// The guide, as a mod of a game in Minetest's server, which shuts itself down.
fn minetest(trials: &mut Vec<Trial>) {
    // Debian keeps games where not everybody's PATH leads.
    let server = ["/usr/games/minetestserver", "minetestserver"];
    let server = *server.iter().find(|it| is_there(it)).unwrap_or(&server[1]);
    add(trials, "ports::guide::minetest_in_minetestserver", &[server], move || {
        let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("minetest");
        let game = home.join(".minetest/games/tide");
        let folder = game.join("mods/harbour");
        let _ = fs::remove_dir_all(&home);
        fs::create_dir_all(&folder)?;
        fs::write(game.join("game.conf"), "title = Tide\n")?;
        fs::write(folder.join("mod.conf"), "name = harbour\n")?;
        fs::write(folder.join("init.lua"), guide("Minetest", 0)?)?;
        fs::write(home.join("minetest.conf"), "secure.enable_security = true\n")?;
        export(&["--single-file"], &folder)?;
        // A port of this machine's that is free at the moment.
        let port = std::net::UdpSocket::bind("127.0.0.1:0")?.local_addr()?.port();
        let mut command = Command::new("timeout");
        command.args(["40", server, "--gameid", "tide", "--logfile", "", "--port"]);
        command.arg(port.to_string()).arg("--world").arg(home.join("world"));
        command.arg("--config").arg(home.join("minetest.conf"));
        let outcome = common::finish(command.current_dir(&home).env("HOME", &home), b"");
        let said = format!("{}{}", outcome.stdout, outcome.stderr);
        if outcome.code == Some(0) && said.contains("a tenth of a second later") {
            return Ok(());
        }
        Err(format!("{outcome:#?}").into())
    });
}

/// Ports of this machine's that nobody listens on: all are held until all are known.
fn free_ports<const COUNT: usize>() -> io::Result<[u16; COUNT]> {
    let mut ports = [0; COUNT];
    let listeners: Vec<TcpListener> =
        ports.iter().map(|_| TcpListener::bind("127.0.0.1:0")).collect::<io::Result<_>>()?;
    for (port, listener) in ports.iter_mut().zip(&listeners) {
        *port = listener.local_addr()?.port();
    }
    Ok(ports)
}

/// A server, which ends with the test.
struct Server {
    child: Child,
    port: u16,
    admin_port: u16,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    /// Starts one of `tests/ports/servers`, and waits until it listens.
    fn start(name: &str) -> Result<Self, Failed> {
        let [port, backend_port, admin_port] = free_ports()?;
        let words: &[&str] = match name {
            "haproxy" => &["haproxy", "-db", "-f", "tests/ports/servers/haproxy.cfg"],
            _ => &["tarantool", "tests/ports/servers/tarantool.lua"],
        };
        let words: Vec<String> = words.iter().map(ToString::to_string).collect();
        let child = command(&words)
            .env("NEAP_PORT", port.to_string())
            .env("NEAP_BACKEND_PORT", backend_port.to_string())
            .env("NEAP_ADMIN_PORT", admin_port.to_string())
            .spawn()?;
        let server = Self { child, port, admin_port };
        let start = Instant::now();
        while server.connect().is_err() {
            if start.elapsed() > Duration::from_secs(10) {
                return Err(format!("{name} does not listen").into());
            }
            thread::sleep(Duration::from_millis(20));
        }
        Ok(server)
    }

    fn connect(&self) -> io::Result<TcpStream> {
        let stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        Ok(stream)
    }

    /// What the server says to a request; or nothing, for a client that hangs up before that.
    fn get(&self, page: &str, hangs_up: bool) -> io::Result<Option<String>> {
        let mut stream = self.connect()?;
        write!(stream, "GET /{page} HTTP/1.0\r\n\r\n")?;
        if hangs_up {
            thread::sleep(Duration::from_millis(20));
            return Ok(None);
        }
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(Some(answer.split_once("\r\n\r\n").unwrap_or_default().1.to_owned()))
    }

    /// What HAProxy says to its administrator.
    fn administer(&self, command: &str) -> io::Result<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.admin_port))?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        writeln!(stream, "{command}")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    }

    /// Some requests, 50 at once; a tenth of the clients hang up, the others are told 3.
    fn ask(&self, page: &str, count: usize) -> Result<Duration, Failed> {
        let (start, next) = (Instant::now(), AtomicUsize::new(0));
        let client = || -> Result<(), String> {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= count {
                    return Ok(());
                }
                let answer = self.get(page, number % 10 == 9).map_err(|error| error.to_string())?;
                if answer.as_deref().is_some_and(|it| it != "3") {
                    return Err(format!("request {number} of /{page} got {answer:?}"));
                }
            }
        };
        thread::scope(|scope| {
            let clients: Vec<_> = (0..50).map(|_| scope.spawn(client)).collect();
            clients.into_iter().try_for_each(|it| it.join().expect("a client does not panic"))
        })?;
        Ok(start.elapsed())
    }

    /// What its Lua holds, in kilobytes, when the requests are over whose clients have hung up.
    fn memory(&self) -> Result<f64, Failed> {
        thread::sleep(Duration::from_millis(300));
        let answer = self.get("memory", false)?.unwrap_or_default();
        answer.parse().map_err(|_| format!("/memory got {answer:?}").into())
    }
}

/// Of a run whose service HAProxy drops while it sleeps nothing is left, and the others go on.
fn dropped() -> Check {
    let server = Server::start("haproxy")?;
    let mut clients = Vec::new();
    for _ in 0..20 {
        let mut stream = server.connect()?;
        write!(stream, "GET /lost HTTP/1.0\r\n\r\n")?;
        clients.push(stream);
    }
    thread::sleep(Duration::from_millis(200));
    let before = server.get("alive", false)?;
    for session in server.administer("show sess")?.lines().filter(|it| it.contains("fe=pages")) {
        let (id, _) = session.split_once(':').ok_or("a session without a number")?;
        server.administer(&format!("shutdown session {id}"))?;
    }
    thread::sleep(Duration::from_millis(500));
    let after = server.get("alive", false)?;
    server.ask("neap", 100)?;
    let (before, after) = (before.unwrap_or_default(), after.unwrap_or_default());
    if (&*before, &*after) == ("20", "0") {
        return Ok(());
    }
    Err(format!("of 20 runs, {before} were alive, and then {after}").into())
}

/// A thousand requests, each of which sleeps in three tasks and has them talk to another server.
fn load(name: &str) -> Check {
    let server = Server::start(name)?;
    server.ask("neap", 100)?;
    let before = server.memory()?;
    let took = server.ask("neap", 1000)?;
    let after = server.memory()?;
    let own = server.ask("own", 1000)?;
    println!(
        "{name}: {:.0} requests a second, {:.0} without neap; {before} KB after 100, {after} KB \
         after 1,000 more",
        1000.0 / took.as_secs_f64(),
        1000.0 / own.as_secs_f64(),
    );
    if after > before * 1.5 + 500.0 {
        return Err(format!("{name} held {before} KB, and then {after} KB").into());
    }
    Ok(())
}

/// The game's frames go on while its tasks sleep. A machine that is busy with other things may hold
/// the game itself up: it has three tries.
fn love(trials: &mut Vec<Trial>) {
    let expected = "Ebb sails, Flood sails, Slack sails, \
        Ebb is in the lock, many short frames, Flood is in the lock, Ebb is at 440, \
        many short frames, Slack is in the lock, Flood is at 440, many short frames, \
        Slack is at 440";
    add(trials, "ports::love::love::harbour", &["love", "xvfb-run", "xauth"], move || {
        // Were it to hang, the display would outlive what started it.
        let words = ["xvfb-run", "-a", "timeout", "15", "love", "tests/ports/love"];
        let words = words.map(String::from);
        let mut outcomes = Vec::new();
        for _ in 0..3 {
            let outcome = common::finish(&mut command(&words), b"");
            let lines: Vec<&str> = outcome.stdout.lines().map(frames).collect();
            if outcome.code == Some(0) && lines.join(", ") == expected {
                return Ok(());
            }
            outcomes.push(outcome);
        }
        Err(format!("{outcomes:#?}").into())
    });
}

/// A line of the game's; what it says of the frames during a sleep of 300 ms is judged: a sleep
/// that blocks lets it draw one at most, and that one takes as long.
fn frames(line: &str) -> &str {
    let numbers: Vec<u32> = line.split(' ').filter_map(|word| word.parse().ok()).collect();
    match numbers[..] {
        [count, longest] if count >= 10 && longest < 250 => "many short frames",
        _ => line,
    }
}

fn guides(trials: &mut Vec<Trial>) {
    let quit = "\nneap.spawn(function()
        repeat neap.sleep('5ms') until #neap.tasks() == 1
        if love then love.event.quit() else vim.cmd 'qa!' end
    end)";
    let leave = "\nfiber.sleep(0.2)\nos.exit(0)";
    let ask = "\ncore.register_task(function()
        local port = os.getenv 'LUA_PORT'
        local answer = core.httpclient():get {
          url = 'http://127.0.0.1:' .. port .. '/tide', headers = { ['x-port'] = { port } },
        }
        print(answer.body)
        os.exit(0)
    end)";
    let guides = [
        ("LuaSocket", "lua5.1", "lua5.1:socket", "", "true\thigh water at noon"),
        ("A libuv loop", "lua5.1", "lua5.1:luv", "", "a file\nlater"),
        ("A libuv loop", "luajit", "luajit:luv", "", "a file\nlater"),
        ("Neovim", "nvim", "nvim", quit, "a file"),
        ("A LÖVE game", "love", "xvfb-run", quit, "3\n2\n1\ngo"),
        ("Tarantool", "tarantool", "tarantool", leave, "ebb is back\nflood is back"),
        ("HAProxy", "haproxy", "haproxy", ask, "200 200"),
    ];
    for (title, program, need, rest, expected) in guides {
        let name =
            format!("{}_in_{program}", title.to_lowercase().replace(' ', "_").replace('ö', "o"));
        add(trials, &format!("ports::guide::{name}"), &[program, need], move || {
            let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
            let path = folder.join("main.lua");
            fs::create_dir_all(&folder)?;
            fs::write(&path, guide(title, 0)? + rest)?;
            let words = if program == "love" {
                fs::copy(
                    Path::new(ROOT).join("tests/ports/love/conf.lua"),
                    folder.join("conf.lua"),
                )?;
                let game = folder.to_str().ok_or("a path in UTF-8")?;
                ["xvfb-run", "-a", "timeout", "15", "love", game].map(String::from).to_vec()
            } else {
                run(program, path.to_str().ok_or("a path in UTF-8")?)
            };
            let mut command = command(&words);
            if program == "haproxy" {
                let [port] = free_ports()?;
                command.env("LUA_SCRIPT", &path).env("LUA_PORT", port.to_string());
            }
            let outcome = common::finish(&mut command, b"");
            if outcome.code == Some(0) && outcome.stdout.trim_end() == expected {
                return Ok(());
            }
            Err(format!("{title} must print\n\n{expected}\n\nbut this came:\n{outcome:#?}").into())
        });
    }
}

/// A plugin in Neovim, where neap is to be found nowhere else than below the plugin's name.
fn plugin(trials: &mut Vec<Trial>) {
    add(trials, "ports::guide::a_plugin_in_nvim", &["nvim"], || {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("plugin");
        let (lua, script) = (folder.join("lua"), folder.join("main.lua"));
        export(&["--single-file"], &lua.join("myplugin/neap.lua"))?;
        let quit = "\nneap.spawn(function() neap.sleep('100ms') vim.cmd 'qa!' end)";
        fs::write(&script, guide("A plugin with a copy of its own", 0)? + quit)?;
        let mut command = command(&run("nvim", script.to_str().ok_or("a path in UTF-8")?));
        let outcome =
            common::finish(command.env("LUA_PATH", format!("{}/?.lua", lua.display())), b"");
        if outcome.code == Some(0) && outcome.stdout.trim_end() == "opened\nnot shared" {
            return Ok(());
        }
        Err(format!("{outcome:#?}").into())
    });
}

/// Between two deadlines nothing wakes a process in which all tasks sleep.
fn idle(trials: &mut Vec<Trial>) {
    let neap = env!("CARGO_BIN_EXE_neap").to_owned();
    let programs = [
        (
            "neap",
            "running",
            vec![neap, "run".to_owned(), "tests/ports/idle/running.lua".to_owned()],
        ),
        ("luajit", "running", run("luajit", "tests/ports/idle/running.lua")),
        ("luajit", "attached", run("luajit", "tests/ports/idle/attached.lua")),
        ("nvim", "running", run("nvim", "tests/ports/idle/running.lua")),
        ("nvim", "attached", run("nvim", "tests/ports/idle/attached.lua")),
    ];
    for (program, script, words) in programs {
        // Luau has no way to write a mark out at once.
        if program == "neap" && cfg!(feature = "luau") {
            continue;
        }
        let needs: &[&str] = match program {
            "neap" => &["strace"],
            "luajit" => &["strace", "luajit", "luajit:luv"],
            _ => &["strace", program],
        };
        add(trials, &format!("ports::idle::{program}::{script}"), needs, move || {
            let name = format!("idle_{program}_{script}.log");
            let log = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
            let log_path = log.to_str().ok_or("a path in UTF-8")?;
            // What strace runs would outlive it.
            let trace = ["strace", "-f", "-e", WAITS, "-o", log_path, "timeout", "30"];
            let trace = trace.map(String::from);
            let outcome = common::finish(&mut command(&[&trace[..], &words].concat()), b"");
            if outcome.code != Some(0) {
                return Err(format!("{outcome:#?}").into());
            }
            let log = fs::read_to_string(log)?;
            let short = waits(&log, "a short sleep", "a long sleep")?;
            let long = waits(&log, "a long sleep", "the end")?;
            // A program may look for events before and after, at once.
            if long.len() > 4 || long.len() > short.len() + 1 {
                return Err(format!("woken during a sleep:\n{}", long.join("\n")).into());
            }
            Ok(())
        });
    }
}

/// The calls in a trace that waited, between two marks that the script wrote.
fn waits<'a>(log: &'a str, from: &str, to: &str) -> Result<Vec<&'a str>, String> {
    let (_, rest) = log.split_once(from).ok_or(format!("no mark {from:?} in\n{log}"))?;
    let (part, _) = rest.split_once(to).ok_or(format!("no mark {to:?} in\n{log}"))?;
    Ok(part.lines().skip(1).filter(|line| !line.contains("write(")).collect())
}
