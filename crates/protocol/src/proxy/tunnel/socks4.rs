//! SOCKS4, and 4a for names (openssh.com/txt/socks4a.protocol).

use core::net::Ipv4Addr;

use super::asking::{Destination, Offer, Outbound, Refusal, Step, Strange};
use crate::websocket::handshake::{End, shown};

/// VN, CD, DSTPORT, DSTIP
const REPLY: usize = 8;

/// Asks with SOCKS4a.
pub(super) struct Socks4 {
    request: Outbound,
    bytes: Vec<u8>,
    offered: bool,
}

impl Socks4 {
    pub(super) fn new(destination: &Destination, offer: Offer) -> Option<Self> {
        let user = match offer {
            Offer::User { name, .. } => name,
            Offer::Nothing | Offer::Header(_) => String::new(),
        };
        let host = &destination.host;
        // Both texts end at a NUL.
        if user.len().max(host.len()) > 255 || user.contains('\0') || host.contains('\0') {
            return None;
        }
        let mut request = vec![4, 1];
        request.extend(destination.port.to_be_bytes());
        let address = host.parse::<Ipv4Addr>();
        // "0.0.0.x, with nonzero x […] follow the NULL byte terminating USERID with the destination domain name"
        request.extend(address.clone().map_or([0, 0, 0, 1], |address| address.octets()));
        let with = |user: &str| {
            let mut all = request.clone();
            all.extend(user.as_bytes());
            all.push(0);
            if address.is_err() {
                all.extend(host.as_bytes());
                all.push(0);
            }
            all
        };
        let shown = if user.is_empty() { "" } else { "*" };
        let request = Outbound::secret(with(&user), with(shown));
        Some(Self { request, bytes: Vec::new(), offered: !user.is_empty() })
    }

    pub(super) fn start(&mut self) -> Outbound {
        self.request.clone()
    }

    pub(super) fn feed(&mut self, bytes: &[u8]) -> Step {
        self.bytes.extend_from_slice(bytes);
        match (self.bytes.first().copied(), self.bytes.get(1).copied()) {
            (None, _) | (Some(0), None) => Step::NeedMore,
            (Some(0), Some(90)) if self.bytes.len() < REPLY => Step::NeedMore,
            (Some(0), Some(90)) => Step::Open { leftover: self.bytes.split_off(REPLY).into() },
            (Some(0), Some(91)) => {
                Step::Refused(Refusal::CannotReach { answer: "SOCKS4 91, rejected or failed".to_owned() })
            }
            // It asks an identd of ours, or compares the name.
            (Some(0), Some(code @ (92 | 93))) => {
                let answer = format!("SOCKS4 {code}");
                Step::Refused(if self.offered {
                    Refusal::RejectsCredentials { or_forbids: false, answer }
                } else {
                    Refusal::WantsCredentials { challenges: Vec::new(), answer }
                })
            }
            _ => Step::Refused(Refusal::NotAProxy(Strange::Begins(shown(&self.bytes)))),
        }
    }

    pub(super) fn finish(&self, end: End) -> Refusal {
        match end {
            End::Timeout if self.bytes.is_empty() => Refusal::Silent,
            End::Eof | End::Reset if self.bytes.is_empty() => Refusal::NotAProxy(Strange::HungUp),
            _ => Refusal::NotAProxy(Strange::Unfinished),
        }
    }
}

#[cfg(test)]
#[path = "socks4_tests.rs"]
mod tests;
