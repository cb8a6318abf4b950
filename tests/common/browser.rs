//! A page in a real browser: Debian's `chromium`, without a window.
//!
//! It is spoken to in the protocol of its developer tools, through a pipe: it reads from its file 3
//! and writes to its file 4, and ends when the pipe does.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

const OPTIONS: &str = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run \
    --disable-background-networking --disable-component-update --disable-sync \
    --remote-debugging-pipe";

pub struct Browser {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    calls: u64,
    session: Option<String>,
}

impl Browser {
    /// Opens a file in a window of this size; what the browser keeps goes to an empty folder.
    pub fn open(page: &Path, profile: &Path, width: u32, height: u32) -> Browser {
        let _ = fs::remove_dir_all(profile);
        fs::create_dir_all(profile).unwrap();
        let script =
            format!(r#"exec chromium {OPTIONS} --user-data-dir="$0" about:blank 3<&0 4>&1 1>&2"#);
        let mut command = Command::new("sh");
        command.arg("-c").arg(script).arg(profile).stderr(Stdio::null());
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("sh starts");
        let input = child.stdin.take().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let mut browser = Browser { child, input, output, calls: 0, session: None };

        let target = browser.call("Target.createTarget", json!({ "url": "about:blank" }));
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        let session = browser.call("Target.attachToTarget", attach);
        browser.session = session["sessionId"].as_str().map(str::to_owned);
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1,
            "mobile": false });
        browser.call("Emulation.setDeviceMetricsOverride", size);
        browser.call("Page.navigate", json!({ "url": format!("file://{}", page.display()) }));
        browser.wait_for("document.readyState === 'complete' && location.protocol === 'file:'");
        browser
    }

    /// Calls a method of the protocol.
    pub fn call(&mut self, method: &str, params: Value) -> Value {
        self.calls += 1;
        let mut call = json!({ "id": self.calls, "method": method, "params": params });
        if let Some(session) = &self.session {
            call["sessionId"] = json!(session);
        }
        self.input.write_all(format!("{call}\0").as_bytes()).expect("the browser reads");
        loop {
            let mut text = Vec::new();
            self.output.read_until(0, &mut text).expect("the browser writes");
            assert!(!text.is_empty(), "the browser has ended, before it answered {call}");
            text.pop();
            let mut answer: Value = serde_json::from_slice(&text).expect("JSON");
            if answer["id"] == json!(self.calls) {
                assert!(answer["error"].is_null(), "{call}: {answer}");
                return answer["result"].take();
            }
        }
    }

    /// The value of an expression in JavaScript, in the page.
    pub fn evaluate(&mut self, expression: &str) -> Value {
        let params = json!({ "expression": expression, "returnByValue": true,
            "awaitPromise": true });
        let mut result = self.call("Runtime.evaluate", params);
        let thrown = &result["exceptionDetails"];
        assert!(thrown.is_null(), "{expression}: {thrown}");
        result["result"]["value"].take()
    }

    /// The text of what a selector finds.
    pub fn text(&mut self, selector: &str) -> String {
        let found = self.evaluate(&format!("document.querySelector({selector:?}).innerText"));
        found.as_str().expect("a text").to_owned()
    }

    /// Waits until an expression is true.
    pub fn wait_for(&mut self, expression: &str) {
        let start = Instant::now();
        while self.evaluate(expression) != json!(true) {
            assert!(start.elapsed() < Duration::from_secs(20), "never true: {expression}");
            thread::sleep(Duration::from_millis(20));
        }
    }

    pub fn move_to(&mut self, x: f64, y: f64) {
        let params = json!({ "type": "mouseMoved", "x": x, "y": y });
        self.call("Input.dispatchMouseEvent", params);
    }

    pub fn click(&mut self, x: f64, y: f64) {
        for kind in ["mousePressed", "mouseReleased"] {
            let params = json!({ "type": kind, "x": x, "y": y, "button": "left", "clickCount": 1 });
            self.call("Input.dispatchMouseEvent", params);
        }
    }

    /// What the page looks like, in a file.
    pub fn screenshot(&mut self, path: &Path) {
        let next_frame = "new Promise((done) => requestAnimationFrame(() => \
            requestAnimationFrame(() => done(true))))";
        self.evaluate(next_frame);
        let picture = self.call("Page.captureScreenshot", json!({ "format": "png" }));
        fs::write(path, decode(picture["data"].as_str().expect("a picture"))).unwrap();
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The bytes that a text in base 64 stands for.
fn decode(text: &str) -> Vec<u8> {
    let digit = |byte: u8| match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        _ => 63,
    };
    let (mut bytes, mut bits, mut size) = (Vec::new(), 0u32, 0);
    for byte in text.bytes().filter(|byte| *byte != b'=') {
        bits = bits << 6 | u32::from(digit(byte));
        size += 6;
        if size >= 8 {
            size -= 8;
            bytes.push((bits >> size) as u8);
        }
    }
    bytes
}
