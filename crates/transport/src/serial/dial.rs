//! Opens the serial line of one board, and finds the board again when its port has another name.

use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::time::Instant;

use super::line_policy::{LineMemory, LinePolicy, Wiring, wiring};
use super::open::{Request, open};
use super::pump::{PumpSetup, start};
use crate::dial::Dial;
use crate::error::TransportError;
use crate::link::{Link, LinkInfo, LinkKind};
use crate::ports::{PortGuess, PortInfo, PortSource, port_at, port_of};
use crate::target::Target;
use crate::usb::UsbIdentity;

/// How often the reconnect loop looks for the board.
const LOOK: Duration = Duration::from_millis(150);
/// How long it waits after a dial that failed although the board is there.
const AFTER_FAILURE: Duration = Duration::from_millis(250);

/// How to open serial ports.
#[derive(Debug, Clone)]
pub struct SerialOptions {
    /// bits per second; native USB ports ignore it
    pub baud: u32,
    /// longest wait for the system to open the port
    pub open_timeout: Duration,
    /// a port that takes no byte for so long counts as hung
    pub write_timeout: Duration,
    /// DTR and RTS as the user set them for this board; without it by device, and what worked before
    pub line_policy: Option<LinePolicy>,
    /// which policy worked for which board
    pub memory: LineMemory,
    /// who the board is, when that is known before the first dial (a saved board)
    pub identity: Option<UsbIdentity>,
}

impl Default for SerialOptions {
    fn default() -> Self {
        Self {
            baud: 115_200,
            open_timeout: Duration::from_secs(5),
            write_timeout: Duration::from_secs(10),
            line_policy: None,
            memory: LineMemory::default(),
            identity: None,
        }
    }
}

/// Dials one serial board.
#[derive(Debug)]
pub struct SerialDial {
    target: Target,
    ports: PortSource,
    options: SerialOptions,
    identity: Option<UsbIdentity>,
    interface: Option<u8>,
    last: Option<LastDial>,
    /// chosen for the next dial because the board stayed silent
    swapped: Option<LinePolicy>,
    swaps_left: bool,
    rest_until: Option<Instant>,
}

#[derive(Debug, Clone, Copy)]
struct LastDial {
    policy: LinePolicy,
    wiring: Wiring,
}

/// Where the board is right now.
struct Place {
    path: String,
    port: Option<PortInfo>,
}

impl SerialDial {
    /// For this target, which must be a serial one to be dialled. `ports` tells who a port is.
    pub fn new(target: Target, ports: PortSource, options: SerialOptions) -> Self {
        let identity = options.identity.clone();
        Self {
            target,
            ports,
            options,
            identity,
            interface: None,
            last: None,
            swapped: None,
            swaps_left: true,
            rest_until: None,
        }
    }

    /// Who the board is, once that is known.
    pub fn identity(&self) -> Option<&UsbIdentity> {
        self.identity.as_ref()
    }

    async fn open_line(&mut self) -> Result<Link, TransportError> {
        let Some(asked) = self.target.serial_path().map(str::to_owned) else {
            return Err(TransportError::UnsupportedScheme { target: self.target.to_string() });
        };
        let Some(place) = self.locate().await else {
            return Err(TransportError::PortNotFound { path: asked });
        };
        let identity = place.port.as_ref().and_then(PortInfo::identity);
        let guess = place.port.as_ref().map_or(PortGuess::Unknown, |port| port.guess);
        let wiring = wiring(identity.as_ref(), guess);
        let policy = self.policy(identity.as_ref(), wiring);
        let request = Request {
            path: place.path.clone(),
            baud: self.options.baud,
            policy,
            vid: identity.as_ref().map(|who| who.vid),
        };
        let port = open(request, self.options.open_timeout).await?;

        let target = Target::Serial { path: place.path.clone() };
        let info = LinkInfo {
            target: target.clone(),
            kind: LinkKind::Serial,
            identity: identity.clone(),
            baud: Some(self.options.baud),
            line_resets: wiring.resets,
            may_reset_on_open: wiring.resets,
            lines: policy.signals(),
            fake_prompt: false,
            route: None,
        };
        let (link, peer) = Link::pair(info);
        let setup = PumpSetup {
            path: place.path.clone(),
            write_timeout: self.options.write_timeout,
            fragile: wiring.fragile,
        };
        start(port, peer, setup).map_err(|error| TransportError::Io {
            path: place.path,
            code: error.raw_os_error(),
            what: "starting the threads of",
        })?;
        self.last = Some(LastDial { policy, wiring });
        self.target = target;
        if let Some(port) = place.port {
            self.interface = port.interface;
            self.identity = self.identity.take().or(identity);
        }
        Ok(link)
    }

    /// What the silence of the board asks for, what the user set, what worked before, what the table says.
    fn policy(&self, who: Option<&UsbIdentity>, wiring: Wiring) -> LinePolicy {
        self.swapped
            .or(self.options.line_policy)
            .or_else(|| who.and_then(|who| self.options.memory.get(who)))
            .unwrap_or(wiring.policy)
    }

    async fn locate(&self) -> Option<Place> {
        let (ports, target) = (self.ports.clone(), self.target.clone());
        let (identity, interface) = (self.identity.clone(), self.interface);
        let look =
            move || place_of(&ports.list_blocking(), target.serial_path()?, identity.as_ref(), interface);
        tokio::task::spawn_blocking(look).await.ok().flatten()
    }
}

/// A board that is known by its identity is only ever itself: another board on its old port is not it.
fn place_of(
    ports: &[PortInfo],
    path: &str,
    identity: Option<&UsbIdentity>,
    interface: Option<u8>,
) -> Option<Place> {
    let there = port_at(ports, path);
    let Some(who) = identity else {
        let exists = there.is_some() || exists(path);
        return exists.then(|| Place { path: path.to_owned(), port: there.cloned() });
    };
    // A link or the name it had keeps its name while the same board is behind it.
    if let Some(port) = there.filter(|port| port.identity().as_ref() == Some(who)) {
        return Some(Place { path: path.to_owned(), port: Some(port.clone()) });
    }
    port_of(ports, who, interface).map(|port| Place { path: port.path.clone(), port: Some(port.clone()) })
}

/// Whether a port that nobody lists is there: pseudo terminals and links.
fn exists(path: &str) -> bool {
    cfg!(unix) && std::path::Path::new(path).exists()
}

impl Dial for SerialDial {
    fn target(&self) -> &Target {
        &self.target
    }

    fn dial(&mut self) -> BoxFuture<'_, Result<Link, TransportError>> {
        async {
            let outcome = self.open_line().await;
            self.rest_until = outcome.is_err().then(|| Instant::now() + AFTER_FAILURE);
            outcome
        }
        .boxed()
    }

    fn wait_until_present(&mut self) -> BoxFuture<'_, ()> {
        async {
            if let Some(until) = self.rest_until.take() {
                tokio::time::sleep_until(until).await;
            }
            while self.locate().await.is_none() {
                tokio::time::sleep(LOOK).await;
            }
        }
        .boxed()
    }

    fn is_present(&mut self) -> BoxFuture<'_, bool> {
        async { self.locate().await.is_some() }.boxed()
    }

    fn try_other_line_policy(&mut self) -> bool {
        let Some(LastDial { policy, wiring }) = self.last else { return false };
        let (Some(other), true, None) = (wiring.other, self.swaps_left, self.options.line_policy) else {
            return false;
        };
        self.swaps_left = false;
        // What worked once may be the other one already.
        self.swapped = Some(if policy == other { wiring.policy } else { other });
        true
    }

    fn line_policy_worked(&mut self) {
        self.swaps_left = true;
        if let (Some(last), Some(who)) = (self.last, &self.identity)
            && self.options.memory.get(who).unwrap_or(last.wiring.policy) != last.policy
        {
            self.options.memory.set(who.clone(), last.policy);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dial(vid: u16, pid: u16, options: SerialOptions) -> SerialDial {
        let mut dial = SerialDial::new("/dev/ttyUSB0".parse().unwrap(), PortSource::none(), options);
        let who = UsbIdentity { vid, pid, serial_number: Some("A".into()) };
        let wiring = wiring(Some(&who), PortGuess::UsbBridge);
        let policy = dial.policy(Some(&who), wiring);
        dial.last = Some(LastDial { policy, wiring });
        dial.identity = Some(who);
        dial
    }

    #[test]
    fn the_other_policy_is_tried_once_and_remembered_when_it_works() {
        let options = SerialOptions::default();
        let mut dial = dial(0x1A86, 0x7523, options.clone());
        assert!(dial.try_other_line_policy());
        let LastDial { wiring, .. } = dial.last.unwrap();
        let who = dial.identity.clone().unwrap();
        let policy = dial.policy(Some(&who), wiring);
        assert_eq!(policy, LinePolicy::Asserted);
        assert!(!dial.try_other_line_policy(), "only once");
        dial.last = Some(LastDial { policy, wiring });
        dial.line_policy_worked();
        assert_eq!(options.memory.get(&who), Some(LinePolicy::Asserted));
        let next = SerialDial::new("/dev/ttyUSB0".parse().unwrap(), PortSource::none(), options);
        assert_eq!(next.policy(Some(&who), wiring), LinePolicy::Asserted, "the next dial starts with it");
    }

    #[test]
    fn what_the_table_says_needs_no_remembering() {
        let options = SerialOptions::default();
        let mut dial = dial(0x1A86, 0x7523, options.clone());
        dial.line_policy_worked();
        assert!(options.memory.snapshot().is_empty());
    }

    #[test]
    fn neither_a_users_choice_nor_the_jtag_block_is_second_guessed() {
        let fixed = SerialOptions { line_policy: Some(LinePolicy::Asserted), ..SerialOptions::default() };
        assert!(!dial(0x1A86, 0x7523, fixed).try_other_line_policy());
        assert!(!dial(0x303A, 0x1001, SerialOptions::default()).try_other_line_policy());
    }
}
