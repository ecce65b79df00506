//! Somebody between the client and a real board who changes its binary frames: a board that lies about files.

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::{AbortHandle, JoinSet},
};

/// What becomes of a binary frame: the frames that are sent in its place.
pub(super) type Lie = Box<dyn FnMut(&[u8]) -> Vec<Vec<u8>> + Send>;

const BINARY: u8 = 0x82;

pub(super) struct Meddler {
    port: u16,
    running: AbortHandle,
}

impl Meddler {
    /// In front of this port, for one client after the other.
    pub(super) async fn start(board: u16, mut lie: Lie) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let serve = async move {
            while let Ok((client, _)) = listener.accept().await {
                let board = TcpStream::connect(("127.0.0.1", board)).await.unwrap();
                relay(client, board, &mut lie).await;
            }
        };
        Self { port, running: tokio::spawn(serve).abort_handle() }
    }

    pub(super) fn url(&self) -> String {
        format!("ws://127.0.0.1:{}", self.port)
    }
}

impl Drop for Meddler {
    fn drop(&mut self) {
        self.running.abort();
    }
}

/// Until either side has ended the connection; then the other is told.
async fn relay(client: TcpStream, board: TcpStream, lie: &mut Lie) {
    client.set_nodelay(true).unwrap();
    board.set_nodelay(true).unwrap();
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_board, mut to_board) = board.into_split();
    let mut up = JoinSet::new();
    up.spawn(async move {
        let _ = tokio::io::copy(&mut from_client, &mut to_board).await;
    });
    let mut seen = Vec::new();
    let mut opened = false;
    loop {
        while let Some(piece) = next(&mut seen, &mut opened) {
            let pieces = match piece.first() {
                Some(&BINARY) if opened => lie(&payload(&piece)).iter().map(|data| frame(data)).collect(),
                _ => vec![piece],
            };
            for piece in pieces {
                if to_client.write_all(&piece).await.is_err() {
                    return;
                }
            }
        }
        tokio::select! {
            read = from_board.read_buf(&mut seen) => if !matches!(read, Ok(1..)) { return },
            _ = up.join_next() => return,
        }
    }
}

/// The reply to the handshake, then whole frames.
fn next(seen: &mut Vec<u8>, opened: &mut bool) -> Option<Vec<u8>> {
    let length = if *opened {
        let head = if *seen.get(1)? == 126 { 4 } else { 2 };
        let short = usize::from(seen[1]);
        head + if head == 4 { usize::from(u16::from_be_bytes([*seen.get(2)?, *seen.get(3)?])) } else { short }
    } else {
        seen.windows(4).position(|window| window == b"\r\n\r\n")? + 4
    };
    if seen.len() < length {
        return None;
    }
    *opened = true;
    let rest = seen.split_off(length);
    Some(std::mem::replace(seen, rest))
}

fn payload(frame: &[u8]) -> Vec<u8> {
    frame[if frame[1] == 126 { 4 } else { 2 }..].to_vec()
}

fn frame(data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).unwrap();
    let head = match length {
        0..126 => vec![BINARY, length.to_be_bytes()[1]],
        _ => [vec![BINARY, 126], length.to_be_bytes().to_vec()].concat(),
    };
    [head, data.to_vec()].concat()
}
