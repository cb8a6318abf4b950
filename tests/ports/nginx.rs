//! neap in nginx: the requests of one worker, each with runs of its own.
//!
//! nginx and its lua module stand below the folder that `NEAP_NGINX` names, or below `/`: Debian's
//! packages cannot be installed beside its `luajit`, but they can be unpacked.

use std::env;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use libtest_mimic::{Failed, Trial};

use crate::common;
use crate::documents::guide;
use crate::free_ports;
use crate::programs::{Check, NGINX, ROOT, add, nginx_root};

/// No answer takes longer.
const LIMIT: Duration = Duration::from_secs(20);

pub fn nginx(trials: &mut Vec<Trial>) {
    for (name, loaded) in [("loaded_before_requests", "true"), ("loaded_by_a_request", "false")] {
        add(trials, &format!("ports::nginx::{name}"), &[NGINX], move || answers(name, loaded));
    }
    add(trials, "ports::nginx::a_thousand_requests", &[NGINX], load);
    add(trials, "ports::nginx::hundreds_hang_up_during_calls", &[NGINX], hang_up);
    add(trials, "ports::nginx::ten_thousand_requests_leave_nothing", &[NGINX], memory);
    add(trials, "ports::guide::nginx", &[NGINX], || {
        let server = Server::start("guide", "true")?;
        expect(&server.get("/guide")?, "high water at noon, fresh from the west")?;
        server.stop()
    });
}

/// A server, ended by its own process's id.
struct Server {
    process: Child,
    folder: PathBuf,
    port: u16,
}

impl Server {
    /// Starts one; a client may have taken a port that was free just before.
    fn start(name: &str, loaded: &str) -> Result<Self, Failed> {
        let first = Self::try_start(name, loaded);
        if first.is_ok() { first } else { Self::try_start(name, loaded) }
    }

    fn try_start(name: &str, loaded: &str) -> Result<Self, Failed> {
        let root = nginx_root();
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("nginx_{name}"));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder)?;
        fs::write(folder.join("guide.lua"), guide("nginx", 0)?)?;
        let [port, backend] = free_ports()?;
        let values = [
            ("ROOT", root.trim_end_matches('/')),
            ("PATH", ROOT),
            ("PORT", &port.to_string()),
            ("BACKEND", &backend.to_string()),
            ("FOLDER", folder.to_str().ok_or("a path in UTF-8")?),
            ("LOADED", loaded),
        ];
        let mut text = include_str!("nginx/nginx.conf").to_owned();
        for (word, value) in values {
            text = text.replace(word, value);
        }
        fs::write(folder.join("nginx.conf"), text)?;
        let libraries =
            ["usr/lib", "lib"].map(|it| format!("{root}/{it}/{}-linux-gnu", env::consts::ARCH));
        let mut process = Command::new(format!("{root}/usr/sbin/nginx"))
            .arg("-p")
            .arg(&folder)
            .args(["-c", "nginx.conf", "-e", "error.log"])
            .env("LD_LIBRARY_PATH", libraries.join(":"))
            .stderr(File::create(folder.join("start.log"))?)
            .spawn()?;
        let start = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if start.elapsed() > LIMIT || process.try_wait()?.is_some() {
                let _ = process.kill();
                let log = fs::read_to_string(folder.join("start.log"))?;
                return Err(format!("nginx does not start:\n{log}").into());
            }
            thread::sleep(Duration::from_millis(10));
        }
        Ok(Self { process, folder, port })
    }

    /// Sends a request, and leaves the answer to be read.
    fn ask(&self, path: &str) -> Result<TcpStream, Failed> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_read_timeout(Some(LIMIT))?;
        stream.write_all(format!("GET {path} HTTP/1.0\r\n\r\n").as_bytes())?;
        Ok(stream)
    }

    fn get(&self, path: &str) -> Result<String, Failed> {
        read(self.ask(path)?)
    }

    /// Sends a request, and hangs up.
    fn abandon(&self, path: &str, after: Duration) -> Check {
        let stream = self.ask(path)?;
        thread::sleep(after);
        drop(stream);
        Ok(())
    }

    /// Waits until all this has been noted, in no order; Lua's collector comes by meanwhile.
    fn expect_notes(&self, expected: &[&str]) -> Check {
        let (mut notes, start) = (Vec::new(), Instant::now());
        while notes.len() < expected.len() && start.elapsed() < LIMIT {
            self.get("/collect")?;
            thread::sleep(Duration::from_millis(20));
            let text = self.get("/notes")?;
            notes.extend(text.split(", ").filter(|it| !it.is_empty()).map(str::to_owned));
        }
        notes.sort_unstable();
        expect(&notes.join(", "), &expected.join(", "))
    }

    fn log(&self) -> Result<String, Failed> {
        Ok(fs::read_to_string(self.folder.join("error.log"))?)
    }

    /// The process's memory in kilobytes, as the system counts it.
    fn memory(&self) -> Result<u64, Failed> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
        Ok(line.trim().trim_end_matches(" kB").parse()?)
    }

    /// Lets the server end by itself: it closes its Lua, and that must not fail either.
    fn stop(mut self) -> Check {
        Command::new("kill").args(["-QUIT", &self.process.id().to_string()]).status()?;
        if common::wait(&mut self.process) == Some(Some(0)) {
            return Ok(());
        }
        Err(format!("nginx has not ended well:\n{}", self.log()?).into())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What follows an answer's head; of one that is no success, all.
fn read(mut stream: TcpStream) -> Result<String, Failed> {
    let mut text = String::new();
    stream.read_to_string(&mut text)?;
    match text.split_once("\r\n\r\n") {
        Some((head, body)) if head.starts_with("HTTP/1.1 200 ") => Ok(body.to_owned()),
        _ => Ok(text),
    }
}

fn expect(got: &str, expected: &str) -> Check {
    if got == expected { Ok(()) } else { Err(format!("expected {expected:?}, got {got:?}").into()) }
}

/// What each address answers.
fn answers(name: &str, loaded: &str) -> Check {
    let server = Server::start(name, loaded)?;
    let get = |path: &str, expected: &str| {
        let got = server.get(path)?;
        expect(&got, expected)
            .map_err(|it| Failed::from(format!("{path}: {}", it.message().unwrap_or_default())))
    };
    for _ in 0..2 {
        get("/sleep", "true")?;
        get("/call", "true 2 timeout tide")?;
        get("/foreign", "8 3 7 tide")?;
        get("/fails", "handled oops")?;
        get("/busy", "not blocked")?;
        get("/timer", "")?;
        server.expect_notes(&["in a timer"])?;
    }
    assert!(server.get("/outside")?.starts_with("HTTP/1.1 500 "));

    // One waits for another that has not come yet.
    let asking = server.ask("/ask")?;
    thread::sleep(Duration::from_millis(50));
    get("/answer", "true")?;
    expect(&read(asking)?, "resolved")?;
    server.expect_notes(&["received"])?;

    server.abandon("/hang_up", Duration::from_millis(50))?;
    assert!(server.get("/exit")?.starts_with("HTTP/1.1 204 "));
    get("/kill", "1")?;
    server.expect_notes(&["exit", "hang_up", "kill"])?;
    get("/lock", "unlocked nil")?;

    server.abandon("/polite", Duration::from_millis(50))?;
    server.expect_notes(&["false cancelled", "finalizer in /polite"])?;

    let log = server.log()?;
    let told = ["neap: task 2", "failed: reported", "attempt to wait outside of neap.run"];
    for text in told {
        assert!(log.contains(text), "the log has no {text:?}:\n{log}");
    }
    let errors = log.lines().filter(|line| line.contains(" [error] ")).count();
    assert!(errors == 3 && !log.contains("[alert]") && !log.contains("[crit]"), "{log}");
    server.stop()
}

/// Sends so many requests, 50 at once, of which a tenth may be abandoned; gives how many a second
/// were answered as they must be.
fn send(
    server: &Server,
    path: &str,
    expected: &str,
    count: usize,
    abandons: bool,
) -> Result<f64, Failed> {
    let (next, start) = (AtomicUsize::new(0), Instant::now());
    let client = || -> Check {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= count {
                return Ok(());
            }
            if abandons && number % 10 == 0 {
                server.abandon(path, Duration::from_millis(number as u64 % 97))?;
            } else {
                expect(&server.get(path)?, expected)?;
            }
        }
    };
    thread::scope(|scope| {
        let clients: Vec<_> = (0..50).map(|_| scope.spawn(client)).collect();
        clients.into_iter().try_for_each(|it| it.join().expect("a client that does not panic"))
    })?;
    Ok(count as f64 / start.elapsed().as_secs_f64())
}

fn load() -> Check {
    let server = Server::start("load", "true")?;
    send(&server, "/tasks", "tide tide tide", 1000, true)?;
    let start = Instant::now();
    while server.get("/runs")? != "0" {
        assert!(start.elapsed() < LIMIT, "of abandoned requests, runs are left");
        server.get("/collect")?;
        thread::sleep(Duration::from_millis(50));
    }
    for _ in 0..2 {
        let ours = send(&server, "/tasks", "tide tide tide", 1000, false)?;
        let theirs = send(&server, "/threads", "tide tide tide", 1000, false)?;
        println!("nginx: {ours:.0} requests/s with neap, {theirs:.0} with ngx.thread.spawn");
    }
    let log = server.log()?;
    assert!(log.is_empty(), "{log}");
    server.stop()
}

/// Clients by the hundred hang up while their requests are in the midst of calls, again and again.
fn hang_up() -> Check {
    let server = Server::start("hang_up", "true")?;
    for _ in 0..6 {
        let clients: Result<Vec<_>, _> = (0..300).map(|_| server.ask("/calls")).collect();
        let clients = clients?;
        thread::sleep(Duration::from_millis(20));
        drop(clients);
        server.get("/collect")?;
        expect(&server.get("/tasks")?, "tide tide tide")?;
    }
    server.stop()
}

fn memory() -> Check {
    let server = Server::start("memory", "true")?;
    let rate = send(&server, "/small", "small", 1000, false)?;
    let before = server.memory()?;
    send(&server, "/small", "small", 9000, false)?;
    let after = server.memory()?;
    println!(
        "nginx: {before} kB after 1,000 small requests, {after} kB after 10,000; {rate:.0} \
         requests/s"
    );
    assert!(after < before + 8192, "{before} kB, then {after} kB");
    server.stop()
}
