//! Decides the route of each connection: what the person chose, what the local network is, what the settings say. All of
//! it is read anew for each, so that a change counts for the next one.

mod all;
mod near;

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use boardwalk_protocol::proxy::{Decision, Endpoint, Host, ProxyServer, ProxyUser, Route, Said, Settings};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use tokio::time::{Instant, timeout_at};

use super::choice::RouteChoice;
use super::machine::{Machine, ThisMachine};
use super::resolve::{Resolve, SystemResolver};
use super::routes::{Routed, Routes};
use super::script::Scripts;
use super::sources::{Environment, ReadSettings, Sources};
use crate::target::WebReplUrl;

pub use all::SourceSaid;

/// The longest that a decision takes.
const LIMIT: Duration = Duration::from_millis(4500);
/// The longest that one source is read, and that the system resolves a name.
const SOURCE: Duration = Duration::from_millis(1500);
/// The longest that the local network is asked for a name.
const MDNS: Duration = Duration::from_millis(2500);

/// The routes of this system. Cheap to ask: a file or a small program is read, and no state is kept but a script for 30 s.
pub struct SystemRoutes {
    environment: Environment,
    sources: Sources,
    resolver: Arc<dyn Resolve>,
    machine: Arc<dyn Machine>,
    scripts: Scripts,
    chosen: RwLock<Chosen>,
}

/// What people chose.
#[derive(Default)]
struct Chosen {
    default: RouteChoice,
    of_boards: HashMap<WebReplUrl, RouteChoice>,
    /// the proxy also for boards on the local network
    no_lan_bypass: bool,
}

impl SystemRoutes {
    /// This system, with the environment that a front end read.
    #[must_use]
    pub fn new(environment: Environment) -> Self {
        let sources = Sources::system(&environment);
        Self::of(environment, sources, Arc::new(SystemResolver), Arc::new(ThisMachine))
    }

    /// Another world.
    #[must_use]
    pub fn of(
        environment: Environment,
        sources: Sources,
        resolver: Arc<dyn Resolve>,
        machine: Arc<dyn Machine>,
    ) -> Self {
        let (scripts, chosen) = (Scripts::default(), RwLock::default());
        Self { environment, sources, resolver, machine, scripts, chosen }
    }

    /// What holds for boards without a choice of their own. Counts for the next connection.
    pub fn choose(&self, choice: RouteChoice) {
        self.write(|chosen| chosen.default = choice);
    }

    /// What holds for one board; `None` takes its choice back.
    pub fn choose_for(&self, board: &WebReplUrl, choice: Option<RouteChoice>) {
        self.write(|chosen| match choice {
            Some(choice) => {
                chosen.of_boards.insert(board.clone(), choice);
            }
            None => {
                chosen.of_boards.remove(board);
            }
        });
    }

    /// Whether boards on the local network go direct whatever the system says; they do at first.
    pub fn set_lan_bypass(&self, on: bool) {
        self.write(|chosen| chosen.no_lan_bypass = !on);
    }

    /// Who we are to this proxy by the settings in which it stands: of the environment, then of the desktop.
    pub async fn user_at(&self, proxy: &ProxyServer) -> Option<ProxyUser> {
        let until = Instant::now() + SOURCE;
        let of = |settings: &Settings| {
            settings.users().find(|(server, _)| *server == proxy).map(|(_, user)| user.clone())
        };
        let found = of(&Settings::from_environment(|name| self.environment.get(name)));
        if found.is_some() {
            return found;
        }
        // Nobody's in particular: settings are read, no route is asked for.
        let anywhere = Endpoint { host: Host::parse("localhost"), port: 1, secure: false };
        for reader in &self.sources.readers {
            if let Ok(settings) = self.read(&**reader, &anywhere, until).await
                && let Some(user) = of(&settings)
            {
                return Some(user);
            }
        }
        None
    }

    /// The same routes for boards elsewhere: as if the local network were none.
    #[must_use]
    pub fn without_lan_bypass(self: &Arc<Self>) -> Arc<dyn Routes> {
        Arc::new(WithoutLanBypass(Arc::clone(self)))
    }

    async fn decide(&self, url: &WebReplUrl, may_bypass: bool) -> Routed {
        let (choice, lan_bypass) = self.chosen_for(url);
        let lan_bypass = lan_bypass && may_bypass;
        let (to, until) = (endpoint(url), Instant::now() + LIMIT);
        match choice {
            RouteChoice::Direct => {
                let reason = "A direct connection was chosen.".to_owned();
                self.directly(url, chosen(Route::Direct, "direct".to_owned(), reason), until).await
            }
            RouteChoice::Proxy(server) => {
                let (rule, reason) = (server.to_string(), format!("The proxy {server} was chosen."));
                let decision = chosen(Route::Proxies(vec![Some(server)]), rule, reason);
                self.through(url, decision, until).await
            }
            RouteChoice::System => self.as_the_system_says(url, &to, lan_bypass, until).await,
        }
    }

    async fn as_the_system_says(
        &self,
        url: &WebReplUrl,
        to: &Endpoint,
        lan_bypass: bool,
        until: Instant,
    ) -> Routed {
        let (settings, unread) = self.settings(to, until).await;
        let said = settings.decide(to);
        if !matches!(&said, Said::Script(_))
            && !matches!(&said, Said::Decision(d) if d.route != Route::Direct)
        {
            let decision = match said {
                Said::Decision(decision) => decision,
                _ => self.nothing_set(&unread),
            };
            return self.directly(url, decision, until).await;
        }
        // The rule of the local network comes before a script: that need not run for it.
        if lan_bypass && let Some(routed) = self.near(url, to, until).await {
            return routed;
        }
        match said {
            Said::Script(place) => {
                let decision = self.script(&place, &settings, to, until).await;
                match decision.route {
                    Route::Direct => self.directly(url, decision, until).await,
                    Route::Proxies(_) => self.through(url, decision, until).await,
                }
            }
            Said::Decision(decision) => self.through(url, decision, until).await,
            Said::Nothing => self.directly(url, Decision::nothing_set(), until).await,
        }
    }

    /// The first source that says anything, and why others could not be read. The environment comes before the desktop:
    /// who sets a variable for one program means that program.
    async fn settings(&self, to: &Endpoint, until: Instant) -> (Settings, Vec<String>) {
        let environment = Settings::from_environment(|name| self.environment.get(name));
        let mut unread = Vec::new();
        if environment.is_set() {
            return (environment, unread);
        }
        for reader in &self.sources.readers {
            match self.read(&**reader, to, until).await {
                Ok(settings) if settings.is_set() => return (settings, unread),
                Ok(_) => {}
                Err(because) => {
                    unread.push(format!("The settings ({}) could not be read: {because}.", reader.name()));
                }
            }
        }
        (environment, unread)
    }

    fn nothing_set(&self, unread: &[String]) -> Decision {
        let mut decision = Decision::nothing_set();
        for (_, because) in &self.sources.absent {
            decision.reason = format!("No proxy is set in the environment, and {because}.");
        }
        for sentence in unread {
            decision.reason = format!("{} {sentence}", decision.reason);
        }
        decision
    }

    async fn read(
        &self,
        reader: &dyn ReadSettings,
        to: &Endpoint,
        until: Instant,
    ) -> Result<Settings, String> {
        let limit = until.min(Instant::now() + SOURCE);
        timeout_at(limit, reader.read(to)).await.unwrap_or_else(|_| Err("no answer in time".to_owned()))
    }

    async fn script(&self, place: &str, settings: &Settings, to: &Endpoint, until: Instant) -> Decision {
        let asked = self.scripts.ask(place, to, &self.resolver, until).await;
        let (source, rule) = ("pac", place.to_owned());
        let script = format!("The script {place} {}", settings.place);
        match asked {
            Ok(list) => match list.first() {
                Some(Some(first)) => {
                    let reason = format!("{script} answers {first}.");
                    Decision { route: Route::Proxies(list), source, reason, rule }
                }
                _ => Decision {
                    route: Route::Direct,
                    source,
                    reason: format!("{script} answers DIRECT."),
                    rule,
                },
            },
            Err(error) => {
                let reason = format!("{script} cannot be used, so no proxy is used: {error}.");
                Decision { route: Route::Direct, source, reason, rule }
            }
        }
    }

    fn chosen_for(&self, board: &WebReplUrl) -> (RouteChoice, bool) {
        let chosen = self.chosen.read().unwrap_or_else(PoisonError::into_inner);
        let choice = chosen.of_boards.get(board).unwrap_or(&chosen.default);
        (choice.clone(), !chosen.no_lan_bypass)
    }

    fn write(&self, change: impl FnOnce(&mut Chosen)) {
        change(&mut self.chosen.write().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Routes for SystemRoutes {
    fn route<'a>(&'a self, url: &'a WebReplUrl) -> BoxFuture<'a, Routed> {
        self.decide(url, true).boxed()
    }
}

struct WithoutLanBypass(Arc<SystemRoutes>);

impl Routes for WithoutLanBypass {
    fn route<'a>(&'a self, url: &'a WebReplUrl) -> BoxFuture<'a, Routed> {
        self.0.decide(url, false).boxed()
    }
}

fn endpoint(url: &WebReplUrl) -> Endpoint {
    Endpoint { host: Host::parse(&url.host), port: url.port, secure: url.tls }
}

fn chosen(route: Route, rule: String, reason: String) -> Decision {
    Decision { route, source: "option", reason, rule }
}
