//! The listening socket: `listen(1)`, there only while the board's server runs.

use std::{io, net::SocketAddr, sync::Arc};

use tokio::{
    net::{TcpListener, TcpSocket, TcpStream},
    sync::{mpsc, watch},
};

use super::net::{Net, Wire};

/// Keeps the port for the board while nobody listens: bound, and deaf.
#[derive(Debug)]
pub(crate) struct Place {
    _socket: TcpSocket,
    pub(crate) address: SocketAddr,
}

impl Place {
    pub(crate) fn take(port: u16) -> io::Result<Self> {
        let socket = bound(SocketAddr::from(([127, 0, 0, 1], port)))?;
        let address = socket.local_addr()?;
        Ok(Self { _socket: socket, address })
    }

    fn listen(&self) -> io::Result<TcpListener> {
        bound(self.address)?.listen(1)
    }
}

fn bound(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket.set_reuseport(true)?;
    socket.bind(address)?;
    Ok(socket)
}

/// Hands callers to the interpreter, one at a time; the kernel keeps two more, and lets the rest knock.
pub(crate) async fn listen(
    place: Place,
    wire: Arc<Wire>,
    mut on: watch::Receiver<bool>,
    to: mpsc::Sender<Net>,
    ready: std::sync::mpsc::SyncSender<()>,
) -> io::Result<()> {
    let mut mode = wire.mode.subscribe();
    loop {
        if on.wait_for(|on| *on).await.is_err() {
            return Ok(());
        }
        let listener = place.listen()?;
        wire.count(|s| s.listening = true);
        let _ = ready.try_send(());
        let mut stuffing = Stuffing::default();
        loop {
            let dropped = mode.borrow_and_update().dropped;
            if dropped {
                stuffing.fill(place.address).await;
            }
            tokio::select! {
                changed = on.changed() => {
                    if changed.is_err() || !*on.borrow_and_update() {
                        break;
                    }
                    // Off and on again before anybody looked.
                    wire.count(|s| s.listening = true);
                }
                _ = mode.changed() => {}
                caller = listener.accept(), if !dropped => {
                    let (stream, peer) = caller?;
                    if !stuffing.is(peer) {
                        let net = Net::new(stream, peer, Arc::clone(&wire));
                        tokio::select! {
                            _ = to.send(net) => {}
                            _ = on.changed() => {}
                        }
                    }
                }
            }
        }
        drop(listener);
        wire.count(|s| s.listening = false);
    }
}

/// Connections of our own that fill the queue of the listening socket: then nobody answers the next SYN, as without a network.
#[derive(Debug, Default)]
struct Stuffing(Vec<(SocketAddr, Option<TcpStream>)>);

impl Stuffing {
    async fn fill(&mut self, address: SocketAddr) {
        while self.0.iter().filter(|(_, stream)| stream.is_some()).count() < 2 {
            let connecting =
                tokio::time::timeout(std::time::Duration::from_millis(100), TcpStream::connect(address));
            let Ok(Ok(stream)) = connecting.await else { return };
            let Ok(own) = stream.local_addr() else { return };
            self.0.push((own, Some(stream)));
        }
    }

    fn is(&mut self, peer: SocketAddr) -> bool {
        let mine = self.0.iter().position(|(own, _)| *own == peer);
        if let Some(at) = mine {
            self.0.remove(at);
        }
        mine.is_some()
    }
}
