//! The list of boards as the window shows it.

use std::collections::HashSet;
use std::time::{SystemTime, UNIX_EPOCH};

use boardwalk_device::{DeviceError, State, Waiting, Work as DeviceWork};
use boardwalk_transport::Target;

use crate::app::lock;
use crate::wire::{Board, BoardState, WaitingFor, Work};

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
                title: port.title.clone(),
                guess: guess(port.guess),
                demo: port.demo,
                state: known.map_or(BoardState::Present, state_of),
                info: known.and_then(|open| open.info.clone()),
                last_seen_ms: None,
                id,
            });
        }
        let mut elsewhere: Vec<_> = open.iter().filter(|(id, _)| !listed.contains(*id)).collect();
        elsewhere.sort_by_key(|(id, _)| id.as_str());
        for (id, open) in elsewhere {
            boards.push(board(id, open));
        }
        let shown: HashSet<String> = boards.iter().map(|board| board.id.clone()).collect();
        for known in self.remembered().into_iter().filter(|known| !shown.contains(&known.id)) {
            boards.push(Board {
                place: place(&known.target),
                target: known.target.to_string(),
                id: known.id,
                title: known.title,
                guess: crate::wire::PortGuess::Unknown,
                demo: false,
                state: BoardState::Absent,
                info: None,
                last_seen_ms: Some(known.last_seen_ms),
            });
        }
        boards
    }
}

/// An open board that no port is known of: a pseudo terminal, or one that is unplugged just now.
fn board(id: &str, open: &Open) -> Board {
    Board {
        id: id.to_owned(),
        title: open.title.clone(),
        target: open.target.to_string(),
        place: place(&open.target),
        guess: open.guess,
        demo: open.demo,
        state: state_of(open),
        info: open.info.clone(),
        last_seen_ms: None,
    }
}

pub(crate) fn place(target: &Target) -> String {
    target.serial_path().map_or_else(|| target.to_string(), ToOwned::to_owned)
}

fn state_of(open: &Open) -> BoardState {
    let Some(line) = &open.line else { return BoardState::Connecting { waiting_for: WaitingFor::Port } };
    match &*line.session.state().borrow() {
        State::Connecting(Waiting::Port) => BoardState::Connecting { waiting_for: WaitingFor::Port },
        State::Connecting(Waiting::Prompt) => BoardState::Connecting { waiting_for: WaitingFor::Prompt },
        State::Ready => BoardState::Ready,
        State::Running { name, since } => {
            BoardState::Running { name: name.clone(), since_ms: millis(*since) }
        }
        State::Busy { work, name } => BoardState::Busy { work: work_of(*work), name: name.clone() },
        // Away means lost until it comes back; there and not to be opened means that we go on trying.
        State::Reconnecting { because, .. } if is_away(because) => {
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
