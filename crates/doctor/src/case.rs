//! One diagnosis under way: what it is about, the world, and what the checks have told each other.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use boardwalk_device::{Session, State, Waiting};
use boardwalk_protocol::proxy::{ProxyServer, Via};
use boardwalk_transport::{PortInfo, Routed, Target, UsbIdentity, WebReplUrl};
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::cable::{Cable, Nearby, Plugged};
use crate::evidence::{Console, Echo, Path};
use crate::finding::Finding;
use crate::network::Live;
use crate::report::Event;
use crate::rescue::Rescued;
use crate::world::{Interface, Program, World};

/// A session knows by then what its board does.
const ATTACH: Duration = Duration::from_secs(4);

/// What a person allows, and what is there already.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// a running program may be stopped
    pub may_interrupt: bool,
    /// find out for how long the way keeps a silent connection, in seconds
    pub idle: Option<u64>,
    /// the session with this board that is open already: it is used and not disturbed
    pub open: Option<Session>,
    /// who the board is, when it is remembered: it is found at another port
    pub identity: Option<UsbIdentity>,
    /// what was done to this board when it did not let itself be stopped
    pub rescued: Option<Rescued>,
    /// the USB cable of a board on the network: the board is asked there as well
    pub cable: Option<Cable>,
    /// the hexadecimal `machine.unique_id()` of the board that had this address before
    pub unique_id: Option<String>,
}

/// One diagnosis under way.
#[derive(Debug)]
pub struct Case {
    /// the address, once it was understood
    pub target: Option<Target>,
    /// the address as it was given
    pub text: String,
    /// what is asked
    pub world: World,
    /// what is allowed
    pub options: Options,
    pub(crate) facts: Facts,
    events: Option<mpsc::Sender<Event>>,
    waiting: Mutex<HashMap<&'static str, String>>,
    reached: AtomicBool,
}

/// What checks have found out for those after them. Each is set once, by the check it is named after.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    pub(crate) addresses: OnceLock<Vec<SocketAddr>>,
    /// what the board's name was resolved to, while its route was decided
    pub(crate) looked_up: OnceLock<Vec<SocketAddr>>,
    pub(crate) ports: OnceLock<Vec<PortInfo>>,
    /// what a port said by itself
    pub(crate) heard: OnceLock<Vec<u8>>,
    /// the port that is looked at
    pub(crate) serial: OnceLock<Target>,
    pub(crate) interfaces: OnceLock<Vec<Interface>>,
    /// the interface by which packets to the board leave
    pub(crate) leaves_by: OnceLock<Interface>,
    /// this computer is in another network than the board, which explains a silence
    pub(crate) in_another: OnceLock<Finding>,
    /// the board's address is one of this computer's
    pub(crate) is_here: OnceLock<()>,
    pub(crate) routed: OnceLock<Routed>,
    pub(crate) proxy: OnceLock<Proxied>,
    /// which program listens at the proxy's address
    pub(crate) program: OnceLock<Program>,
    /// the proxy speaks SOCKS5 and wants a name and a password
    pub(crate) proxy_wants_user: OnceLock<()>,
    /// the proxy said nothing, whatever it was greeted with
    pub(crate) proxy_is_silent: OnceLock<()>,
    pub(crate) paths: Mutex<Vec<Path>>,
    pub(crate) echoes: Mutex<Vec<Echo>>,
    /// the board's other cable, while it is tried over the network
    pub(crate) cable: tokio::sync::Mutex<Option<Plugged>>,
    pub(crate) console: Mutex<Option<Console>>,
    /// ports at which the board may be, though nobody said so
    pub(crate) nearby: OnceLock<Nearby>,
    /// how long a round trip to the board's prompt takes
    pub(crate) round_trip: OnceLock<Duration>,
    /// the one connection with the board
    pub(crate) live: tokio::sync::Mutex<Option<Live>>,
}

/// The proxy in question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Proxied {
    pub(crate) server: ProxyServer,
    pub(crate) via: Via,
    /// connections to this board really go through it; otherwise it is only set
    pub(crate) used: bool,
}

impl Case {
    pub(crate) fn new(
        text: &str,
        world: World,
        options: Options,
        events: Option<mpsc::Sender<Event>>,
    ) -> Self {
        Self {
            target: text.parse().ok(),
            text: text.to_owned(),
            world,
            options,
            facts: Facts::default(),
            events,
            waiting: Mutex::default(),
            reached: AtomicBool::new(false),
        }
    }

    /// The network address of the board.
    #[must_use]
    pub fn url(&self) -> Option<&WebReplUrl> {
        match &self.target {
            Some(Target::WebRepl { url }) => Some(url),
            _ => None,
        }
    }

    /// Whether a session has the line. It may still be listening for the board's prompt: a second client is in its way then, too.
    pub(crate) fn is_open(&self) -> bool {
        let has_line = |state: &State| state.is_connected() || *state == State::Connecting(Waiting::Prompt);
        self.options.open.as_ref().is_some_and(|session| has_line(&session.state().borrow()))
    }

    /// Waits until an open session knows what its board does.
    pub(crate) async fn settled(&self) {
        if let Some(session) = &self.options.open {
            let known = session.wait_for(|state| *state != State::Connecting(Waiting::Prompt));
            let _ = timeout(ATTACH, known).await;
        }
    }

    /// The address as it was given, without a password that somebody wrote into it.
    pub(crate) fn shown(&self) -> String {
        let Some((scheme, rest)) = self.text.split_once("://") else { return self.text.clone() };
        let end = rest.find('/').unwrap_or(rest.len());
        match rest[..end].rfind('@') {
            Some(at) => format!("{scheme}://…{}", &rest[at..]),
            None => self.text.clone(),
        }
    }

    /// How many boards are known to want their lines the other way.
    pub(crate) fn odd_lines(&self) -> usize {
        self.world.lines.snapshot().len()
    }

    /// Says what a check is waiting for: `an answer from 192.168.4.1`.
    pub fn waiting(&self, id: &'static str, what: impl Into<String>) {
        let what = what.into();
        lock(&self.waiting).insert(id, what.clone());
        if let Some(events) = &self.events {
            // Nobody misses one that is lost.
            let _ = events.try_send(Event::Waiting { id, what });
        }
    }

    /// It is proved that the board can be used.
    pub(crate) fn reached(&self) {
        self.reached.store(true, Ordering::Relaxed);
    }

    /// It turned out that it cannot.
    pub(crate) fn not_reached(&self) {
        self.reached.store(false, Ordering::Relaxed);
    }

    pub(crate) fn was_reached(&self) -> bool {
        self.reached.load(Ordering::Relaxed)
    }

    pub(crate) fn waited_for(&self, id: &str) -> String {
        lock(&self.waiting).get(id).cloned().unwrap_or_default()
    }

    pub(crate) async fn tell(&self, event: Event) {
        if let Some(events) = &self.events {
            // Whoever looked on may have gone.
            let _ = events.send(event).await;
        }
    }

    /// The proxy through which connections to this board go.
    pub(crate) fn proxy_used(&self) -> Option<&Proxied> {
        self.facts.proxy.get().filter(|proxy| proxy.used)
    }

    pub(crate) fn saw_path(&self, path: Path) {
        lock(&self.facts.paths).push(path);
    }

    pub(crate) fn saw_echo(&self, echo: Echo) {
        lock(&self.facts.echoes).push(echo);
    }

    /// The proxy with the program behind it, for sentences: `http://127.0.0.1:7890 (mihomo)`.
    pub(crate) fn proxy_name(&self, proxy: &ProxyServer) -> String {
        match self.facts.program.get() {
            Some(program) => format!("{proxy} ({})", program.name),
            None => proxy.to_string(),
        }
    }
}

/// No code panics while it holds one of these locks.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
