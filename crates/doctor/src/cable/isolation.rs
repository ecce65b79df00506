//! Both are in one network and do not reach each other: the Wi-Fi keeps its clients apart.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use tokio::time::timeout;

use super::Answers;
use crate::case::{Case, lock};
use crate::code::Code;
use crate::finding::{Action, Finding};
use crate::world::{Neighbour, same_network};

/// A gateway in the same network answers within some milliseconds, also over Wi-Fi.
const GATEWAY: Duration = Duration::from_millis(800);
/// Where routers listen, or refuse: their page, and names. A refusal is an answer.
const PORTS: [u16; 2] = [80, 53];

/// Proved by the board's word that it is connected under the address that was tried, and by the gateway that both name:
/// this computer reaches the one and not the other.
pub(super) async fn isolation(
    case: &Case,
    port: &str,
    answers: &Answers,
    tried: &[IpAddr],
) -> Option<Finding> {
    let board = answers.station;
    let address = board.address.filter(|address| tried.contains(address))?;
    let unanswered = lock(&case.facts.paths).iter().any(|path| {
        path.through.is_none()
            && [Code::NoAnswer, Code::HostUnreachable].iter().any(|code| path.code == code.as_str())
    });
    if board.connected != Some(true) || !unanswered {
        return None;
    }
    let own = case.facts.interfaces.get()?.iter().flat_map(|interface| &interface.addresses);
    let prefix = board.mask.and_then(prefix).unwrap_or(24);
    let (own, _) = own.copied().find(|&(own, ours)| {
        ours < 32 && same_network(own, address, ours) && same_network(own, address, prefix)
    })?;
    let gateway = board.gateway.filter(|gateway| !gateway.is_unspecified() && *gateway != address)?;
    if gateway == own || !answers_to_us(case, gateway).await {
        return None;
    }
    Some(
        Finding::blocks(
            Code::ClientIsolation,
            format!("The board at {port} is connected as {address} and this computer as {own}, in one network; the gateway {gateway} answers, the board does not."),
            "Guest Wi-Fis, and many in hotels, schools and companies, let their clients reach the internet and not each other (client isolation, AP isolation).",
        )
        .with("address", address.to_string())
        .with("gateway", gateway.to_string())
        .action(Action::SetupWebrepl, "Choose another Wi-Fi for the board over USB, and for this computer the same one.")
        .advice("In the router, switch client isolation (AP isolation, guest mode) off for this Wi-Fi.")
        .action(Action::Retry, "Look again when both are in a Wi-Fi without it."),
    )
}

/// It takes a connection or refuses one, or tells its hardware address.
async fn answers_to_us(case: &Case, gateway: IpAddr) -> bool {
    for port in PORTS {
        case.waiting("usb-answers", format!("an answer from the gateway {gateway}"));
        match timeout(GATEWAY, case.world.dialler.tcp(SocketAddr::new(gateway, port))).await {
            Ok(Ok(_)) => return true,
            Ok(Err(error)) if error.kind() == io::ErrorKind::ConnectionRefused => return true,
            _ => {}
        }
    }
    let networks = case.world.networks.clone();
    let asked = tokio::task::spawn_blocking(move || networks.neighbour(gateway)).await;
    asked.is_ok_and(|found| found == Neighbour::Found)
}

/// 255.255.255.0 is 24.
fn prefix(mask: IpAddr) -> Option<u8> {
    let IpAddr::V4(mask) = mask else { return None };
    let bits = mask.to_bits();
    (bits.leading_ones() + bits.trailing_zeros() == 32).then_some(u8::try_from(bits.leading_ones()).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_and_prefixes() {
        for (mask, length) in
            [("255.255.255.0", Some(24)), ("255.255.0.0", Some(16)), ("255.0.255.0", None), ("::", None)]
        {
            assert_eq!(prefix(mask.parse().unwrap()), length, "{mask}");
        }
        assert_eq!(prefix("0.0.0.0".parse().unwrap()), Some(0));
        assert_eq!(prefix("255.255.255.255".parse().unwrap()), Some(32));
    }
}
