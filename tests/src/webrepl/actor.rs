//! One life of a chip on the network: `accept_conn` of webrepl.py and `os.dupterm`, one thing after the other as an interpreter does it.

use std::{io, sync::Arc};

use tokio::sync::{mpsc, watch};

use super::{
    Generation,
    chip::{Chip, News, Next, Refusal, Work},
    frames::End,
    handshake::{Request, Verdict},
    net::{Net, Wire},
    records::{Loss, Session},
};

/// How a chip's life ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Death {
    SoftReset,
    /// Power, reset, panic: nobody says goodbye.
    Hard,
}

pub(crate) struct Actor<'a> {
    chip: Chip,
    wire: Arc<Wire>,
    callers: &'a mut mpsc::Receiver<Net>,
    listening: &'a watch::Sender<bool>,
    waiting: Option<Net>,
    client: Option<Session>,
    /// Firmware 1.19 and older still refers to the socket of the last handshake that failed.
    kept: Option<Net>,
    asked: bool,
    death: Death,
}

impl<'a> Actor<'a> {
    pub(crate) fn new(
        chip: Chip,
        wire: Arc<Wire>,
        callers: &'a mut mpsc::Receiver<Net>,
        listening: &'a watch::Sender<bool>,
    ) -> Self {
        Self {
            chip,
            wire,
            callers,
            listening,
            waiting: None,
            client: None,
            kept: None,
            asked: false,
            death: Death::Hard,
        }
    }

    /// Until the chip is gone.
    pub(crate) async fn run(mut self) {
        while self.step().await.is_some() {}
        self.last_words().await;
        self.listen(false);
        let soft = self.death == Death::SoftReset;
        for mut net in
            self.client.take().map(|c| c.net).into_iter().chain(self.kept.take()).chain(self.waiting.take())
        {
            if soft {
                net.close().await;
            } else {
                net.reset();
            }
        }
        self.wire.count(|s| (s.logged_in, s.in_handshake) = (false, false));
    }

    async fn step(&mut self) -> Option<()> {
        let wanted = self.waiting.is_some();
        if wanted && !self.asked {
            self.ask().await?;
        }
        tokio::select! {
            biased;
            next = self.chip.next() => match next? {
                Next::Word(word) => self.say(&word).await,
                Next::News(News::Polls) => self.turn().await?,
                Next::News(News::Begin(password)) => self.restart(Some(password)).await,
                Next::News(News::End) => self.restart(None).await,
                Next::News(News::SoftReset) => self.death = Death::SoftReset,
                Next::News(News::Answer(_)) => {}
            },
            caller = self.callers.recv(), if !wanted => self.waiting = Some(caller?),
            () = readable(&mut self.client), if !self.asked => self.ask().await?,
        }
        Some(())
    }

    async fn ask(&mut self) -> Option<()> {
        self.asked = true;
        self.chip.ask().await.ok()
    }

    /// What the sockets have for the interpreter, now that it polls them.
    async fn turn(&mut self) -> Option<()> {
        self.asked = false;
        // In the order in which they came: the client that calls again has gone before.
        if let Some(client) = &mut self.client
            && let Err(loss) = client.notify(&mut self.chip).await
        {
            self.lose(loss).await?;
        }
        match self.waiting.take() {
            Some(net) => self.accept(net).await,
            None => Some(()),
        }
    }

    async fn say(&mut self, word: &[u8]) {
        if let Some(client) = &mut self.client
            && let Err(loss) = client.say(word).await
        {
            self.lose(loss).await;
        }
    }

    async fn accept(&mut self, net: Net) -> Option<()> {
        let mut net = net.belong(self.chip.gone.clone());
        let peer = format!("('{}', {})", net.peer.ip(), net.peer.port());
        let rejected = format!("\nConcurrent WebREPL connection from {peer} rejected\n");
        let welcome = format!("\nWebREPL connection from: {peer}\n");
        let old = self.wire.config.generation == Generation::Old;
        if old && self.client.is_some() {
            self.wire.count(|s| s.rejected += 1);
            self.print(&rejected).await?;
            net.close().await;
            return Some(());
        }
        if old {
            self.kept = None;
            self.print(&welcome).await?;
        }
        match self.handshake(&mut net).await? {
            Verdict::Page(parts) => {
                self.release().await?;
                let _ = send(&mut net, &parts).await;
                net.close().await;
                Some(())
            }
            Verdict::Exception { text, closes } => {
                let place = if old { "websocket_helper.py\", line 37" } else { "webrepl.py\", line 42" };
                let trace = format!(
                    "Traceback (most recent call last):\n  File \"webrepl.py\", in accept_conn\n  File \"{place}, in server_handshake\n{text}\n"
                );
                self.print(&trace).await?;
                if closes {
                    net.close().await;
                } else {
                    self.kept = Some(net);
                }
                Some(())
            }
            Verdict::Upgrade(parts) => {
                let sent = send(&mut net, &parts).await;
                self.wire.count(|s| s.upgraded += 1);
                if self.client.is_some() {
                    self.wire.count(|s| s.rejected += 1);
                    self.print(&rejected).await?;
                    net.close().await;
                    return Some(());
                }
                if old {
                    self.release().await?
                } else {
                    self.print(&welcome).await?
                }
                if sent.is_err() {
                    return Some(());
                }
                match Session::begin(net, Arc::clone(&self.wire)).await {
                    Ok(session) => {
                        self.client = Some(session);
                        Some(())
                    }
                    Err(loss) => self.lose(loss).await,
                }
            }
        }
    }

    /// Reads the request while the interpreter stands still, for as long as the client takes.
    async fn handshake(&mut self, net: &mut Net) -> Option<Verdict> {
        self.call(Work::Hold, &[]).await?;
        self.wire.count(|s| s.in_handshake = true);
        let mut request = Request::new(self.wire.config.generation);
        let gone = self.chip.gone.clone();
        let verdict = loop {
            let byte = tokio::select! {
                byte = net.byte() => byte,
                () = gone.cancelled() => return None,
            };
            if let Some(verdict) = request.take(byte) {
                break verdict;
            }
        };
        self.wire.count(|s| s.in_handshake = false);
        Some(verdict)
    }

    /// `mp_os_deactivate`.
    async fn lose(&mut self, loss: Loss) -> Option<()> {
        let client = self.client.take();
        self.wire.count(|s| s.logged_in = false);
        let text = match loss {
            Loss::Eof => "dupterm: EOF received, deactivating\n".to_owned(),
            Loss::Exception(text) => format!("dupterm: Exception in read() method, deactivating: {text}\n"),
            Loss::InWrite(End::Errno(number, name)) => {
                format!(
                    "dupterm: Exception in write() method, deactivating: OSError: [Errno {number}] {name}\n"
                )
            }
            Loss::InWrite(End::Eof) => "dupterm: EOF received, deactivating\n".to_owned(),
            Loss::Panic => {
                if let Some(mut client) = client {
                    client.net.reset();
                }
                return self.chip.panic().await.ok();
            }
            Loss::Chip => {
                self.client = client;
                return None;
            }
        };
        let printed = self.print(&text).await;
        if let Some(client) = client {
            client.net.close().await;
        }
        printed
    }

    /// `webrepl.start()` with a password, or `webrepl.stop()`.
    async fn restart(&mut self, password: Option<Vec<u8>>) {
        self.listen(password.is_some());
        self.wire.count(|s| s.logged_in = false);
        for net in self.client.take().map(|c| c.net).into_iter().chain(self.kept.take()) {
            net.close().await;
        }
        if let Some(password) = password {
            self.wire.set_password(password);
        }
    }

    fn listen(&self, on: bool) {
        if !on {
            // Now, not when the listener has heard of it: whoever sees a connection end sees this as well.
            self.wire.count(|s| s.listening = false);
        }
        self.listening.send_replace(on);
    }

    /// What the interpreter said before its reset still goes out.
    async fn last_words(&mut self) {
        while self.client.is_some()
            && let Some(word) = self.chip.next_word().await
        {
            if let Some(client) = &mut self.client
                && client.say(&word).await.is_err()
            {
                return;
            }
        }
    }

    async fn print(&mut self, text: &str) -> Option<()> {
        self.call(Work::Print, text.as_bytes()).await
    }

    async fn release(&mut self) -> Option<()> {
        self.call(Work::Release, &[]).await
    }

    async fn call(&mut self, work: Work, data: &[u8]) -> Option<()> {
        match self.chip.call(work, data).await {
            Ok(_) | Err(Refusal::Exception(_)) => Some(()),
            Err(Refusal::Gone) => None,
        }
    }
}

async fn readable(client: &mut Option<Session>) {
    match client {
        Some(client) => client.readable().await,
        None => std::future::pending().await,
    }
}

async fn send(net: &mut Net, parts: &[Vec<u8>]) -> io::Result<()> {
    for part in parts {
        net.write(part).await.map_err(|_| io::ErrorKind::ConnectionReset)?;
    }
    Ok(())
}
