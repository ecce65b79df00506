//! What the command line says about proxies: `--proxy`, `--no-lan-bypass`, the environment, and who asks for a password.

use std::convert::Infallible;
use std::io::{self, IsTerminal as _};
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use boardwalk_app::proxy::{Proxies, ProxyUsers};
use boardwalk_app::{AppError, World};
use boardwalk_transport::{
    AskProxyUser, AskReason, ProxyCredentials, ProxyServer, RouteChoice, SystemRoutes,
};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use tokio_util::sync::CancellationToken;

use crate::args::Common;
use crate::password::prompt;

/// The value of `--proxy`. What is wrong with it is told later, without its text: it may hold a password.
#[derive(Debug, Clone)]
pub(crate) enum ProxyOption {
    /// the way, and our name there
    Way(RouteChoice, Option<String>),
    Wrong(AppError),
}

impl Default for ProxyOption {
    fn default() -> Self {
        Self::Way(RouteChoice::System, None)
    }
}

impl FromStr for ProxyOption {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(match RouteChoice::parse(text) {
            Ok((_, Some(url))) if url.user.as_ref().is_some_and(|user| user.password.is_some()) => {
                Self::Wrong(AppError {
                    code: "address-invalid".to_owned(),
                    message:
                        "The address after --proxy holds a password, and everybody on this computer can read \
                              command lines."
                            .to_owned(),
                    help:
                        "Write only the name before the @, and give the password in BOARDWALK_PROXY_PASSWORD."
                            .to_owned(),
                    detail: String::new(),
                })
            }
            Ok((choice, url)) => Self::Way(choice, url.and_then(|url| url.user).map(|user| user.name)),
            Err(error) => Self::Wrong(AppError {
                code: error.code().to_owned(),
                message: error.to_string(),
                help: format!("After --proxy goes system, direct or an address. {}", error.help()),
                detail: String::new(),
            }),
        })
    }
}

/// The routes of this run; the world is told them.
pub(crate) fn routes(common: &Common, world: &mut World, cancel: &CancellationToken) -> Arc<SystemRoutes> {
    let Proxies { routes, users } = world.use_proxies(std::env::vars_os());
    routes.set_lan_bypass(!common.no_lan_bypass);
    if let ProxyOption::Way(choice, user) = &common.proxy {
        routes.choose(choice.clone());
        if let (RouteChoice::Proxy(server), Some(user)) = (choice, user) {
            users.name(server, Some(user.clone()));
        }
    }
    let accepted = AtomicBool::new(false);
    world.proxy_users = Arc::new(Asking { known: users, accepted, cancel: cancel.clone() });
    routes
}

/// Asks the person at the terminal when nothing else knows.
struct Asking {
    known: Arc<ProxyUsers>,
    /// Let through once: from then on the terminal belongs to the board, and nobody is asked.
    accepted: AtomicBool,
    cancel: CancellationToken,
}

impl Asking {
    async fn answer(&self, proxy: &ProxyServer, realm: &str, why: AskReason) -> Option<ProxyCredentials> {
        if let Some(known) = self.known.ask(proxy, realm, why).await {
            return Some(known);
        }
        let user = self.known.name_at(proxy).await?;
        if self.accepted.load(Ordering::Relaxed) || !io::stderr().is_terminal() {
            return None;
        }
        let text = match why {
            AskReason::Needed => format!("Password of {} at the proxy {proxy}: ", user.escape_debug()),
            AskReason::Rejected | AskReason::Impossible => {
                "The proxy did not accept it. Password: ".to_owned()
            }
        };
        let password = tokio::select! {
            password = prompt(text) => password?,
            () = self.cancel.cancelled() => return None,
        };
        Some(ProxyCredentials { user, password })
    }
}

impl AskProxyUser for Asking {
    fn ask<'a>(
        &'a self,
        proxy: &'a ProxyServer,
        realm: &'a str,
        why: AskReason,
    ) -> BoxFuture<'a, Option<ProxyCredentials>> {
        self.answer(proxy, realm, why).boxed()
    }

    fn accepted(&self, _: &ProxyServer, _: &ProxyCredentials) {
        self.accepted.store(true, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        match text.parse().unwrap() {
            ProxyOption::Way(choice, user) => format!("{choice} {user:?}"),
            ProxyOption::Wrong(error) => format!("{} {}", error.code, error.message),
        }
    }

    #[test]
    fn a_way_may_name_a_user_and_no_password() {
        assert_eq!(shown("system"), "system None");
        assert_eq!(shown("DIRECT"), "direct None");
        assert_eq!(shown("socks5://me@s.test"), "socks5://s.test:1080 Some(\"me\")");
        for wrong in
            ["http://me:secret@p.test:1", "http://me:@p.test:1", "ftp://me:secret@p.test", "http://p:x", ""]
        {
            let shown = shown(wrong);
            assert!(shown.starts_with("address-invalid ") && !shown.contains("secret"), "{shown}");
        }
    }
}
