//! Can the address be used at all?

use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

use boardwalk_transport::Target;
use futures::future::{BoxFuture, FutureExt as _};

use crate::case::Case;
use crate::check::{Check, Outcome};
use crate::code::Code;
use crate::finding::{Action, Finding};

pub(super) struct Address;

impl Check for Address {
    fn id(&self) -> &'static str {
        "address"
    }

    fn title(&self) -> &'static str {
        "Address"
    }

    fn deadline(&self) -> Duration {
        Duration::from_secs(1)
    }

    fn run<'a>(&'a self, case: &'a Case) -> BoxFuture<'a, Outcome> {
        std::future::ready(look(case)).boxed()
    }
}

fn look(case: &Case) -> Outcome {
    let url = match case.text.parse::<Target>() {
        Err(_) => return unreadable(case),
        Ok(Target::Serial { path }) => return Outcome::pass(format!("{path} is a serial port.")),
        Ok(Target::WebRepl { url }) => url,
    };
    let host = &url.host;
    let address = host.parse::<IpAddr>().ok();
    if let Some(what) = address.and_then(nobodys) {
        return wrong(format!("{host} is {what}."), "No board can have that address.", HELP);
    }
    if let Some(IpAddr::V6(v6)) = address
        && v6.is_unicast_link_local()
    {
        return wrong(
            format!(
                "{host} means another computer on each network of this one, and the address does not say which."
            ),
            "Addresses that begin with fe80: hold only together with an interface.",
            "Give the board's IPv4 address or its name.",
        );
    }
    let kind = if address.is_some() { "an address" } else { "a name" };
    Outcome::pass(format!("{host} is {kind}, the port is {}.", url.port))
}

const HELP: &str = "Give a port such as serial:/dev/ttyACM0 or COM3, or an address such as ws://192.168.4.1.";

fn wrong(saw: String, why: &str, help: &str) -> Outcome {
    Outcome::found(Finding::blocks(Code::AddressInvalid, saw, why).action(Action::EditAddress, help))
}

fn unreadable(case: &Case) -> Outcome {
    // The error quotes what it is about; that may hold a password.
    let shown = case.shown();
    let saw =
        shown.parse::<Target>().map_or_else(|error| error.to_string(), |_| format!("{shown} is no address."));
    let help = meant(&case.text).map_or_else(|| HELP.to_owned(), |meant| format!("Write {meant}."));
    wrong(saw, "Boardwalk does not know where to connect to.", &help)
}

/// The address that was probably meant, when only its scheme is missing or is that of a web page.
fn meant(text: &str) -> Option<String> {
    let text = text.trim();
    let meant = match text.split_once("://") {
        Some(("http", rest)) => format!("ws://{rest}"),
        Some(("https", rest)) => format!("wss://{rest}"),
        Some(("ws" | "wss", rest)) if rest.parse::<Ipv6Addr>().is_ok() => {
            text.replacen(rest, &format!("[{rest}]"), 1)
        }
        Some(_) => return None,
        None if text.parse::<Ipv6Addr>().is_ok() => format!("ws://[{text}]"),
        None => format!("ws://{text}"),
    };
    match meant.parse() {
        // A word alone may be anything.
        Ok(Target::WebRepl { url }) if url.host.contains(['.', ':']) => Some(meant),
        _ => None,
    }
}

/// What an address is that belongs to no single computer.
fn nobodys(address: IpAddr) -> Option<&'static str> {
    if address.is_unspecified() {
        return Some("the address of no computer");
    }
    if address.is_multicast() {
        return Some("a multicast address, one of a group");
    }
    matches!(address, IpAddr::V4(v4) if v4.is_broadcast())
        .then_some("the broadcast address, that of all computers")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_meant() {
        for (text, expected) in [
            ("192.168.4.1", Some("ws://192.168.4.1")),
            (" 192.168.4.1:8266 ", Some("ws://192.168.4.1:8266")),
            ("esp32.local", Some("ws://esp32.local")),
            ("http://192.168.4.1/", Some("ws://192.168.4.1/")),
            ("https://board.lan", Some("wss://board.lan")),
            ("ws://fd00::7", Some("ws://[fd00::7]")),
            ("fd00::7", Some("ws://[fd00::7]")),
            ("foo", None),
            ("ftp://192.168.4.1", None),
            ("http://ada:secret@192.168.4.1", None),
            ("", None),
        ] {
            assert_eq!(meant(text).as_deref(), expected, "{text}");
        }
    }
}
