//! From a name to an open TCP connection.

use std::collections::VecDeque;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::time::Duration;

use futures::stream::{FuturesUnordered, StreamExt};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::{Instant, timeout_at};

use super::error::NetworkError;
use super::progress::{DialStep, OnStep};
use crate::target::WebReplUrl;

/// How many addresses of a name are tried.
const ADDRESSES_MOST: usize = 8;
/// The next address is tried beside the first after so long, or as soon as the first has failed. Longer than the 250 ms
/// of RFC 8305: a second connection to the same board that says nothing would stop its interpreter, and a board whose
/// radio sleeps takes up to a second to answer.
const STAGGER: Duration = Duration::from_millis(1000);

/// Connects to the first address that answers, all within the deadline. `known` are the addresses, when the name was
/// resolved before.
pub(crate) async fn connect(
    place: Place<'_>,
    known: &[SocketAddr],
    step: &OnStep,
) -> Result<TcpStream, NetworkError> {
    let deadline = Instant::now() + place.limit;
    let unknown = |code| NetworkError::NameNotFound { host: place.host.to_owned(), code };
    let found: Vec<SocketAddr> = if known.is_empty() {
        step.begin(DialStep::Name);
        let found = timeout_at(deadline, lookup_host((place.host, place.port))).await;
        found.map_err(|_| unknown(None))?.map_err(|error| unknown(error.raw_os_error()))?.collect()
    } else {
        known.to_vec()
    };
    let addresses = alternating(found);
    if addresses.is_empty() {
        return Err(unknown(None));
    }
    step.begin(DialStep::Tcp);
    first_to_answer(addresses, deadline, place).await
}

/// Where to connect to, and for how long it is tried, the name's resolution counted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'a> {
    host: &'a str,
    port: u16,
    limit: Duration,
}

async fn first_to_answer(
    mut waiting: VecDeque<SocketAddr>,
    deadline: Instant,
    place: Place<'_>,
) -> Result<TcpStream, NetworkError> {
    let mut under_way = FuturesUnordered::new();
    let mut told: Option<NetworkError> = None;
    loop {
        if let Some(address) = waiting.pop_front() {
            under_way.push(TcpStream::connect(address));
        }
        let next_at = Instant::now() + STAGGER;
        tokio::select! {
            biased;
            Some(outcome) = under_way.next() => match outcome {
                Ok(tcp) => return Ok(tcp),
                Err(error) => {
                    let cause = place.cause(&error);
                    told = Some(told.map_or(cause.clone(), |before| before.more_telling(cause)));
                }
            },
            () = tokio::time::sleep_until(deadline) => return Err(told.unwrap_or(place.no_answer())),
            () = tokio::time::sleep_until(next_at), if !waiting.is_empty() => {}
        }
        if under_way.is_empty() && waiting.is_empty() {
            return Err(told.unwrap_or(place.no_answer()));
        }
    }
}

/// The system's order, with the two families taking turns (RFC 8305, section 4).
fn alternating(found: Vec<SocketAddr>) -> VecDeque<SocketAddr> {
    let first_is_v6 = found.first().is_some_and(SocketAddr::is_ipv6);
    let (one, other): (Vec<_>, Vec<_>) = found.into_iter().partition(|a| a.is_ipv6() == first_is_v6);
    let (mut one, mut other) = (one.into_iter(), other.into_iter());
    let mut ordered = VecDeque::new();
    loop {
        let pair = [one.next(), other.next()];
        if pair == [None, None] || ordered.len() >= ADDRESSES_MOST {
            return ordered;
        }
        ordered.extend(pair.into_iter().flatten());
    }
}

impl<'a> Place<'a> {
    pub(crate) fn new(host: &'a str, port: u16, limit: Duration) -> Self {
        Self { host, port, limit }
    }

    pub(crate) fn of(url: &'a WebReplUrl, limit: Duration) -> Self {
        Self::new(&url.host, url.port, limit)
    }

    fn cause(self, error: &io::Error) -> NetworkError {
        let (host, port) = (self.host.to_owned(), self.port);
        match error.kind() {
            ErrorKind::ConnectionRefused | ErrorKind::ConnectionReset => {
                NetworkError::PortRefused { host, port }
            }
            ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable | ErrorKind::AddrNotAvailable => {
                NetworkError::HostUnreachable { host }
            }
            ErrorKind::TimedOut => self.no_answer(),
            _ => NetworkError::Io { host, code: error.raw_os_error(), what: "connecting to" },
        }
    }

    fn no_answer(self) -> NetworkError {
        NetworkError::NoAnswer { host: self.host.to_owned(), seconds: self.limit.as_secs() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_families_take_turns_and_a_flood_of_addresses_is_cut() {
        let of = |text: &str| text.parse::<SocketAddr>().unwrap();
        let (a, b, c) = (of("10.0.0.1:1"), of("10.0.0.2:1"), of("[fe80::1]:1"));
        assert_eq!(alternating(vec![a, b, c]), [a, c, b]);
        assert_eq!(alternating(vec![c, a, b]), [c, a, b]);
        assert!(alternating(vec![a; 1000]).len() <= ADDRESSES_MOST + 1);
    }

    #[tokio::test]
    async fn an_address_that_refuses_gives_way_to_the_next() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let open = listener.local_addr().unwrap();
        let closed = {
            let other = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            other.local_addr().unwrap()
        };
        let place = Place::new("board", 1, Duration::from_secs(5));
        let soon = Instant::now() + Duration::from_secs(5);
        let tcp = first_to_answer([closed, open].into(), soon, place).await.unwrap();
        assert_eq!(tcp.peer_addr().unwrap(), open);
        let refused = first_to_answer([closed].into(), soon, place).await.unwrap_err();
        assert_eq!(refused.code(), "port-refused");
    }
}
