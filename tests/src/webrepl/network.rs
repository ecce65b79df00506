use std::{io, path::Path, sync::Arc, time::Duration};

use tokio::sync::{mpsc, watch};

use super::{
    NetStats, TlsFront, WebRepl,
    actor::Actor,
    chip::Door,
    describe::Start,
    listener::{Place, listen},
    net::{Mode, Wire},
    worker::Worker,
};
use crate::{BoardError, Direction, builder::Fault, error::Context as _};

/// How long a step that only depends on our own threads may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// The network side of a running board. Without [`crate::Builder::webrepl`] nothing happens here.
#[derive(Debug)]
pub struct Network {
    wire: Arc<Wire>,
    port: u16,
    running: Option<Worker>,
    tls: Option<TlsFront>,
    /// Somebody listens for the first time.
    ready: Option<std::sync::mpsc::Receiver<()>>,
}

impl Network {
    pub(crate) fn none() -> Self {
        Self { wire: Arc::new(Wire::new(WebRepl::new())), port: 0, running: None, ready: None, tls: None }
    }

    /// Takes the port and waits for a chip at `door`.
    pub(crate) fn start(config: WebRepl, door: &Path) -> Result<Self, BoardError> {
        if !cfg!(target_os = "linux") {
            return Err(BoardError::NotPossible(
                "the test WebREPL needs Linux: elsewhere the interpreter's words cannot be told apart",
            ));
        }
        let wire = Arc::new(Wire::new(config));
        let (tell, ready) = std::sync::mpsc::sync_channel(1);
        let shared = Arc::clone(&wire);
        let (port, worker) = Worker::start("webrepl", || {
            let place = Place::take(shared.config.port).context("a port for WebREPL")?;
            let door = Door::open(door).context("a socket for the chip")?;
            Ok((place.address.port(), serve(shared, place, door, tell)))
        })?;
        let tls = if wire.config.tls { Some(TlsFront::start(port)?) } else { None };
        Ok(Self { wire, port, running: Some(worker), ready: Some(ready), tls })
    }

    /// `ws://127.0.0.1:PORT`; with [`WebRepl::tls`] `wss://localhost:PORT` of its front.
    pub fn url(&self) -> String {
        self.tls.as_ref().map_or_else(|| format!("ws://127.0.0.1:{}", self.port), TlsFront::url)
    }

    /// What stands in front of a board made with [`WebRepl::tls`].
    pub fn tls(&self) -> Option<&TlsFront> {
        self.tls.as_ref()
    }

    /// The TCP port, whether somebody listens there or not; 0 without a WebREPL.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// TCP connections that the board holds open now.
    pub fn clients(&self) -> u32 {
        self.stats().clients
    }

    /// Whether a client has the REPL, as far as the board knows.
    pub fn logged_in(&self) -> bool {
        self.stats().logged_in
    }

    /// TCP connections that the interpreter has accepted since the start.
    pub fn connections(&self) -> u64 {
        self.stats().connections
    }

    /// All counters.
    pub fn stats(&self) -> NetStats {
        *self.wire.stats.borrow()
    }

    /// The counters as they change.
    pub fn watch(&self) -> watch::Receiver<NetStats> {
        self.wire.stats.subscribe()
    }

    /// Waits until `reached` holds for the counters, and gives them. Put a deadline around it.
    pub async fn until(&self, reached: impl FnMut(&NetStats) -> bool) -> NetStats {
        match self.watch().wait_for(reached).await {
            Ok(stats) => *stats,
            // The sender lives as long as this.
            Err(_) => self.stats(),
        }
    }

    /// The board's end neither reads nor answers any more; connections stand, and new ones are taken.
    pub fn half_open(&self) {
        self.change(|m| m.half_open = true);
    }

    /// Nothing passes, nobody answers a connection attempt, and neither side is told. What is on its way waits.
    pub fn drop_network(&self) {
        self.change(|m| m.dropped = true);
    }

    /// After [`Network::drop_network`] and [`Network::half_open`].
    pub fn restore_network(&self) {
        self.change(|m| (m.dropped, m.half_open) = (false, false));
    }

    /// Every connection is reset, in both directions.
    pub fn rst(&self) {
        self.change(|m| m.resets += 1);
    }

    /// The board notices which of its clients are gone, for one made with [`WebRepl::keeps_ghosts`].
    pub fn notice_ghosts(&self) {
        self.change(|m| m.notices += 1);
    }

    /// Every byte from the board in a TCP segment of its own, from now on.
    pub fn split_every_byte(&self, on: bool) {
        self.change(|m| m.split = on);
    }

    /// Every piece from the board comes so much later, from now on.
    pub fn delay(&self, delay: Option<Duration>) {
        self.change(|m| m.delay = delay);
    }

    /// The connection closes when `n` more bytes have passed in this direction.
    pub fn close_after(&self, way: Direction, n: u64) {
        self.wire.add_fault(way, Fault::Cut { after: n });
    }

    /// The byte after the next `n` arrives changed by exclusive or with `xor`, or not at all if `xor` is 0.
    pub fn corrupt_after(&self, way: Direction, n: u64, xor: u8) {
        self.wire.add_fault(way, Fault::Change { at: n, xor });
    }

    /// Returns when somebody listens, if that is to be.
    pub(crate) fn wait_ready(&mut self) -> Result<(), BoardError> {
        match self.ready.take() {
            Some(ready) if self.wire.config.start != Start::Program => ready
                .recv_timeout(PATIENCE)
                .map_err(|_| BoardError::NotUp("its WebREPL does not listen".into())),
            _ => Ok(()),
        }
    }

    pub(crate) fn stop(&mut self) {
        (self.tls, self.running) = (None, None);
    }

    fn change(&self, change: impl FnOnce(&mut Mode)) {
        self.wire.mode.send_modify(change);
    }
}

async fn serve(
    wire: Arc<Wire>,
    place: Place,
    door: Door,
    ready: std::sync::mpsc::SyncSender<()>,
) -> io::Result<()> {
    let listening = watch::Sender::new(false);
    let (to, mut callers) = mpsc::channel(1);
    let listener = tokio::spawn(listen(place, Arc::clone(&wire), listening.subscribe(), to, ready));
    let mut first = true;
    while !listener.is_finished() {
        let chip = door.next().await?;
        // Whoever called the last chip has been forgotten.
        while callers.try_recv().is_ok() {}
        let starts = match wire.config.start {
            Start::EveryBoot => true,
            Start::Once => std::mem::take(&mut first),
            Start::Program => false,
        };
        if starts {
            listening.send_replace(true);
        }
        Actor::new(chip, Arc::clone(&wire), &mut callers, &listening).run().await;
    }
    Ok(())
}
