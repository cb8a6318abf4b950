//! Lua tasks wait for jobs that block: threads do them, and the host's sleep takes the answers.

use std::sync::{Arc, Mutex, mpsc};
use std::{cell::Cell, fs, panic::catch_unwind, rc::Rc, thread, time::Duration};

use mlua::{Error, Function, Lua, ObjectLike, RegistryKey, Result, Table};

type Answer = std::result::Result<String, String>;

struct Workers {
    answers: mpsc::Receiver<(RegistryKey, Answer)>,
    under_way: Rc<Cell<usize>>,
}

impl neap::Host for Workers {
    fn sleep(&self, lua: &Lua, timeout: Duration) -> Result<()> {
        let first = self.answers.recv_timeout(timeout);
        for (future, answer) in first.into_iter().chain(self.answers.try_iter()) {
            self.under_way.update(|jobs| jobs - 1);
            lua.registry_value::<Table>(&future)?.call_method::<()>("resolve", answer)?;
        }
        Ok(())
    }

    fn pending(&self) -> bool {
        self.under_way.get() > 0
    }
}

/// Installs neap, and `start(text)`: a future of what `job` makes of the text, or of nil and why not.
pub fn install(lua: &Lua, threads: usize, job: fn(String) -> Answer) -> Result<()> {
    let ((ask, questions), (reply, answers)) = (mpsc::channel(), mpsc::channel());
    let questions = Arc::new(Mutex::new(questions));
    for _ in 0..threads {
        let (questions, reply) = (questions.clone(), reply.clone());
        thread::spawn(move || {
            let next = || questions.lock().unwrap().recv();
            while let Ok((future, text)) = next() {
                let answer = catch_unwind(|| job(text)).unwrap_or(Err("it panicked".into()));
                let _ = reply.send((future, answer)); // nobody listens once Lua has gone
            }
        });
    }
    let under_way = Rc::new(Cell::new(0));
    neap::install_with(lua, Workers { answers, under_way: under_way.clone() })?;
    let new_future: Function = lua.load("require('neap').future").eval()?;
    let start = lua.create_function(move |lua, text: String| {
        let future: Table = new_future.call(())?;
        let question = (lua.create_registry_value(&future)?, text);
        under_way.update(|jobs| jobs + 1);
        ask.send(question).map(|()| future).map_err(Error::external)
    })?;
    lua.globals().set("start", start)
}

pub fn main() -> Result<()> {
    let lua = Lua::new();
    install(&lua, 8, |path| fs::read_to_string(path).map_err(|error| error.to_string()))?;
    neap::run(&lua, lua.load("print(#start('LICENSE'):wait(), start('tide'):wait())")).map(drop)
}
