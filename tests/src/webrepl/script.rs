use std::time::Duration;

/// What a [`super::ScriptedServer`] does with each connection, step by step; after the last step it closes.
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct Script {
    pub(super) steps: Vec<Step>,
}

#[derive(Debug, Clone)]
pub(super) enum Step {
    ReadRequest,
    ReadFramesUntil(u8),
    ReadPayload(usize),
    Send(Vec<u8>),
    Answer(Vec<u8>),
    Drip(Vec<u8>, Duration),
    Flood(Vec<u8>, u64),
    Wait(Duration),
    Hold,
    Reset,
}

/// A right answer, in which `{accept}` stands for the value that belongs to the client's key.
const UPGRADE: &str = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
    Sec-WebSocket-Accept: {accept}\r\n\r\n";

impl Script {
    /// Closes at once.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads up to the empty line that ends a request.
    pub fn read_request(self) -> Self {
        self.step(Step::ReadRequest)
    }

    /// Reads frames of the client until one of their payloads has `byte`.
    pub fn read_frames_until(self, byte: u8) -> Self {
        self.step(Step::ReadFramesUntil(byte))
    }

    /// Reads `n` bytes of payload of the client's frames.
    pub fn read_payload(self, n: usize) -> Self {
        self.step(Step::ReadPayload(n))
    }

    /// Sends bytes in one write.
    pub fn send(self, bytes: impl Into<Vec<u8>>) -> Self {
        self.step(Step::Send(bytes.into()))
    }

    /// Sends bytes in which `{accept}` is replaced by the right value for the key of the request that was read.
    pub fn answer(self, template: impl Into<Vec<u8>>) -> Self {
        self.step(Step::Answer(template.into()))
    }

    /// Sends one byte after the other, so far apart.
    pub fn drip(self, bytes: impl Into<Vec<u8>>, apart: Duration) -> Self {
        self.step(Step::Drip(bytes.into(), apart))
    }

    /// Sends the same bytes again and again, `times` times, until the client goes.
    pub fn flood(self, bytes: impl Into<Vec<u8>>, times: u64) -> Self {
        self.step(Step::Flood(bytes.into(), times))
    }

    /// Does nothing for so long.
    pub fn wait(self, time: Duration) -> Self {
        self.step(Step::Wait(time))
    }

    /// Keeps the connection open without a word until the client goes.
    pub fn hold(self) -> Self {
        self.step(Step::Hold)
    }

    /// Ends with a reset instead of a close.
    pub fn reset(self) -> Self {
        self.step(Step::Reset)
    }

    /// Reads the request and upgrades as it should be.
    pub fn upgrade(self) -> Self {
        self.read_request().answer(UPGRADE)
    }

    /// An unmasked frame; the length is what it says, not what it should be.
    pub fn frame(self, first: u8, payload: &[u8]) -> Self {
        let mut bytes = vec![first];
        match u16::try_from(payload.len()) {
            Ok(n) if n < 126 => bytes.push(n.to_le_bytes()[0]),
            Ok(n) => {
                bytes.push(126);
                bytes.extend(n.to_be_bytes());
            }
            Err(_) => {
                bytes.push(127);
                bytes.extend((payload.len() as u64).to_be_bytes());
            }
        }
        bytes.extend(payload);
        self.send(bytes)
    }

    /// Upgrades, asks for a password, takes any, and shows the prompt.
    pub fn log_in(self) -> Self {
        self.upgrade()
            .frame(0x81, b"Password: ")
            .read_frames_until(b'\r')
            .frame(0x81, b"\r\nWebREPL connected\r\n>>> ")
    }

    fn step(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }
}

/// Ways a server can be wrong.
impl Script {
    /// Takes the request and never says a word.
    pub fn silent() -> Self {
        Self::new().hold()
    }

    /// Closes when it has read the request.
    pub fn closes() -> Self {
        Self::new().read_request()
    }

    /// Resets when it has read the request.
    pub fn resets() -> Self {
        Self::new().read_request().reset()
    }

    /// A right answer, one byte after the other, so far apart.
    pub fn slow(apart: Duration) -> Self {
        let reply = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";
        Self::new().read_request().drip(reply, apart).hold()
    }

    /// A gigabyte of headers.
    pub fn endless_headers() -> Self {
        let line = format!("X-Padding: {}\r\n", "x".repeat(1000));
        Self::new().read_request().send("HTTP/1.1 101 Switching Protocols\r\n").flood(line, 1_000_000)
    }

    /// A gigabyte in one header line.
    pub fn endless_header_line() -> Self {
        Self::new().read_request().send("HTTP/1.1 200 OK\r\nX: ").flood("x".repeat(1000), 1_000_000)
    }

    /// A header line without a colon.
    pub fn header_without_colon() -> Self {
        Self::new().read_request().answer(UPGRADE.replace("Connection: ", "Connection ")).hold()
    }

    /// `100 Continue`, then the right answer.
    pub fn continues() -> Self {
        Self::new().read_request().send("HTTP/1.1 100 Continue\r\n\r\n").answer(UPGRADE).hold()
    }

    /// A body without a head, as HTTP/0.9 had it.
    pub fn http_0_9() -> Self {
        Self::new().read_request().send("<html><body>hello</body></html>\r\n")
    }

    /// `200 OK` with a body that does not end.
    pub fn endless_body() -> Self {
        Self::new()
            .read_request()
            .send("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
            .flood("x".repeat(1000), 1_000_000)
    }

    /// An answer with this status line, headers (each with its CRLF) and body.
    pub fn page(status: &str, headers: &str, body: &str) -> Self {
        let length = body.len();
        Self::new()
            .read_request()
            .send(format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\n\r\n{body}"))
    }

    /// A redirect: `redirect("301 Moved Permanently", "https://board/")`.
    pub fn redirect(status: &str, location: &str) -> Self {
        Self::page(status, &format!("Location: {location}\r\n"), "")
    }

    /// A login page instead of the board, with `200 OK` or `511 Network Authentication Required`.
    pub fn captive_portal(status: &str) -> Self {
        Self::page(
            status,
            "Content-Type: text/html\r\n",
            "<html><title>Welcome to our Wi-Fi</title>Please log in</html>",
        )
    }

    /// What the board serves to a browser, which something on the way may have rewritten: more headers, each with its CRLF.
    pub fn board_page(headers: &str) -> Self {
        Self::new().read_request().send(format!(
            "HTTP/1.0 200 OK\r\n{headers}\r\n<base href=\"https://micropython.org/webrepl/\"></base>\r\n\
             <script src=\"webrepl_content.js\"></script>\r\n"
        ))
    }

    /// 101 without `Sec-WebSocket-Accept`.
    pub fn missing_accept() -> Self {
        let reply = UPGRADE.replace("Sec-WebSocket-Accept: {accept}\r\n", "");
        Self::new().read_request().send(reply).hold()
    }

    /// 101 with the `Sec-WebSocket-Accept` of another key.
    pub fn wrong_accept() -> Self {
        Self::new().read_request().send(UPGRADE.replace("{accept}", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")).hold()
    }

    /// A right answer with every name and token in lower case, then a session.
    pub fn lower_case() -> Self {
        let reply = UPGRADE
            .to_lowercase()
            .replace("http/1.1", "HTTP/1.1")
            .replace("upgrade\r\n", "keep-alive, upgrade\r\n");
        Self::new().read_request().answer(reply).frame(0x81, b"Password: ").hold()
    }

    /// 101 with an extension that nobody asked for.
    pub fn unasked_extension() -> Self {
        let reply = UPGRADE.replace("\r\n\r\n", "\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n");
        Self::new().read_request().answer(reply).hold()
    }

    /// Something that is not HTTP: an SSH server.
    pub fn ssh() -> Self {
        Self::new().send("SSH-2.0-OpenSSH_9.2p1\r\n").hold()
    }

    /// A TLS server that is spoken to in plain text.
    pub fn tls_alert() -> Self {
        Self::new().read_request().send(*b"\x15\x03\x01\x00\x02\x02\x46")
    }

    /// A WebSocket server that is not a WebREPL: it upgrades and never asks for a password.
    pub fn other_websocket() -> Self {
        Self::new().upgrade().frame(0x81, b"{\"hello\": 1}").hold()
    }

    /// A masked frame, which a server may not send.
    pub fn masked_frame() -> Self {
        Self::new().upgrade().send(*b"\x81\x8a\0\0\0\0Password: ").hold()
    }

    /// A frame of 2^63 bytes, and bytes for it without end.
    pub fn huge_frame() -> Self {
        Self::new().log_in().send(*b"\x82\x7f\x80\0\0\0\0\0\0\0").flood("x".repeat(1000), 1_000_000)
    }

    /// Fragments without end.
    pub fn endless_fragments() -> Self {
        Self::new().log_in().send(*b"\x01\x01x").flood(b"\x00\x01x".repeat(1000), 1_000_000)
    }
}
