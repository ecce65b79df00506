//! Can the address be used at all?

use std::net::IpAddr;
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
    let wrong = |saw: String, why: &str| {
        let help = "Give a port such as serial:/dev/ttyACM0 or COM3, or an address such as ws://192.168.4.1.";
        Outcome::found(Finding::blocks(Code::AddressInvalid, saw, why).action(Action::EditAddress, help))
    };
    let url = match case.text.parse::<Target>() {
        Err(error) => return wrong(error.to_string(), "Boardwalk does not know where to connect to."),
        Ok(Target::Serial { path }) => return Outcome::pass(format!("{path} is a serial port.")),
        Ok(Target::WebRepl { url }) => url,
    };
    let host = &url.host;
    if let Ok(address) = host.parse::<IpAddr>()
        && let Some(what) = nobodys(address)
    {
        return wrong(format!("{host} is {what}."), "No board can have that address.");
    }
    let kind = if host.parse::<IpAddr>().is_ok() { "an address" } else { "a name" };
    Outcome::pass(format!("{host} is {kind}, the port is {}.", url.port))
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
