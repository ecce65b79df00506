//! Where a connection of the window gets its name and password at a proxy: whatever is known, then the person.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, Weak};

use boardwalk_protocol::proxy::{Decision, ProxyServer, Route};
use boardwalk_transport::{AskProxyUser, AskReason, ProxyCredentials};
use futures::FutureExt as _;
use futures::future::BoxFuture;

use crate::AppError;
use crate::app::{App, Inner, lock};
use crate::proxy::ProxyUsers;
use crate::secrets::Secrets;
use crate::wire::{AppEvent, PasswordReason, Question, WaitingFor};

use super::questions::{Answer, Questions};

/// A realm is shown up to here, in characters.
const REALM_MOST: usize = 80;

/// Asked by one connection, from its first dial until it is closed.
pub(crate) struct ConnectionProxies {
    // Weak: the session holds this, and the app holds the session.
    app: Weak<Inner>,
    questions: Arc<Questions>,
    secrets: Secrets,
    users: Arc<ProxyUsers>,
    board: String,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// which way, and who said so
    way: Option<(Route, &'static str)>,
    logins: HashMap<ProxyServer, Login>,
}

/// What is known of one proxy, and what the person wants.
#[derive(Default)]
struct Login {
    /// How many that need nobody were given since it asked.
    given: usize,
    /// The key store was looked into since it asked.
    looked: bool,
    /// The key store has some for this proxy.
    kept: bool,
    /// The last ones that were given are those of the key store.
    trying_kept: bool,
    /// The proxy did not take those.
    kept_refused: bool,
    no_key_store: Option<AppError>,
    /// What the person typed last, or what the key store has.
    user: Option<String>,
    /// What the person chose together with what is being tried.
    remember: Option<bool>,
    /// The person does not want to answer. A reconnect must neither ask again nor try again what was refused: some proxies
    /// lock the account after a few.
    declined: bool,
}

/// What to do in the key store once the proxy has taken a name and a password.
enum Keeping {
    This,
    None,
}

impl ConnectionProxies {
    /// `None`: nothing here goes through a proxy of the system's.
    pub(crate) fn new(app: &App, board: &str) -> Option<Arc<Self>> {
        let proxies = app.0.world.proxies.as_ref()?;
        Some(Arc::new(Self {
            app: Arc::downgrade(&app.0),
            questions: Arc::clone(&app.0.boards.questions),
            secrets: app.0.world.secrets.clone(),
            users: Arc::clone(&proxies.users),
            board: board.to_owned(),
            state: Mutex::default(),
        }))
    }

    /// The connection goes this way. Whoever did not want to answer on another way may want to on this one.
    pub(crate) fn decided(&self, decision: &Decision) {
        let mut state = lock(&self.state);
        let way = (decision.route.clone(), decision.source);
        if state.way.as_ref() != Some(&way) {
            state.way = Some(way);
            state.logins.values_mut().for_each(|login| login.declined = false);
        }
    }

    fn with<T>(&self, proxy: &ProxyServer, change: impl FnOnce(&mut Login) -> T) -> T {
        change(lock(&self.state).logins.entry(proxy.clone()).or_default())
    }

    async fn answer(&self, proxy: &ProxyServer, realm: &str, why: AskReason) -> Option<ProxyCredentials> {
        if self.with(proxy, |login| login.begin(why)) {
            return None;
        }
        let at = self.with(proxy, |login| {
            login.given += 1;
            login.given - 1
        });
        if let Some(credentials) = self.users.candidates(proxy).await.into_iter().nth(at) {
            return Some(credentials);
        }
        // Last, since a locked key store asks the person.
        if let Some(credentials) = self.kept(proxy).await {
            return Some(credentials);
        }
        let given = self.ask(proxy, realm, why).await;
        if given.is_none() {
            self.with(proxy, |login| login.declined = true);
        }
        given
    }

    /// What the key store has, if the proxy has not refused it.
    async fn kept(&self, proxy: &ProxyServer) -> Option<ProxyCredentials> {
        if self.with(proxy, |login| std::mem::replace(&mut login.looked, true)) {
            return None;
        }
        self.waits_for(WaitingFor::KeyStore);
        let (found, name) = (self.secrets.get_proxy(proxy).await, self.users.name_at(proxy).await);
        self.with(proxy, |login| {
            let found = match found {
                Ok(found) => found,
                Err(error) => {
                    login.no_key_store = Some(error);
                    None
                }
            };
            login.kept = found.is_some();
            let ours = found.filter(|kept| name.is_none_or(|name| name == kept.user))?;
            login.user.get_or_insert_with(|| ours.user.clone());
            login.trying_kept = !login.kept_refused;
            login.trying_kept.then_some(ours)
        })
    }

    async fn ask(&self, proxy: &ProxyServer, realm: &str, why: AskReason) -> Option<ProxyCredentials> {
        let named = self.users.name_at(proxy).await;
        let (user, kept, no_key_store) =
            self.with(proxy, |login| (login.user.clone().or(named), login.kept, login.no_key_store.clone()));
        self.waits_for(WaitingFor::ProxyPassword);
        let reason = match why {
            AskReason::Needed => PasswordReason::Needed,
            AskReason::Rejected => PasswordReason::Rejected,
            AskReason::Impossible => PasswordReason::Impossible,
        };
        let (proxy_text, realm) = (proxy.to_string(), shown(realm));
        let question =
            |id| Question::Proxy { id, proxy: proxy_text, realm, reason, user, kept, no_key_store };
        let Answer::Proxy { credentials, remember } = self.questions.ask(&self.board, question).await? else {
            return None;
        };
        self.with(proxy, |login| {
            login.user = Some(credentials.user.clone());
            login.remember = Some(remember);
        });
        Some(credentials)
    }

    fn waits_for(&self, what: WaitingFor) {
        if let Some(app) = self.app.upgrade() {
            app.boards.update(&self.board, |open| open.waiting_for = what);
        }
    }

    /// Keeps what the proxy took, or forgets what it refused, as the person wants.
    async fn keep(&self, proxy: ProxyServer, credentials: ProxyCredentials, keeping: Keeping) {
        let done = match keeping {
            Keeping::This => self.secrets.set_proxy(&proxy, &credentials).await,
            Keeping::None => self.secrets.delete_proxy(&proxy).await,
        };
        if let (Err(notice), Some(app)) = (done, self.app.upgrade()) {
            app.host.event(AppEvent::Notice { board: self.board.clone(), notice });
        }
    }
}

impl Login {
    /// A proxy asks. `true`: the person does not want to answer.
    fn begin(&mut self, why: AskReason) -> bool {
        if why == AskReason::Needed {
            (self.given, self.looked) = (0, false);
        } else {
            self.kept_refused |= self.trying_kept;
        }
        (self.trying_kept, self.remember) = (false, None);
        self.declined
    }

    /// What the person typed was taken: what to do in the key store.
    fn keeps(&mut self, remember: bool) -> Option<Keeping> {
        let refused = std::mem::take(&mut self.kept_refused);
        self.kept = remember || (self.kept && !refused);
        match (remember, refused) {
            (true, _) => Some(Keeping::This),
            (false, true) => Some(Keeping::None),
            (false, false) => None,
        }
    }
}

/// The handle that a connection's dialler has. What follows a login must outlive the call that tells of it.
pub(crate) struct AskForProxy(pub(crate) Arc<ConnectionProxies>);

impl AskProxyUser for AskForProxy {
    fn ask<'a>(
        &'a self,
        proxy: &'a ProxyServer,
        realm: &'a str,
        why: AskReason,
    ) -> BoxFuture<'a, Option<ProxyCredentials>> {
        self.0.answer(proxy, realm, why).boxed()
    }

    fn accepted(&self, proxy: &ProxyServer, credentials: &ProxyCredentials) {
        // Each reconnect is a login, too, and changes nothing.
        let Some(remember) = self.0.with(proxy, |login| login.remember.take()) else { return };
        self.0.users.took(proxy, credentials.clone());
        if let Some(keeping) = self.0.with(proxy, |login| login.keeps(remember)) {
            let (asked, proxy, credentials) = (Arc::clone(&self.0), proxy.clone(), credentials.clone());
            tokio::spawn(async move { asked.keep(proxy, credentials, keeping).await });
        }
    }
}

/// A proxy may call itself anything: what is no letter of a line, or turns the direction of writing, is escaped.
fn shown(realm: &str) -> String {
    let mut shown = String::new();
    for (at, letter) in realm.chars().enumerate() {
        if at == REALM_MOST {
            shown.push('…');
            break;
        }
        match letter {
            '"' | '\'' | '\\' => shown.push(letter),
            // The names of isolates, embeddings and overrides (Unicode UAX #9) are visible to nobody.
            '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' => {
                shown.extend(letter.escape_unicode());
            }
            other => shown.extend(other.escape_debug()),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_realm_is_bounded_and_shows_what_it_hides() {
        assert_eq!(shown("Lab \"7\" 温室"), "Lab \"7\" 温室");
        assert_eq!(shown("a\r\nb\u{202e}c\u{1b}[2J"), "a\\r\\nb\\u{202e}c\\u{1b}[2J");
        assert_eq!(shown(&"x".repeat(5000)).chars().count(), REALM_MOST + 1);
    }
}
