//! `_webrepl_read` of modwebrepl.c: password, REPL bytes, file records. It trusts the client.

use std::{sync::Arc, time::Duration};

use super::{
    Variant,
    chip::{Chip, Refusal, Work},
    frames::{End, Frames, Read, frame},
    net::{Arrival, Net, Wire},
};

const TEXT: u8 = 1;
const BINARY: u8 = 2;
/// `struct webrepl_file`.
const HEADER: usize = 82;
const NAME: std::ops::Range<usize> = 18..82;
/// A piece of a PUT as the board takes it off the socket.
const PIECE: usize = 512;
/// A piece of a GET.
const CHUNK: usize = 256;
/// How much is written to flash at once; the board writes every piece, which nobody can tell apart.
const WRITE: usize = 4096;
const ESP8266_DELAY: Duration = Duration::from_millis(20);
const CTRL_C: u8 = 3;
/// `sys.implementation.version` of the interpreter.
const VERSION: [u8; 3] = [1, 29, 0];

/// A client with a WebSocket: the object that `os.dupterm` holds.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) net: Net,
    pub(crate) logged_in: bool,
    wire: Arc<Wire>,
    frames: Frames,
    typed: Vec<u8>,
    header: Vec<u8>,
    file: File,
    more: bool,
}

#[derive(Debug)]
enum File {
    None,
    Put {
        left: usize,
        unwritten: Vec<u8>,
    },
    Get {
        ahead: Vec<u8>,
        at_end: bool,
    },
    /// An unknown type: the file is open, and nothing more happens.
    Stuck,
}

/// Why `os.dupterm` lets the client go.
#[derive(Debug)]
pub(crate) enum Loss {
    /// read() gave 0.
    Eof,
    /// read() raised this.
    Exception(String),
    /// write() raised this.
    InWrite(End),
    /// A failed assertion.
    Panic,
    /// The chip is gone.
    Chip,
}

impl From<Refusal> for Loss {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Gone => Self::Chip,
            Refusal::Exception(text) => Self::Exception(text),
        }
    }
}

impl Session {
    /// Greets the client with the password prompt.
    pub(crate) async fn begin(net: Net, wire: Arc<Wire>) -> Result<Self, Loss> {
        let mut session = Self {
            net,
            logged_in: false,
            wire,
            frames: Frames::new(Vec::new()),
            typed: Vec::new(),
            header: Vec::new(),
            file: File::None,
            more: false,
        };
        session.send(TEXT, b"Password: ").await?;
        Ok(session)
    }

    /// Returns when the board has something to read. Cancel safe.
    pub(crate) async fn readable(&mut self) {
        if !self.more {
            self.net.readable().await;
        }
    }

    /// `os.dupterm_notify`: takes everything that is there, up to the next Ctrl-C.
    pub(crate) async fn notify(&mut self, chip: &mut Chip) -> Result<(), Loss> {
        let mut repl = Vec::new();
        let result = self.drain(chip, &mut repl).await;
        if !repl.is_empty() {
            chip.type_in(&repl).await.map_err(|_| Loss::Chip)?;
        }
        result
    }

    /// The interpreter says something.
    pub(crate) async fn say(&mut self, word: &[u8]) -> Result<(), Loss> {
        if !self.logged_in {
            return Ok(()); // Not before the password.
        }
        if self.wire.config.byte_frames {
            for byte in word {
                self.send(TEXT, &[*byte]).await?;
            }
            return Ok(());
        }
        self.send(TEXT, word).await
    }

    async fn drain(&mut self, chip: &mut Chip, repl: &mut Vec<u8>) -> Result<(), Loss> {
        loop {
            self.more = false;
            if repl.len() >= WRITE {
                chip.type_in(&std::mem::take(repl)).await.map_err(|_| Loss::Chip)?;
            }
            let Some(byte) = self.read(1).await? else { return self.write_down(chip).await };
            let byte = byte[0];
            if !self.logged_in {
                self.password(byte).await?;
            } else if self.frames.is_text() {
                repl.push(byte);
                if byte == CTRL_C {
                    // mp_os_dupterm_rx_chr: the loop of the notification ends here; what follows waits for the next one.
                    self.more = true;
                    return self.write_down(chip).await;
                }
            } else {
                self.binary(byte, chip).await?;
            }
        }
    }

    /// Whether something more has come from the network.
    fn fill(&mut self) -> bool {
        match self.net.take() {
            Some(Arrival::Bytes(bytes)) => self.frames.feed(&bytes),
            Some(Arrival::End(end)) => self.frames.finish(end),
            None => return false,
        }
        true
    }

    /// `None`: nothing there now.
    async fn read(&mut self, size: usize) -> Result<Option<Vec<u8>>, Loss> {
        let read = loop {
            match self.frames.read(size) {
                Read::Again if self.fill() => {}
                read => break read,
            }
        };
        match read {
            Read::Data(data) => Ok(Some(data)),
            Read::Again => Ok(None),
            Read::Close => {
                // websocket_write() puts its usual header in front of these two bytes, so they arrive as a text frame.
                self.send(TEXT, &[0x88, 0]).await?;
                Err(Loss::Eof)
            }
            Read::End(End::Eof) => Err(Loss::Eof),
            Read::End(End::Errno(number, name)) => {
                Err(Loss::Exception(format!("OSError: [Errno {number}] {name}")))
            }
        }
    }

    async fn password(&mut self, byte: u8) -> Result<(), Loss> {
        if byte != b'\r' && byte != b'\n' {
            if self.typed.len() < 10 {
                self.typed.push(byte);
            }
            return Ok(());
        }
        // strcmp().
        let typed = self.typed.split(|b| *b == 0).next().unwrap_or_default();
        if typed != self.wire.password() {
            self.wire.count(|s| s.denied += 1);
            self.send(TEXT, b"\r\nAccess denied\r\n").await?;
            return Err(Loss::Eof);
        }
        self.send(TEXT, b"\r\nWebREPL connected\r\n>>> ").await?;
        self.logged_in = true;
        self.wire.count(|s| (s.logins, s.logged_in) = (s.logins + 1, true));
        Ok(())
    }

    async fn binary(&mut self, byte: u8, chip: &mut Chip) -> Result<(), Loss> {
        match &mut self.file {
            File::None => {
                self.header.push(byte);
                let rest = HEADER - self.header.len();
                if rest > 0
                    && let Some(more) = self.read(rest).await?
                {
                    self.header.extend(more);
                }
                if self.header.len() == HEADER { self.open(chip).await } else { Ok(()) }
            }
            File::Put { left, .. } => {
                *left -= 1;
                let more = match (*left).min(PIECE - 1) {
                    0 => Vec::new(),
                    wanted => match self.read(wanted).await? {
                        Some(more) => more,
                        // The read fails, and the byte that was already taken is forgotten.
                        None if self.wire.config.lonely => return Ok(()),
                        None => Vec::new(),
                    },
                };
                self.put(byte, &more, chip).await
            }
            File::Get { .. } => self.chunk(chip).await,
            File::Stuck => Ok(()),
        }
    }

    async fn open(&mut self, chip: &mut Chip) -> Result<(), Loss> {
        let header = std::mem::take(&mut self.header);
        let kind = header[2];
        if kind == 3 {
            return self.send(BINARY, &VERSION).await;
        }
        let name = header[NAME].split(|b| *b == 0).next().unwrap_or_default();
        let size = u32::from_le_bytes([header[12], header[13], header[14], header[15]]);
        chip.call(if kind == 1 { Work::OpenToWrite } else { Work::OpenToRead }, name).await?;
        self.wire.count(|s| s.opened_files += 1);
        self.answer().await?;
        match kind {
            1 if size == 0 => self.finish(chip).await,
            1 => {
                self.file = File::Put { left: size as usize, unwritten: Vec::new() };
                Ok(())
            }
            2 => {
                self.file = File::Get { ahead: Vec::new(), at_end: false };
                Ok(())
            }
            _ => {
                self.file = File::Stuck;
                Ok(())
            }
        }
    }

    async fn put(&mut self, byte: u8, more: &[u8], chip: &mut Chip) -> Result<(), Loss> {
        let File::Put { left, unwritten } = &mut self.file else { return Ok(()) };
        unwritten.push(byte);
        unwritten.extend(more);
        *left -= more.len();
        let (last, full) = (*left == 0, unwritten.len() >= WRITE);
        if last || full {
            self.write_down(chip).await?;
        }
        if last {
            self.finish(chip).await?;
        }
        self.delay().await;
        Ok(())
    }

    /// What has come of a PUT goes to the file.
    async fn write_down(&mut self, chip: &mut Chip) -> Result<(), Loss> {
        let File::Put { unwritten, .. } = &mut self.file else { return Ok(()) };
        let data = std::mem::take(unwritten);
        if data.is_empty() {
            return Ok(());
        }
        match chip.call(Work::Write, &data).await {
            Ok(_) => Ok(()),
            Err(Refusal::Gone) => Err(Loss::Chip),
            // assert(0), which is nothing in a build with -DNDEBUG.
            Err(Refusal::Exception(_)) if self.wire.config.variant == Variant::Esp8266 => Ok(()),
            Err(Refusal::Exception(_)) => Err(Loss::Panic),
        }
    }

    async fn chunk(&mut self, chip: &mut Chip) -> Result<(), Loss> {
        let File::Get { ahead, at_end } = &mut self.file else { return Ok(()) };
        if ahead.is_empty() && !*at_end {
            *ahead = chip.call(Work::Read, &[]).await?;
            *at_end = ahead.is_empty();
        }
        let rest = ahead.split_off(ahead.len().min(CHUNK));
        let data = std::mem::replace(ahead, rest);
        let mut message = u16::try_from(data.len()).unwrap_or(0).to_le_bytes().to_vec();
        message.extend(&data);
        self.send(BINARY, &message).await?;
        if data.is_empty() {
            self.finish(chip).await?;
        }
        self.delay().await;
        Ok(())
    }

    async fn finish(&mut self, chip: &mut Chip) -> Result<(), Loss> {
        self.file = File::None;
        let closed = chip.call(Work::Close, &[]).await;
        if let Err(Refusal::Exception(_)) = &closed
            && self.wire.config.variant == Variant::Esp8266
        {
            // mp_stream_close() ignores what the file system says.
        } else {
            closed?;
        }
        self.answer().await
    }

    async fn answer(&mut self) -> Result<(), Loss> {
        self.send(BINARY, b"WB\0\0").await
    }

    async fn delay(&self) {
        if self.wire.config.variant == Variant::Esp8266 {
            tokio::time::sleep(ESP8266_DELAY).await;
        }
    }

    /// `websocket_write`: header and payload are two calls of send().
    async fn send(&mut self, opcode: u8, payload: &[u8]) -> Result<(), Loss> {
        let Some((header, payload)) = frame(opcode, payload) else {
            return Err(Loss::InWrite(End::Errno(105, "ENOBUFS")));
        };
        self.net.write(&header).await.map_err(Loss::InWrite)?;
        self.net.write(payload).await.map_err(Loss::InWrite)
    }
}
