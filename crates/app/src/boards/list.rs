//! The list of boards as the window shows it.

use std::collections::HashSet;
use std::time::{SystemTime, UNIX_EPOCH};

use boardwalk_device::{DeviceError, State, Waiting, Work as DeviceWork};
use boardwalk_protocol::proxy::Via;
use boardwalk_transport::{RouteTaken, Target};

use crate::app::lock;
use crate::wire::{Board, BoardRoute, BoardState, NetworkBoard, PortGuess, WaitingFor, Work};

use super::{Boards, Open, guess, id_of};

impl Boards {
    /// All boards, in the order to show them: what is here, then what is open elsewhere, then what was here.
    pub(crate) fn list(&self) -> Vec<Board> {
        let open = lock(&self.open).clone();
        let mut listed = HashSet::new();
        let mut boards = Vec::new();
        for port in self.ports.current().iter() {
            let id = id_of(port);
            let known = open.get(&id);
            if (port.is_hidden() && known.is_none()) || !listed.insert(id.clone()) {
                continue;
            }
            boards.push(Board {
                target: port.target().to_string(),
                place: port.path.clone(),
                title: self.settings_of(&id).name.unwrap_or_else(|| port.title.clone()),
                guess: guess(port.guess),
                demo: port.demo,
                network: None,
                state: known.map_or(BoardState::Present, state_of),
                question: None,
                info: known.and_then(|open| open.info.clone()),
                last_seen_ms: None,
                id,
            });
        }
        let mut elsewhere: Vec<_> = open.iter().filter(|(id, _)| !listed.contains(*id)).collect();
        elsewhere.sort_by_key(|(id, _)| id.as_str());
        for (id, open) in elsewhere {
            boards.push(self.board(id, open));
        }
        let shown: HashSet<String> = boards.iter().map(|board| board.id.clone()).collect();
        for known in self.remembered().into_iter().filter(|known| !shown.contains(&known.id)) {
            boards.push(Board {
                place: place(&known.target),
                target: known.target.to_string(),
                title: self.settings_of(&known.id).name.unwrap_or(known.title),
                guess: PortGuess::Unknown,
                demo: false,
                network: self.network(&known.id, &known.target, None),
                state: BoardState::Absent,
                question: None,
                info: None,
                last_seen_ms: Some(known.last_seen_ms),
                id: known.id,
            });
        }
        boards
    }

    /// An open board that no port is known of: on the network, a pseudo terminal, or unplugged just now.
    fn board(&self, id: &str, open: &Open) -> Board {
        Board {
            id: id.to_owned(),
            title: self.settings_of(id).name.unwrap_or_else(|| open.title.clone()),
            target: open.target.to_string(),
            place: place(&open.target),
            guess: open.guess,
            demo: open.demo,
            network: self.network(id, &open.target, open.route.as_ref()),
            state: state_of(open),
            question: self.questions.of(id),
            info: open.info.clone(),
            last_seen_ms: None,
        }
    }

    fn network(&self, id: &str, target: &Target, route: Option<&RouteTaken>) -> Option<NetworkBoard> {
        matches!(target, Target::WebRepl { .. }).then(|| {
            let settings = self.settings_of(id);
            NetworkBoard {
                password_kept: settings.password_kept,
                certificate: settings.certificate,
                route: route.map(board_route),
                choice: lock(&self.choices).get(&target.to_string()).cloned(),
            }
        })
    }
}

fn board_route(taken: &RouteTaken) -> BoardRoute {
    let RouteTaken { decision, proxy } = taken;
    BoardRoute {
        proxy: proxy.as_ref().map(ToString::to_string),
        via: proxy.as_ref().map(|proxy| Via::of(proxy.scheme).name().to_owned()),
        source: decision.source.to_owned(),
        reason: decision.reason.clone(),
        rule: decision.rule.clone(),
    }
}

/// Where a board is, as short as it is clear: without what every board has.
fn place(target: &Target) -> String {
    match target {
        Target::Serial { path } => path.clone(),
        Target::WebRepl { url } => {
            let whole = target.to_string();
            let (scheme, port) = if url.tls { ("", ":443") } else { ("ws://", ":8266") };
            let short = whole.strip_prefix(scheme).unwrap_or(&whole);
            let path = if url.path == "/" { "" } else { &url.path };
            let usual = short.strip_suffix(path).and_then(|place| place.strip_suffix(port));
            usual.map_or_else(|| short.to_owned(), |place| format!("{place}{path}"))
        }
    }
}

/// What to call a board on the network: what it says it is, else its host.
pub(crate) fn title(target: &Target, machine: Option<&str>) -> String {
    let Target::WebRepl { url } = target else { return place(target) };
    // `Raspberry Pi Pico W with RP2040`: what stands before "with" is the board.
    let board = machine.and_then(|machine| machine.split_once(" with ")).map(|(board, _)| board.trim());
    board.filter(|board| !board.is_empty()).map_or_else(|| url.host.clone(), shortened)
}

/// A board may say anything.
fn shortened(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(80).collect()
}

fn state_of(open: &Open) -> BoardState {
    let Some(line) = &open.line else { return BoardState::Connecting { waiting_for: open.waiting_for } };
    match &*line.session.state().borrow() {
        State::Connecting(Waiting::Port) => BoardState::Connecting { waiting_for: WaitingFor::Port },
        State::Connecting(Waiting::Prompt) => BoardState::Connecting { waiting_for: WaitingFor::Prompt },
        State::Ready => BoardState::Ready,
        State::Running { name, since } => {
            BoardState::Running { name: name.clone(), since_ms: millis(*since) }
        }
        State::Busy { work, name } => BoardState::Busy { work: work_of(*work), name: name.clone() },
        // A port that is away is lost until it comes back. One that is there and not to be opened, and a board on the
        // network, of which only an answer tells: these we go on trying.
        State::Reconnecting { because, .. } if is_away(because) && open.target.serial_path().is_some() => {
            BoardState::Lost { because: because.clone().into() }
        }
        State::Reconnecting { attempt, because } => {
            BoardState::Reconnecting { attempt: *attempt, because: because.clone().into() }
        }
        State::Closed => BoardState::Lost { because: DeviceError::NotConnected.into() },
    }
}

fn is_away(because: &DeviceError) -> bool {
    matches!(because, DeviceError::Transport(error) if error.is_away())
}

fn work_of(work: DeviceWork) -> Work {
    match work {
        DeviceWork::Listing => Work::Listing,
        DeviceWork::Reading => Work::Reading,
        DeviceWork::Writing => Work::Writing,
        DeviceWork::Changing => Work::Changing,
        DeviceWork::Asking | DeviceWork::Executing => Work::Asking,
        DeviceWork::Resetting => Work::Resetting,
    }
}

pub(crate) fn millis(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).map_or(0, |since| u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_leaves_out_what_every_board_has() {
        for (target, shown) in [
            ("/dev/ttyACM0", "/dev/ttyACM0"),
            ("ws://192.168.4.1", "192.168.4.1"),
            ("ws://192.168.4.1:80/a:8266", "192.168.4.1:80/a:8266"),
            ("ws://[fe80::1]", "[fe80::1]"),
            ("wss://lab.example/boards/3", "wss://lab.example/boards/3"),
            ("wss://lab.example:8443", "wss://lab.example:8443"),
        ] {
            assert_eq!(place(&target.parse().unwrap()), shown);
        }
    }

    #[test]
    fn a_network_board_is_called_what_it_says_it_is() {
        let target = "ws://192.168.4.1".parse().unwrap();
        assert_eq!(title(&target, None), "192.168.4.1");
        assert_eq!(title(&target, Some("linux [GCC 12.2.0] version")), "192.168.4.1");
        assert_eq!(title(&target, Some("Raspberry Pi Pico W with RP2040")), "Raspberry Pi Pico W");
    }
}
