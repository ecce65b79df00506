//! The way to a board over the network, from its address to its prompt.

mod address;
mod direct;
mod echo;
mod explain;
mod login;
mod name;
mod networks;
mod proxy;
mod route;
mod speaks;
mod talk;
mod tunnel;
mod way;
mod words;

use std::sync::Arc;

use crate::cable;
use crate::check::Check;
use crate::interpreter::{BothWays, Idle, Latency, Prompt, Storage};

pub(crate) use echo::echoes;
pub(crate) use talk::Live;

/// All of them, in the order in which they are told.
pub(crate) fn checks() -> Vec<Arc<dyn Check>> {
    vec![
        Arc::new(address::Address),
        Arc::new(route::ProxyRoute),
        Arc::new(name::Name),
        Arc::new(networks::OwnNetworks),
        Arc::new(proxy::ProxyAlive),
        Arc::new(echo::SelfEcho),
        Arc::new(cable::Ask),
        Arc::new(direct::Direct),
        Arc::new(tunnel::Tunnelled),
        Arc::new(login::LogIn),
        Arc::new(cable::Found),
        Arc::new(Prompt),
        Arc::new(Latency),
        Arc::new(BothWays),
        Arc::new(Storage),
        Arc::new(Idle),
    ]
}
