//! A far end played byte by byte, for what no real board can be made to show.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use boardwalk_device::{Attach, Session, SessionOptions, State, Terminal};
use boardwalk_transport::{
    Dial, Link, LinkFeed, LinkInfo, LinkKind, LinkPeer, Outgoing, Target, TransportError,
};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use tokio::sync::mpsc;

use crate::desk::soon;

/// Opens lines that were made before, one after the other.
pub(crate) struct Lines {
    target: Target,
    lines: VecDeque<Link>,
    /// How often the other line policy was asked for; there is one the first time.
    pub(crate) swaps: Arc<AtomicUsize>,
}

impl Lines {
    pub(crate) fn new(count: usize) -> (Self, Vec<FarEnd>) {
        let target: Target = "serial:/dev/played".parse().unwrap();
        let (lines, ends) = (0..count)
            .map(|_| {
                let (link, peer) = Link::pair(LinkInfo::plain(target.clone(), LinkKind::Serial));
                (link, FarEnd::new(peer))
            })
            .unzip();
        (Self { target, lines, swaps: Arc::default() }, ends)
    }
}

impl Dial for Lines {
    fn target(&self) -> &Target {
        &self.target
    }

    fn dial(&mut self) -> BoxFuture<'_, Result<Link, TransportError>> {
        let next = self.lines.pop_front();
        async { next.ok_or(TransportError::PortNotFound { path: "/dev/played".into() }) }.boxed()
    }

    fn wait_until_present(&mut self) -> BoxFuture<'_, ()> {
        if self.lines.is_empty() { futures::future::pending().boxed() } else { async {}.boxed() }
    }

    fn is_present(&mut self) -> BoxFuture<'_, bool> {
        let there = !self.lines.is_empty();
        async move { there }.boxed()
    }

    fn try_other_line_policy(&mut self) -> bool {
        self.swaps.fetch_add(1, Ordering::SeqCst) == 0
    }
}

pub(crate) struct FarEnd {
    feed: LinkFeed,
    heard: mpsc::Receiver<Vec<u8>>,
    unread: Vec<u8>,
}

impl FarEnd {
    fn new(peer: LinkPeer) -> Self {
        let (feed, mut drain) = peer.split();
        let (to, heard) = mpsc::channel(1024);
        tokio::spawn(async move {
            while let Some(next) = drain.next().await {
                match next {
                    Outgoing::Data(bytes) => {
                        if to.send(bytes.to_vec()).await.is_err() {
                            return;
                        }
                    }
                    Outgoing::Flush(done) => drop(done.send(())),
                    Outgoing::Signals(_, done) => drop(done.send(Ok(()))),
                    // A serial line has no file records.
                    Outgoing::Record(_) => {}
                }
            }
        });
        Self { feed, heard, unread: Vec::new() }
    }

    pub(crate) async fn says(&self, bytes: &[u8]) {
        soon(self.feed.push(bytes.to_vec().into())).await.expect("the line is open");
    }

    /// Waits for bytes, and gives what came before them.
    pub(crate) async fn hears(&mut self, needle: &[u8]) -> Vec<u8> {
        let waiting = async {
            loop {
                if let Some(at) = self.unread.windows(needle.len()).position(|w| w == needle) {
                    let mut before: Vec<u8> = self.unread.drain(..at + needle.len()).collect();
                    before.truncate(at);
                    return before;
                }
                let more = self.heard.recv().await;
                let more = more.unwrap_or_else(|| panic!("the line ended; heard {:?}", self.unread));
                self.unread.extend(more);
            }
        };
        soon(waiting).await
    }

    /// As a board at its prompt, up to the raw REPL with raw-paste granted.
    pub(crate) async fn greets(&mut self) {
        self.hears(b"\r").await;
        self.says(b"\r\n>>> ").await;
    }

    pub(crate) fn ends(self) {
        self.feed.fail(TransportError::Unplugged { path: "/dev/played".into() });
    }
}

/// A gentle session on the first of `count` lines.
pub(crate) async fn session(count: usize, reconnect: bool) -> (Session, Terminal, Vec<FarEnd>) {
    let (lines, ends) = Lines::new(count);
    let options = SessionOptions { attach: Attach::Gently, reconnect };
    let (session, terminal) = Session::open(lines, options).await.unwrap();
    (session, terminal, ends)
}

pub(crate) async fn is_ready(session: &Session) {
    soon(session.wait_for(|s| *s == State::Ready)).await.expect("the session lives");
}
