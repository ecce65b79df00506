//! Gets the text of a script, from a file or over HTTP, never through a proxy. The caller sets the deadline.

use std::path::{Path, PathBuf};

use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::body::Bytes;
use hyper::header::{ACCEPT, HOST, LOCATION};
use hyper::{Request, Response, body::Incoming, client::conn::http1};
use hyper_util::rt::TokioIo;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;
use tokio_util::task::AbortOnDropHandle;
use url::Url;

use super::engine::shown;
use super::error::ScriptError;
use crate::webrepl::{Stream, TlsTrust, tls_wrap};

/// The largest script, in bytes.
const MOST: usize = 1 << 20;
/// So often a server may send us elsewhere.
const REDIRECTS: usize = 3;

pub(super) async fn fetch(place: &str) -> Result<Vec<u8>, ScriptError> {
    if place.starts_with('/') || place.get(1..3) == Some(":\\") {
        return file(Path::new(place)).await;
    }
    let url = Url::parse(place).map_err(|_| ScriptError::Place)?;
    match url.scheme() {
        "file" => file(&url.to_file_path().map_err(|()| ScriptError::Place)?).await,
        "http" | "https" => web(url).await,
        _ => Err(ScriptError::Place),
    }
}

async fn file(path: &Path) -> Result<Vec<u8>, ScriptError> {
    let path = PathBuf::from(path);
    // Opening a named pipe would wait for its other end.
    let plain = tokio::fs::metadata(&path).await.map_err(not_read)?.is_file();
    if !plain {
        return Err(not_read("it is no file"));
    }
    let mut bytes = Vec::new();
    let open = tokio::fs::File::open(&path).await.map_err(not_read)?;
    open.take(MOST as u64 + 1).read_to_end(&mut bytes).await.map_err(not_read)?;
    if bytes.len() > MOST { Err(ScriptError::TooLarge) } else { Ok(bytes) }
}

async fn web(mut url: Url) -> Result<Vec<u8>, ScriptError> {
    for _ in 0..=REDIRECTS {
        let (response, _connection) = get(&url).await?;
        let status = response.status();
        if status.is_redirection() {
            let to = response.headers().get(LOCATION).and_then(|to| to.to_str().ok());
            let next = to.and_then(|to| url.join(to).ok()).filter(|next| next.scheme().starts_with("http"));
            url = next.ok_or_else(|| not_read("the server sends us nowhere"))?;
            continue;
        }
        if !status.is_success() {
            return Err(not_read(format!("the server answered {status}")));
        }
        return match Limited::new(response.into_body(), MOST).collect().await {
            Ok(body) => Ok(body.to_bytes().to_vec()),
            Err(error) if error.is::<http_body_util::LengthLimitError>() => Err(ScriptError::TooLarge),
            Err(error) => Err(not_read(error)),
        };
    }
    Err(not_read("the server sends us around"))
}

/// The answer, and the task that reads on while it is kept.
async fn get(url: &Url) -> Result<(Response<Incoming>, AbortOnDropHandle<()>), ScriptError> {
    let host = url.host_str().ok_or(ScriptError::Place)?;
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let port = url.port_or_known_default().ok_or(ScriptError::Place)?;
    let tcp = TcpStream::connect((bare, port)).await.map_err(not_read)?;
    let stream: Box<dyn Stream> = if url.scheme() == "https" {
        Box::new(tls_wrap(tcp, bare, TlsTrust::Platform).await.map_err(not_read)?)
    } else {
        Box::new(tcp)
    };
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(not_read)?;
    let target = url.query().map_or(url.path().to_owned(), |query| format!("{}?{query}", url.path()));
    let authority = url.port().map_or(host.to_owned(), |port| format!("{host}:{port}"));
    let request = Request::get(target)
        .header(HOST, authority)
        .header(ACCEPT, "application/x-ns-proxy-autoconfig, */*")
        .body(Empty::<Bytes>::new())
        .map_err(not_read)?;
    let connection = AbortOnDropHandle::new(tokio::spawn(async move {
        let _ = connection.await;
    }));
    let response = sender.send_request(request).await.map_err(not_read)?;
    Ok((response, connection))
}

fn not_read(because: impl ToString) -> ScriptError {
    ScriptError::NotRead { because: shown(&because.to_string()) }
}
