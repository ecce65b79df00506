//! The way of the client that MicroPython offers for WebREPL (webrepl_cli.py), written from what goes over the wire: a blocking
//! socket without TCP_NODELAY, header and payload of a frame in two writes, a PUT in frames of 1 KiB, a GET with one request in
//! flight.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    time::Duration,
};

const PUT: u8 = 1;
const GET: u8 = 2;
const PIECE: usize = 1024;
const PATIENCE: Duration = Duration::from_secs(60);

/// A client that is logged in.
pub struct Official {
    stream: TcpStream,
    read: Vec<u8>,
}

impl Official {
    pub fn connect(port: u16, password: &str) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", port)).expect("a WebREPL");
        stream.set_read_timeout(Some(PATIENCE)).expect("a deadline");
        let mut client = Self { stream, read: Vec::new() };
        let request =
            b"GET / HTTP/1.1\r\nHost: echo.websocket.org\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
            Sec-WebSocket-Key: foo\r\n\r\n";
        client.stream.write_all(request).expect("it reads");
        while !client.read.ends_with(b"\r\n\r\n") {
            let byte = client.take(1)[0];
            client.read.push(byte);
        }
        client.read.clear();
        client.expect(b"Password: ");
        client.write(0x81, format!("{password}\r").as_bytes());
        client.expect(b">>> ");
        client
    }

    pub fn put(&mut self, name: &str, data: &[u8]) {
        self.ask(PUT, name, data.len());
        self.verdict();
        for piece in data.chunks(PIECE) {
            self.write(0x82, piece);
        }
        self.verdict();
    }

    pub fn get(&mut self, name: &str) -> Vec<u8> {
        self.ask(GET, name, 0);
        self.verdict();
        let mut data = Vec::new();
        loop {
            self.write(0x82, &[0]);
            let piece = self.frame(0x82);
            if piece == [0, 0] {
                self.verdict();
                return data;
            }
            data.extend(&piece[2..]);
        }
    }

    /// Types a line and waits for its answer.
    pub fn type_in(&mut self, line: &str, answer: &[u8]) {
        self.write(0x81, line.as_bytes());
        self.expect(answer);
    }

    /// extmod/modwebrepl.c, struct webrepl_file.
    fn ask(&mut self, kind: u8, name: &str, size: usize) {
        let mut header = [b"WA".as_slice(), &[kind, 0], &[0; 8]].concat();
        header.extend(u32::try_from(size).expect("a small file").to_le_bytes());
        header.extend(u16::try_from(name.len()).expect("a short name").to_le_bytes());
        header.extend(name.as_bytes());
        header.resize(82, 0);
        self.write(0x82, &header[..10]);
        self.write(0x82, &header[10..]);
    }

    fn verdict(&mut self) {
        assert_eq!(self.frame(0x82), b"WB\0\0");
    }

    fn write(&mut self, first: u8, payload: &[u8]) {
        let length = u16::try_from(payload.len()).expect("a short frame");
        let head = match length {
            0..126 => vec![first, length.to_be_bytes()[1]],
            _ => [vec![first, 126], length.to_be_bytes().to_vec()].concat(),
        };
        self.stream.write_all(&head).and_then(|()| self.stream.write_all(payload)).expect("it reads");
    }

    /// Text up to and with this.
    fn expect(&mut self, end: &[u8]) {
        let mut text = Vec::new();
        while !text.ends_with(end) {
            text.extend(self.frame(0x81));
        }
    }

    /// The payload of the next frame of this kind.
    fn frame(&mut self, kind: u8) -> Vec<u8> {
        loop {
            let head = self.take(2);
            let length = match head[1] {
                126 => self.take(2).iter().fold(0, |all, byte| all << 8 | usize::from(*byte)),
                short => usize::from(short),
            };
            let payload = self.take(length);
            if head[0] == kind {
                return payload;
            }
        }
    }

    fn take(&mut self, count: usize) -> Vec<u8> {
        let mut bytes = vec![0; count];
        self.stream.read_exact(&mut bytes).expect("it answers");
        bytes
    }
}
