//! Lua tasks wait for jobs that block: threads do them, and send what has come of it.

use std::sync::{Arc, Mutex, mpsc};
use std::{fs, thread};

use neap::mlua::{Error, Lua, Result};

type Answer = std::result::Result<String, String>;

/// Installs neap, and `start(text)`: a future of what `job` makes of the text, or of nil and why
/// not.
pub fn install(lua: &Lua, threads: usize, job: fn(String) -> Answer) -> Result<()> {
    let (ask, questions) = mpsc::channel::<(String, neap::Sender<Answer>)>();
    let questions = Arc::new(Mutex::new(questions));
    for _ in 0..threads {
        let questions = questions.clone();
        let next = move || questions.lock().unwrap().recv();
        thread::spawn(move || {
            while let Ok((text, answer)) = next() {
                let _ = answer.send(job(text)); // nobody listens once Lua has gone
            }
        });
    }
    neap::install(lua)?;
    let start = lua.create_function(move |lua, text: String| {
        let future = neap::Future::new(lua)?;
        ask.send((text, future.sender()?)).map_err(Error::external)?;
        Ok(future)
    })?;
    lua.globals().set("start", start)
}

pub fn main() -> Result<()> {
    let lua = Lua::new();
    install(&lua, 8, |path| fs::read_to_string(path).map_err(|error| error.to_string()))?;
    neap::run(&lua, lua.load("print(#start('LICENSE'):wait(), start('tide'):wait())"), ())
}
