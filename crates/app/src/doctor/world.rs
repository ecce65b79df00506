//! The doctor's world, made of that of the front end.

use std::sync::Arc;

use boardwalk_doctor::{Private, SystemDialler};
use boardwalk_transport::{AskProxyUser, NoProxyUser, Target};

use super::passwords::KnownPasswords;
use crate::World;

/// The world of a diagnosis. It asks no person: credentials and passwords are those that are known.
#[must_use]
pub fn doctors_world(world: &World) -> boardwalk_doctor::World {
    // Which proxy there would be without the rule that boards on the local network go direct.
    let proxies = world.proxies.as_ref().map(|proxies| proxies.routes.without_lan_bypass());
    let users = world.proxies.as_ref().map(|proxies| Arc::clone(&proxies.users) as Arc<dyn AskProxyUser>);
    boardwalk_doctor::World {
        dialler: Arc::new(SystemDialler::new(users.unwrap_or_else(|| Arc::new(NoProxyUser)))),
        proxies: proxies.unwrap_or_else(|| Arc::clone(&world.routes)),
        routes: Arc::clone(&world.routes),
        passwords: Arc::new(KnownPasswords { given: None, secrets: world.secrets.clone() }),
        trust: world.trust,
        ports: world.ports.clone(),
        lines: world.lines.clone(),
        ..boardwalk_doctor::World::system()
    }
}

/// The world of an X-ray of this board's handshake. A proxy that asks who we are is answered as for a connection.
#[must_use]
pub fn xrays_world(world: &World, target: &Target) -> boardwalk_doctor::World {
    let dialler = SystemDialler::new(Arc::clone(&world.proxy_users)).trusting(world.proxy_trust(target));
    boardwalk_doctor::World { dialler: Arc::new(dialler), ..doctors_world(world) }
}

/// What a report leaves out before it is shown to others.
#[must_use]
pub fn who_is_here() -> Private {
    let home = std::env::home_dir().and_then(|home| home.to_str().map(str::to_owned));
    let user = std::env::var("USER").or_else(|_| std::env::var("USERNAME")).ok();
    let named = home.as_deref().and_then(|home| home.rsplit(['/', '\\']).next()).map(str::to_owned);
    // root and the like say nothing about a person.
    let user = user.or(named).filter(|name| name != "root");
    Private { user, home, computer: computer() }
}

fn computer() -> Option<String> {
    let name = std::env::var("COMPUTERNAME").ok();
    name.or_else(|| std::fs::read_to_string("/etc/hostname").ok()).map(|name| name.trim().to_owned())
}
