//! The doctor's world, made of that of the front end.

use std::sync::Arc;

use boardwalk_doctor::{Private, SystemDialler};
use boardwalk_transport::Routes;

use crate::World;

/// The world of a diagnosis. `proxies` tells which proxy there would be without the rule that boards on the local network
/// go direct; without it that of the routes is all there is.
#[must_use]
pub fn doctors_world(world: &World, proxies: Option<Arc<dyn Routes>>) -> boardwalk_doctor::World {
    boardwalk_doctor::World {
        dialler: Arc::new(SystemDialler::new(Arc::clone(&world.proxy_users))),
        proxies: proxies.unwrap_or_else(|| Arc::clone(&world.routes)),
        routes: Arc::clone(&world.routes),
        passwords: Arc::clone(&world.passwords),
        trust: world.trust,
        ports: world.ports.clone(),
        lines: world.lines.clone(),
        ..boardwalk_doctor::World::system()
    }
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
