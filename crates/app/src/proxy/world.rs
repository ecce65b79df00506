//! The proxies of this system, plugged into a world.

use std::ffi::OsString;
use std::sync::Arc;

use boardwalk_transport::{AskProxyUser, Environment, Routes, SystemRoutes};

use super::users::ProxyUsers;
use crate::connect::World;

/// Where routes come from and who we are to proxies, as one: names that stand in settings belong to both.
#[derive(Clone)]
pub struct Proxies {
    /// decides
    pub routes: Arc<SystemRoutes>,
    /// knows without asking
    pub users: Arc<ProxyUsers>,
}

impl World {
    /// From now on connections follow this system's proxies. `variables` are the process', which a front end reads; the
    /// password is `BOARDWALK_PROXY_PASSWORD`. A front end may put somebody who asks a person in the place of `proxy_users`.
    pub fn use_proxies(&mut self, variables: impl IntoIterator<Item = (OsString, OsString)>) -> Proxies {
        let environment = Environment::from_os(variables);
        let password = environment.get("BOARDWALK_PROXY_PASSWORD");
        let routes = Arc::new(SystemRoutes::new(environment));
        let users = Arc::new(ProxyUsers::new(Arc::clone(&routes), password, self.secrets.clone()));
        self.routes = Arc::clone(&routes) as Arc<dyn Routes>;
        self.proxy_users = Arc::clone(&users) as Arc<dyn AskProxyUser>;
        let proxies = Proxies { routes, users };
        self.proxies = Some(proxies.clone());
        proxies
    }
}
