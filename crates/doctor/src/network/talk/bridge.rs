//! A session on a connection that is open already.

use boardwalk_device::{Attach, DeviceError, Session, SessionOptions, Terminal};
use boardwalk_protocol::websocket::frame::{Frame, Opcode, frames};
use boardwalk_transport::{
    Dial, DropCause, Link, LinkInfo, LinkKind, LinkPeer, NetworkError, Outgoing, Target, TransportError,
    steps,
};
use bytes::BytesMut;
use futures::future::{BoxFuture, FutureExt as _};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, ReadHalf, WriteHalf};

use crate::xray::{Conversation, Recorder, mask};

/// What one read may bring, in bytes.
const READ_MOST: usize = 4096;

impl Conversation {
    /// Gives the connection, with the login done, to a session. It attaches gently and does not reconnect.
    pub(crate) async fn session(self, target: Target) -> Result<(Session, Terminal), DeviceError> {
        let (mut link, peer) = Link::pair(LinkInfo::plain(target.clone(), LinkKind::WebRepl));
        // The doctor moves no files: nobody waits for an answer to the question after records.
        drop(link.take_records());
        tokio::spawn(carry(self, peer, target.clone()));
        let dial = Once { target, link: Some(link) };
        Session::open(dial, SessionOptions { attach: Attach::Gently, reconnect: false }).await
    }
}

/// Dials what is open already, once.
struct Once {
    target: Target,
    link: Option<Link>,
}

impl Dial for Once {
    fn target(&self) -> &Target {
        &self.target
    }

    fn dial(&mut self) -> BoxFuture<'_, Result<Link, TransportError>> {
        std::future::ready(self.link.take().ok_or(TransportError::Closed)).boxed()
    }

    fn wait_until_present(&mut self) -> BoxFuture<'_, ()> {
        std::future::pending().boxed()
    }

    fn is_present(&mut self) -> BoxFuture<'_, bool> {
        std::future::ready(self.link.is_some()).boxed()
    }
}

/// Carries bytes between the frames and the session until one of them ends.
async fn carry(conversation: Conversation, peer: LinkPeer, target: Target) {
    let Conversation { stream, mut decoder, mut unread, text, .. } = conversation;
    let (mut reading, mut writing) = tokio::io::split(stream);
    let (feed, mut drain) = peer.split();
    let host = target.to_string();
    let dropped = |cause| NetworkError::Dropped { host: host.clone(), cause };
    let receive = async {
        if feed.push(text).await.is_err() {
            return;
        }
        let ended = loop {
            match decoder.next(&mut unread) {
                Ok(Some(Frame::Text(text))) => {
                    if feed.push(text).await.is_err() {
                        return;
                    }
                }
                Ok(Some(Frame::Close { .. })) => break dropped(DropCause::Goodbye),
                Ok(Some(_)) => {}
                Ok(None) => match read(&mut reading, &mut unread).await {
                    Ok(0) => break dropped(DropCause::End),
                    Ok(_) => {}
                    Err(_) => break dropped(DropCause::Reset),
                },
                Err(error) => break NetworkError::BadFrame { host: host.clone(), error },
            }
        };
        feed.fail(ended.into());
    };
    let send = async {
        while let Some(next) = drain.next().await {
            match next {
                Outgoing::Data(bytes) => {
                    for frame in frames(Opcode::Text, &bytes, mask) {
                        if write(&mut writing, &frame).await.is_err() {
                            return;
                        }
                    }
                }
                Outgoing::Flush(done) => drop(done.send(())),
                Outgoing::Signals(_, done) => drop(done.send(Ok(()))),
                Outgoing::Record(_) => {}
            }
        }
    };
    tokio::select! {
        () = receive => {}
        () = send => {}
    }
    // The board is free for the next client.
    let _ = write(&mut writing, &steps::goodbye()).await;
    let _ = writing.shutdown().await;
}

async fn read(stream: &mut ReadHalf<Recorder>, into: &mut BytesMut) -> std::io::Result<usize> {
    into.reserve(READ_MOST);
    stream.read_buf(into).await
}

async fn write(stream: &mut WriteHalf<Recorder>, bytes: &[u8]) -> std::io::Result<()> {
    stream.write_all(bytes).await?;
    stream.flush().await
}
