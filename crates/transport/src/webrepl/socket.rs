//! What a TCP socket towards a board needs to be told.

use std::io;
use std::time::Duration;

use socket2::{SockRef, TcpKeepalive};
use tokio::net::TcpStream;

/// Silence before the first keep-alive probe, and between probes.
const PROBE_AFTER: Duration = Duration::from_secs(10);
const PROBE_EVERY: Duration = Duration::from_secs(5);
/// Most bytes the system keeps unsent, so that an interrupt does not wait behind a long paste.
#[cfg(target_os = "linux")]
const UNSENT_MOST: u32 = 16 * 1024;

/// Small frames leave at once, and a board that is gone is noticed within `silence`: 10 s of quiet and then probes, or
/// bytes that nobody acknowledges.
pub(crate) fn prepare(tcp: &TcpStream, silence: Duration) -> io::Result<()> {
    tcp.set_nodelay(true)?;
    let socket = SockRef::from(tcp);
    let first = PROBE_AFTER.min(silence / 2).max(Duration::from_secs(1));
    let every = PROBE_EVERY.min(silence / 4).max(Duration::from_secs(1));
    let probes = (silence.saturating_sub(first).as_secs() / every.as_secs()).clamp(1, 10);
    let keepalive = TcpKeepalive::new().with_time(first).with_interval(every);
    let counted = keepalive.clone().with_retries(u32::try_from(probes).unwrap_or(1));
    // Windows before 10 (1703) takes no number of probes, and has ten: a board that is gone is noticed later there.
    socket.set_tcp_keepalive(&counted).or_else(|_| socket.set_tcp_keepalive(&keepalive))?;
    #[cfg(target_os = "linux")]
    {
        socket.set_tcp_user_timeout(Some(silence))?;
        socket.set_tcp_notsent_lowat(UNSENT_MOST)?;
    }
    Ok(())
}

/// Acknowledges at once what arrives. The board sends each frame in two writes, header and payload; its Nagle holds the
/// second back until the first is acknowledged, which Linux otherwise delays by 40 ms and more: 17 s instead of 0.1 s
/// for 100 kB. The kernel forgets the wish, so it is renewed after each read.
#[derive(Debug)]
pub(crate) struct QuickAck(#[cfg(target_os = "linux")] Option<socket2::Socket>);

impl QuickAck {
    #[cfg(target_os = "linux")]
    pub(crate) fn of(tcp: &TcpStream) -> Self {
        use std::os::fd::AsFd;
        Self(tcp.as_fd().try_clone_to_owned().ok().map(socket2::Socket::from))
    }

    #[cfg(not(target_os = "linux"))]
    pub(crate) fn of(_: &TcpStream) -> Self {
        Self()
    }

    /// After each read.
    pub(crate) fn renew(&self) {
        #[cfg(target_os = "linux")]
        if let Some(socket) = &self.0 {
            let _ = socket.set_tcp_quickack(true);
        }
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_dead_board_is_noticed_within_the_silence() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let tcp = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        prepare(&tcp, Duration::from_secs(20)).unwrap();
        let socket = SockRef::from(&tcp);
        assert!(socket.tcp_nodelay().unwrap() && socket.keepalive().unwrap());
        let (first, every) = (socket.tcp_keepalive_time().unwrap(), socket.tcp_keepalive_interval().unwrap());
        assert_eq!((first, every), (Duration::from_secs(10), Duration::from_secs(5)));
        assert_eq!(first + every * socket.tcp_keepalive_retries().unwrap(), Duration::from_secs(20));
        assert_eq!(socket.tcp_user_timeout().unwrap(), Some(Duration::from_secs(20)));
    }
}
