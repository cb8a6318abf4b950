//! With the feature `send`, a Lua and all that belongs to it move between threads.

use std::thread;

use mlua::Lua;

fn is_send<T: Send>() {}

#[test]
fn handles_are_send() {
    is_send::<neap::Task<String>>();
    is_send::<neap::Channel<String>>();
    is_send::<neap::Future<String>>();
    is_send::<neap::Sender<String>>();
    is_send::<neap::Raised>();
    is_send::<neap::RunAsync<String>>();
    is_send::<neap::Finish>();
}

#[test]
fn tasks_go_on_in_another_thread() {
    let lua = Lua::new();
    neap::install(&lua).unwrap();
    let channel = neap::Channel::<u32>::new(&lua, 1).unwrap();
    let script = "local channel = ... require('neap').yield() return channel:recv() + 1";
    let task = neap::spawn::<u32>(&lua, lua.load(script), &channel).unwrap();
    neap::step(&lua).unwrap();
    let other = thread::spawn(move || {
        assert!(channel.try_send(7).unwrap());
        while neap::step(&lua).unwrap().is_some() {}
        assert!(task.is_done().unwrap());
    });
    other.join().unwrap();
}

/// Tasks of one Lua are polled by several threads of an executor.
#[test]
fn a_multi_threaded_executor_runs_tasks() {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    let runtime = builder.worker_threads(4).enable_all().build().unwrap();
    let lua = Lua::new();
    neap::install_async(&lua, neap::Tokio).unwrap();
    let nap = lua.create_async_function(async |_, milliseconds: u64| {
        tokio::time::sleep(std::time::Duration::from_millis(milliseconds)).await;
        Ok(milliseconds)
    });
    lua.globals().set("nap", nap.unwrap()).unwrap();
    let script = "local number = ... require('neap').sleep('2ms') return nap(number % 5) + number";
    let sum: u64 = runtime.block_on(async {
        let runs = (0..200_u64)
            .map(|number| tokio::spawn(neap::run_async::<u64>(&lua, lua.load(script), number)));
        let mut sum = 0;
        for run in runs.collect::<Vec<_>>() {
            sum += run.await.unwrap().unwrap();
        }
        sum
    });
    assert_eq!(sum, 199 * 100 + 400);
}
