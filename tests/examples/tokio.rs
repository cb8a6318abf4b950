//! Lua tasks on an async executor, whose thread they never block: they fetch from an HTTP server,
//! which here runs on that very thread. [`drive`] and [`install`] are what it takes.

use std::convert::Infallible;
use std::error::Error;
use std::io;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Instant;

use http_body_util::{BodyExt, Empty, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::{TokioExecutor, TokioIo};
use mlua::{Function, Lua, MultiValue, ObjectLike, Result, Table};
use tokio::net::TcpListener;
use tokio::sync::{Barrier, Notify};
use tokio::task::{LocalSet, spawn_local, yield_now};

const SCRIPT: &str = r#"
local neap = require "neap"

neap.spawn(function()
  neap.sleep("20ms")
  print "three have asked; here is the fourth"
  print(fetch(server .. "/tide/Vigo"):wait())
end)

local tides = {}
for i, harbour in ipairs { "Brest", "Dover", "Ostend" } do
  tides[i] = fetch(server .. "/tide/" .. harbour)
end
for _, tide in ipairs(neap.all(tides)) do print(tide) end
print(neap.pcall(neap.await, fetch(server .. "/moon")))
"#;

/// Runs the Lua tasks until none is left: a tick, then whatever is first of the next deadline and of
/// an answer.
pub async fn drive(lua: &Lua, answered: &Notify) -> Result<()> {
    while let Some(idle) = neap::step(lua)? {
        if idle.is_zero() {
            yield_now().await;
            continue;
        }
        tokio::select! {
            () = tokio::time::sleep(idle) => {}
            () = answered.notified() => {}
        }
    }
    Ok(())
}

/// Installs neap, and `fetch(url)`: a future of the text that is found there.
pub fn install(lua: &Lua, answered: Rc<Notify>) -> Result<()> {
    let start = Instant::now();
    neap::install_clock(lua, move || start.elapsed())?;
    let new_future: Function = lua.load("require('neap').future").eval()?;
    let client = Client::builder(TokioExecutor::new()).build_http();
    let fetch = move |_: &Lua, url: String| {
        let future: Table = new_future.call(())?;
        let (client, answered, settled) = (client.clone(), answered.clone(), future.clone());
        spawn_local(async move {
            match get(&client, &url).await {
                Ok(text) => settled.call_method::<()>("resolve", text)?,
                Err(error) => settled.call_method::<()>("reject", format!("{url}: {error}"))?,
            }
            answered.notify_one();
            Result::Ok(())
        });
        Ok(future)
    };
    lua.globals().set("fetch", lua.create_function(fetch)?)
}

/// Runs a script, and the tasks that it starts; gives what it returns.
pub async fn run(lua: &Lua, answered: &Notify, script: &str) -> Result<MultiValue> {
    let spawn: Function = lua.load("require('neap').spawn").eval()?;
    let task: Table = spawn.call(lua.load(script).into_function()?)?;
    drive(lua, answered).await?;
    task.call_method("wait", ())
}

type HttpClient = Client<HttpConnector, Empty<Bytes>>;

async fn get(client: &HttpClient, url: &str) -> std::result::Result<String, Box<dyn Error>> {
    let response = client.get(url.parse()?).await?;
    if !response.status().is_success() {
        return Err(response.status().to_string().into());
    }
    let body = response.into_body().collect().await?;
    Ok(String::from_utf8_lossy(&body.to_bytes()).into_owned())
}

/// Serves HTTP on a free port, and gives its address. A request for a tide is answered when `crowd`
/// of them have come: whoever asks for one after the other gets none.
pub async fn serve(crowd: usize) -> io::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = format!("http://{}", listener.local_addr()?);
    let gate = Arc::new(Barrier::new(crowd));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let gate = gate.clone();
            let service = service_fn(move |request| answer(request, gate.clone()));
            tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        }
    });
    Ok(address)
}

async fn answer(
    request: Request<Incoming>,
    gate: Arc<Barrier>,
) -> std::result::Result<Response<Full<Bytes>>, Infallible> {
    let mut response = Response::default();
    match request.uri().path().strip_prefix("/tide/") {
        Some(harbour) => {
            gate.wait().await;
            *response.body_mut() = format!("high water at {harbour}").into();
        }
        None => *response.status_mut() = StatusCode::NOT_FOUND,
    }
    Ok(response)
}

#[tokio::main(flavor = "current_thread")]
pub async fn main() -> Result<()> {
    let (lua, answered) = (Lua::new(), Rc::new(Notify::new()));
    install(&lua, answered.clone())?;
    lua.globals().set("server", serve(4).await?)?;
    // Lua's values stay on their thread, and so do the futures that hold them.
    LocalSet::new().run_until(run(&lua, &answered, SCRIPT)).await.map(drop)
}
