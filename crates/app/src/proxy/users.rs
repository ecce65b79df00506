//! Who we are to proxies: the name from the proxy's address, the password from `BOARDWALK_PROXY_PASSWORD`, the key store,
//! or the address in the environment.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use boardwalk_protocol::proxy::{ProxyServer, ProxyUser};
use boardwalk_transport::{AskProxyUser, AskReason, ProxyCredentials, Secret, SystemRoutes};
use futures::FutureExt as _;
use futures::future::BoxFuture;

use crate::secrets::Secrets;

/// Knows credentials without asking anybody. A front end asks the person when this knows no more.
pub struct ProxyUsers {
    routes: Arc<SystemRoutes>,
    /// from an option or a saved choice
    named: Mutex<HashMap<ProxyServer, String>>,
    /// what a person typed and the proxy took, until the end of this run
    typed: Mutex<HashMap<ProxyServer, ProxyCredentials>>,
    password: Option<Secret>,
    secrets: Secrets,
    /// how many of a proxy's candidates were given since the last time it had to be asked anew
    given: Mutex<HashMap<ProxyServer, usize>>,
}

impl ProxyUsers {
    /// With the names that proxies of the system's settings are given, and `BOARDWALK_PROXY_PASSWORD` as a front end
    /// read it.
    #[must_use]
    pub fn new(routes: Arc<SystemRoutes>, password: Option<String>, secrets: Secrets) -> Self {
        let password = password.filter(|password| !password.is_empty()).map(Secret::new);
        Self {
            routes,
            named: Mutex::default(),
            typed: Mutex::default(),
            password,
            secrets,
            given: Mutex::default(),
        }
    }

    /// Our name at a proxy that the person chose, in the place of what the system's settings say.
    pub fn name(&self, proxy: &ProxyServer, user: Option<String>) {
        let mut named = self.named.lock().unwrap_or_else(PoisonError::into_inner);
        let before = match user.clone() {
            Some(user) => named.insert(proxy.clone(), user),
            None => named.remove(proxy),
        };
        if before != user {
            self.typed.lock().unwrap_or_else(PoisonError::into_inner).remove(proxy);
        }
    }

    /// A person typed these and the proxy took them: from now on they are known, for other boards and for the doctor.
    pub(crate) fn took(&self, proxy: &ProxyServer, typed: ProxyCredentials) {
        self.typed.lock().unwrap_or_else(PoisonError::into_inner).insert(proxy.clone(), typed);
    }

    /// Our name at this proxy, when an address says it.
    pub async fn name_at(&self, proxy: &ProxyServer) -> Option<String> {
        let named = self.named.lock().unwrap_or_else(PoisonError::into_inner).get(proxy).cloned();
        match named {
            Some(name) => Some(name),
            None => self.routes.user_at(proxy).await.map(|user| user.name),
        }
    }

    /// What needs nobody to be asked, not even a key store, in the order to try it.
    pub(crate) async fn candidates(&self, proxy: &ProxyServer) -> Vec<ProxyCredentials> {
        let set = self.routes.user_at(proxy).await;
        let name = self.name_at(proxy).await;
        let typed = self.typed.lock().unwrap_or_else(PoisonError::into_inner).get(proxy).cloned();
        let mut all = Vec::from_iter(typed);
        if let (Some(user), Some(password)) = (&name, &self.password) {
            all.push(ProxyCredentials { user: user.clone(), password: password.clone() });
        }
        if let Some(ProxyUser { name: user, password: Some(password) }) = set
            && name.as_ref() == Some(&user)
        {
            all.push(ProxyCredentials { user, password: Secret::new(password) });
        }
        all
    }

    async fn next(&self, proxy: &ProxyServer, why: AskReason) -> Option<ProxyCredentials> {
        let candidates = self.candidates(proxy).await;
        let at = {
            let mut given = self.given.lock().unwrap_or_else(PoisonError::into_inner);
            let given = given.entry(proxy.clone()).or_default();
            if why == AskReason::Needed {
                *given = 0;
            }
            *given += 1;
            *given - 1
        };
        if let Some(candidate) = candidates.get(at) {
            return Some(candidate.clone());
        }
        // Last, since a locked key store asks the person.
        if at > candidates.len() {
            return None;
        }
        let kept = self.secrets.get_proxy(proxy).await.ok().flatten()?;
        let name = self.name_at(proxy).await;
        (name.is_none() || name.as_ref() == Some(&kept.user)).then_some(kept)
    }
}

impl AskProxyUser for ProxyUsers {
    fn ask<'a>(
        &'a self,
        proxy: &'a ProxyServer,
        _: &'a str,
        why: AskReason,
    ) -> BoxFuture<'a, Option<ProxyCredentials>> {
        self.next(proxy, why).boxed()
    }
}

#[cfg(test)]
mod tests {
    use boardwalk_transport::Environment;

    use super::*;
    use crate::secrets::tests::Memory;

    fn server(text: &str) -> ProxyServer {
        boardwalk_transport::RouteChoice::parse(text).ok().unwrap().1.unwrap().server
    }

    fn users(variables: &[(&str, &str)], password: Option<&str>) -> ProxyUsers {
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let routes = Arc::new(SystemRoutes::new(Environment::new(variables)));
        let secrets = Secrets::kept_in(Arc::new(Memory::default()));
        ProxyUsers::new(routes, password.map(str::to_owned), secrets)
    }

    async fn ask(users: &ProxyUsers, proxy: &ProxyServer, why: AskReason) -> Option<(String, String)> {
        let found = users.ask(proxy, "realm", why).await?;
        Some((found.user, found.password.reveal().to_owned()))
    }

    fn pair(user: &str, password: &str) -> Option<(String, String)> {
        Some((user.to_owned(), password.to_owned()))
    }

    #[tokio::test]
    async fn passwords_are_offered_in_their_order_and_to_their_proxy_only() {
        let proxy = server("http://p.test:3128");
        let users = users(&[("http_proxy", "http://me:from-url@p.test:3128")], Some("from-variable"));
        let kept = ProxyCredentials { user: "me".into(), password: Secret::new("kept") };
        users.secrets.set_proxy(&proxy, &kept).await.unwrap();
        assert_eq!(ask(&users, &proxy, AskReason::Needed).await, pair("me", "from-variable"));
        assert_eq!(ask(&users, &proxy, AskReason::Rejected).await, pair("me", "from-url"));
        assert_eq!(ask(&users, &proxy, AskReason::Rejected).await, pair("me", "kept"));
        assert_eq!(ask(&users, &proxy, AskReason::Rejected).await, None);
        assert_eq!(
            ask(&users, &proxy, AskReason::Needed).await,
            pair("me", "from-variable"),
            "from the start"
        );
        for other in ["http://q.test:3128", "http://p.test:3129", "socks5://p.test:3128"] {
            assert_eq!(ask(&users, &server(other), AskReason::Needed).await, None, "{other}");
        }
    }

    #[tokio::test]
    async fn an_option_names_another_user() {
        let proxy = server("http://p.test:3128");
        let users = users(&[("http_proxy", "http://me:from-url@p.test:3128")], Some("from-variable"));
        users.name(&proxy, Some("you".to_owned()));
        assert_eq!(ask(&users, &proxy, AskReason::Needed).await, pair("you", "from-variable"));
        assert_eq!(
            ask(&users, &proxy, AskReason::Rejected).await,
            None,
            "the other user's password is not ours"
        );
    }

    #[tokio::test]
    async fn what_a_person_typed_is_known_until_another_user_is_named() {
        let proxy = server("http://p.test:3128");
        let users = users(&[], None);
        users.took(&proxy, ProxyCredentials { user: "me".into(), password: Secret::new("typed") });
        assert_eq!(ask(&users, &proxy, AskReason::Needed).await, pair("me", "typed"));
        assert_eq!(ask(&users, &server("http://q.test:3128"), AskReason::Needed).await, None);
        users.name(&proxy, Some("you".to_owned()));
        assert_eq!(ask(&users, &proxy, AskReason::Needed).await, None);
    }

    #[tokio::test]
    async fn without_a_name_only_the_key_store_knows_one() {
        let proxy = server("http://p.test:3128");
        let users = users(&[], Some("from-variable"));
        assert_eq!(ask(&users, &proxy, AskReason::Needed).await, None);
        let kept = ProxyCredentials { user: "me".into(), password: Secret::new("kept") };
        users.secrets.set_proxy(&proxy, &kept).await.unwrap();
        assert_eq!(ask(&users, &proxy, AskReason::Needed).await, pair("me", "kept"));
        users.secrets.delete_proxy(&proxy).await.unwrap();
        assert_eq!(ask(&users, &proxy, AskReason::Needed).await, None);
    }
}
