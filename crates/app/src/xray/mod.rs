//! The handshake X-ray: opens a WebREPL up to its first frame, keeps every byte with its time, and says what was seen.

mod record;
mod view;
mod walk;

use std::time::Duration;

use boardwalk_transport::{TlsTrust, WebReplUrl};

pub use view::{Direction, Event, Parsed, ParsedReply, Path, VerdictView, What, Xray};

/// How to look.
#[derive(Debug, Clone, Copy, Default)]
pub struct XrayOptions {
    /// For all of it. Without it each step has its own limit: 5 s for TCP, 8 s for the reply, 5 s for the prompt.
    pub limit: Option<Duration>,
    /// Whose certificate to believe behind `wss://`.
    pub trust: TlsTrust,
}

/// Looks at the handshake with `url`. It does not log in, and it leaves the board free for the next client.
pub async fn xray(url: &WebReplUrl, options: XrayOptions) -> Xray {
    let path = walk::direct(url, options).await;
    Xray { url: url.to_string(), verdict: path.verdict.clone(), paths: vec![path], echoes: Vec::new() }
}
