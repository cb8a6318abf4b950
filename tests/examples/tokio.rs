//! Lua tasks on an async executor, whose thread they never block: they fetch from an HTTP server,
//! which here runs on that very thread. [`install`] is all that it takes.

use std::convert::Infallible;
use std::error::Error as StdError;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use http_body_util::{BodyExt, Empty, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::{TokioExecutor, TokioIo};
use neap::mlua::{Error, Lua, Result};
use tokio::net::TcpListener;
use tokio::sync::Barrier;

const SCRIPT: &str = r#"
local neap = require "neap"
local server = ...

neap.spawn(function()
  neap.sleep("20ms")
  print "three have asked; here is the fourth"
  print(fetch(server .. "/tide/Vigo"))
end)

local tides = {}
for i, harbour in ipairs { "Brest", "Dover", "Ostend" } do
  tides[i] = neap.spawn(fetch, server .. "/tide/" .. harbour)
end
for _, tide in ipairs(neap.all(tides)) do print(tide) end
print(neap.pcall(neap.timeout, "20ms", fetch, server .. "/tide/Lisbon"))
"#;

/// Installs neap, and `fetch(url)`, which gives the text that is found there.
pub fn install(lua: &Lua) -> Result<()> {
    neap::install_async(lua, neap::Tokio)?;
    let client = Client::builder(TokioExecutor::new()).build_http();
    let fetch = lua.create_async_function(move |_, url: String| {
        let client = client.clone();
        async move {
            let text = get(&client, &url).await;
            text.map_err(|error| Error::runtime(format!("{url}: {error}")))
        }
    })?;
    lua.globals().set("fetch", fetch)
}

type HttpClient = Client<HttpConnector, Empty<Bytes>>;

async fn get(client: &HttpClient, url: &str) -> std::result::Result<String, Box<dyn StdError>> {
    let response = client.get(url.parse()?).await?;
    if !response.status().is_success() {
        return Err(response.status().to_string().into());
    }
    let body = response.into_body().collect().await?;
    Ok(String::from_utf8_lossy(&body.to_bytes()).into_owned())
}

/// The requests that the server is at work on.
pub static UNDER_WAY: AtomicUsize = AtomicUsize::new(0);

/// One of them; over when it is answered, or its client is gone.
struct UnderWay;

impl UnderWay {
    fn begin() -> Self {
        UNDER_WAY.fetch_add(1, SeqCst);
        Self
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        UNDER_WAY.fetch_sub(1, SeqCst);
    }
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
    let _under_way = UnderWay::begin();
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
    let lua = Lua::new();
    install(&lua)?;
    let server = serve(4).await?;
    neap::run_async(&lua, lua.load(SCRIPT), server).await
}
