//! A world made up: names, networks and settings that a test says.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use boardwalk_protocol::proxy::{Endpoint, OnLink, ProxyServer, Route, Settings};
use boardwalk_transport::{
    Environment, Machine, ReadSettings, Resolve, Routed, Routes as _, Sources, SystemRoutes, Target, Way,
    WebReplUrl,
};
use futures::FutureExt as _;
use futures::future::BoxFuture;

/// Names and networks.
#[derive(Clone, Default)]
pub(super) struct World {
    /// what the system's resolver knows
    pub(super) system: HashMap<String, Vec<IpAddr>>,
    /// what boards answer by mDNS
    pub(super) mdns: HashMap<String, Vec<IpAddr>>,
    /// the resolvers never answer what they do not know
    pub(super) silent: bool,
    /// what the interfaces are in
    pub(super) networks: Vec<OnLink>,
    /// where the system sends everything
    pub(super) way: Option<Way>,
}

impl World {
    async fn find(&self, names: &HashMap<String, Vec<IpAddr>>, name: &str) -> Vec<SocketAddr> {
        match names.get(name) {
            Some(found) => found.iter().map(|address| SocketAddr::new(*address, 0)).collect(),
            None if self.silent => std::future::pending().await,
            None => Vec::new(),
        }
    }
}

impl Resolve for World {
    fn system<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Vec<SocketAddr>> {
        self.find(&self.system, name).boxed()
    }

    fn mdns<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Vec<SocketAddr>> {
        self.find(&self.mdns, name).boxed()
    }
}

impl Machine for World {
    fn networks(&self) -> Vec<OnLink> {
        self.networks.clone()
    }

    fn way(&self, _: SocketAddr) -> Option<Way> {
        self.way.clone()
    }
}

/// A desktop whose settings are what a function makes.
pub(super) struct Desktop(pub(super) Box<dyn Fn() -> Result<Settings, String> + Send + Sync>);

impl ReadSettings for Desktop {
    fn name(&self) -> &'static str {
        "gnome"
    }

    fn read<'a>(&'a self, _: &'a Endpoint) -> BoxFuture<'a, Result<Settings, String>> {
        std::future::ready((self.0)()).boxed()
    }
}

pub(super) fn environment(variables: &[(&str, &str)]) -> Environment {
    Environment::new(variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
}

pub(super) fn routes(
    variables: &[(&str, &str)],
    readers: Vec<Arc<dyn ReadSettings>>,
    world: &World,
) -> SystemRoutes {
    let sources = Sources { readers, absent: Vec::new() };
    SystemRoutes::of(environment(variables), sources, Arc::new(world.clone()), Arc::new(world.clone()))
}

pub(super) fn url(text: &str) -> WebReplUrl {
    match text.parse() {
        Ok(Target::WebRepl { url }) => url,
        other => panic!("{text}: {other:?}"),
    }
}

pub(super) async fn route(routes: &SystemRoutes, text: &str) -> Routed {
    routes.route(&url(text)).await
}

/// `direct`, or the proxies in their order.
pub(super) fn shown(route: &Route) -> String {
    match route {
        Route::Direct => "direct".to_owned(),
        Route::Proxies(list) => {
            let one =
                |one: &Option<ProxyServer>| one.as_ref().map_or("direct".to_owned(), ToString::to_string);
            list.iter().map(one).collect::<Vec<_>>().join(" ")
        }
    }
}
