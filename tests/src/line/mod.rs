//! The line between the chip and the port: two pumps that carry bytes at the line's pace, and a warden that hears the chip and the door.

mod down;
mod fault;
mod pace;
mod up;
mod wake;
mod warden;

use std::{
    collections::VecDeque,
    fs,
    path::PathBuf,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread::JoinHandle,
    time::{Duration, Instant},
};

use tokio::sync::watch;

use self::wake::Wake;
pub(crate) use self::{fault::Way, pace::Pace};
use crate::{
    BoardError, Identity, PortsFile, Stats,
    builder::{Answers, Builder, Direction, Fault, ResetOnOpen},
    chip::{Process, Recipe},
    error::Context as _,
    port::{Port, Visit, point_link},
};

/// How long a step that only depends on our own threads may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// What is kept of the words of a chip that does not come up.
const SAID_LIMIT: usize = 4096;

/// What the threads of a board share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) recipe: Recipe,
    pub(crate) stats: watch::Sender<Stats>,
    baud: Option<u32>,
    ring: bool,
    link: Option<PathBuf>,
    listing: Option<(PortsFile, Identity)>,
    reset_on_open: Option<ResetOnOpen>,
    answers: Option<Answers>,
    leaves_on_reset: Option<Duration>,
    cut_takes_power: bool,
    /// Held while the port comes or goes: the cut line of one moment must not end the port of the next.
    turn: Mutex<()>,
    state: Mutex<State>,
    changed: Condvar,
    down: Wake,
    up: Wake,
    warden: Wake,
}

#[derive(Debug)]
struct State {
    port: Option<Arc<Port>>,
    last_path: String,
    process: Option<Process>,
    cooked: bool,
    deaf_until: Option<Instant>,
    plug_at: Option<Instant>,
    injected: VecDeque<u8>,
    to_board: Way,
    from_board: Way,
    said: String,
    closing: bool,
}

impl Shared {
    /// The line with its threads; the chip runs, the port is plugged.
    pub(crate) fn start(
        builder: Builder,
        recipe: Recipe,
    ) -> Result<(Arc<Self>, Vec<JoinHandle<()>>), BoardError> {
        let faults = |way| builder.faults.iter().filter(|(w, _)| *w == way).map(|(_, f)| *f).collect();
        let (to_board, from_board) =
            (Way::new(faults(Direction::ToBoard)), Way::new(faults(Direction::FromBoard)));
        let wake = || Wake::new().context("a socket for a thread");
        let shared = Arc::new(Self {
            recipe,
            stats: watch::Sender::new(Stats::default()),
            baud: builder.baud,
            ring: builder.ring.is_some(),
            link: builder.link,
            listing: builder.listing,
            reset_on_open: builder.reset_on_open,
            answers: builder.answers,
            leaves_on_reset: builder.leaves_on_reset,
            cut_takes_power: builder.cut_takes_power,
            turn: Mutex::new(()),
            state: Mutex::new(State {
                port: None,
                last_path: String::new(),
                process: None,
                cooked: true,
                deaf_until: None,
                plug_at: None,
                injected: VecDeque::new(),
                to_board,
                from_board,
                said: String::new(),
                closing: false,
            }),
            changed: Condvar::new(),
            down: wake()?,
            up: wake()?,
            warden: wake()?,
        });
        shared.power_on()?;
        let threads = vec![
            thread("line-down", &shared, down::run)?,
            thread("line-up", &shared, up::run)?,
            thread("line-warden", &shared, warden::run)?,
        ];
        shared.plug(false)?;
        Ok((shared, threads))
    }

    /// Waits until the chip's start-up is done.
    pub(crate) fn wait_up(&self) -> Result<(), BoardError> {
        let state = self.lock();
        let (state, _) = self
            .changed
            .wait_timeout_while(state, PATIENCE, |_| !self.stats.borrow().up)
            .unwrap_or_else(PoisonError::into_inner);
        if self.stats.borrow().up { Ok(()) } else { Err(BoardError::NotUp(state.said.clone())) }
    }

    /// Where the port is, or was last.
    pub(crate) fn path(&self) -> String {
        match &self.link {
            Some(link) => link.display().to_string(),
            None => self.lock().last_path.clone(),
        }
    }

    pub(crate) fn plug(&self, elsewhere: bool) -> Result<(), BoardError> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        self.power_on()?;
        let mut state = self.lock();
        state.plug_at = None;
        if state.port.is_some() || state.closing {
            return Ok(());
        }
        let port = Port::open_unlike(elsewhere.then_some(state.last_path.as_str()))?;
        state.last_path.clone_from(&port.path);
        if let Some(link) = &self.link {
            point_link(link, &port.path).context("linking to the port")?;
        }
        let path = self.link.as_ref().map_or_else(|| port.path.clone(), |l| l.display().to_string());
        state.port = Some(Arc::new(port));
        if let Some((file, identity)) = &self.listing {
            file.put(&path, identity)?;
        }
        let open = u32::from(cfg!(not(target_os = "linux")));
        self.stats.send_modify(|s| (s.plugged, s.open) = (true, open));
        drop(state);
        self.everybody();
        Ok(())
    }

    /// Returns when the port is gone. `power`: as if the cable carried it.
    pub(crate) fn unplug(&self, power: bool) {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let mut state = self.lock();
        let Some(port) = state.port.take() else { return };
        if power && let Some(process) = state.process.take() {
            process.kill();
        }
        if let Some(link) = &self.link {
            let _ = fs::remove_file(link);
        }
        if let Some((file, identity)) = &self.listing {
            let _ = file.remove(&identity.serial);
        }
        drop(state);
        self.everybody();
        // The terminal hangs up when the pumps have let go of it, too.
        let state = self.lock();
        let alone = |_: &mut State| Arc::strong_count(&port) > 1;
        drop(self.changed.wait_timeout_while(state, PATIENCE, alone));
        drop(port);
        self.stats.send_modify(|s| {
            (s.plugged, s.open) = (false, 0);
            s.up &= !power;
            s.at_prompt &= !power;
        });
    }

    pub(crate) fn unplug_by_hand(&self) {
        self.unplug(self.cut_takes_power);
    }

    pub(crate) fn power_on(&self) -> Result<(), BoardError> {
        let mut state = self.lock();
        if state.process.is_none() && !state.closing {
            self.boot(&mut state)?;
        }
        drop(state);
        self.everybody();
        Ok(())
    }

    pub(crate) fn power_off(&self) {
        let mut state = self.lock();
        if let Some(process) = state.process.take() {
            process.kill();
        }
        self.stats.send_modify(|s| (s.up, s.at_prompt) = (false, false));
        drop(state);
        self.everybody();
    }

    /// The reset button, `machine.reset()`.
    pub(crate) fn hard_reset(&self) -> Result<(), BoardError> {
        if let Some(away) = self.leaves_on_reset {
            self.unplug(false);
            self.lock().plug_at = Some(Instant::now() + away);
        }
        self.power_off();
        self.power_on()
    }

    pub(crate) fn inject(&self, bytes: &[u8]) {
        self.lock().injected.extend(bytes);
        self.up.ring();
        self.changed.notify_all();
    }

    pub(crate) fn add_fault(&self, way: Direction, fault: Fault) {
        let mut state = self.lock();
        match way {
            Direction::ToBoard => state.to_board.add(fault),
            Direction::FromBoard => state.from_board.add(fault),
        }
    }

    /// Runs `look` while the chip stands still; `None` without power.
    pub(crate) fn frozen<T>(&self, look: impl FnOnce() -> T) -> T {
        let state = self.lock();
        match &state.process {
            Some(process) => process.frozen(look),
            None => look(),
        }
    }

    pub(crate) fn powered(&self) -> bool {
        self.lock().process.is_some()
    }

    pub(crate) fn close(&self) {
        self.lock().closing = true;
        self.unplug(true);
        self.power_off();
    }

    fn boot(&self, state: &mut State) -> Result<(), BoardError> {
        state.said.clear();
        state.cooked = true;
        self.stats.send_modify(|s| {
            (s.up, s.at_prompt) = (matches!(self.recipe, Recipe::Silent), false);
            s.boots += 1;
        });
        state.process = self.recipe.start()?;
        Ok(())
    }

    /// Takes note of who opened and closed the port. Whoever is about to drop or carry a byte asks first: an open that happened
    /// before the byte must count before it.
    fn answer_door(&self, port: &Port) {
        let mut state = self.lock();
        let Some(visits) = port.visits() else { return };
        let ended_with_close = visits.last() == Some(&Visit::Closed);
        for visit in visits {
            self.stats.send_modify(|s| match visit {
                Visit::Opened => (s.open, s.opened) = (s.open + 1, s.opened + 1),
                Visit::Closed => s.open = s.open.saturating_sub(1),
            });
            match (visit, &self.reset_on_open) {
                // Two opens may have come as one, too: then somebody is still there.
                (Visit::Closed, _) if self.stats.borrow().open == 0 => match port.has_clients() {
                    true => self.stats.send_modify(|s| s.open = 1),
                    false => port.all_left(),
                },
                (Visit::Opened, Some(reset)) => {
                    if let Some(process) = state.process.take() {
                        process.kill();
                    }
                    state.deaf_until = Some(Instant::now() + reset.deaf);
                    state.injected.extend(&reset.text);
                    // A chip that does not start again shows as silence; the next reset tries once more.
                    let _ = self.boot(&mut state);
                }
                _ => {}
            }
        }
        // The kernel joins equal events that nobody has read yet: two closes may have come as one.
        if ended_with_close && self.stats.borrow().open > 0 && !port.has_clients() {
            self.stats.send_modify(|s| s.open = 0);
            port.all_left();
        }
    }

    /// Drops a pump's hold of the port, and tells whoever waits for that. The lock keeps the news from falling between look and wait.
    fn let_go(&self, port: Option<Arc<Port>>) {
        drop(port);
        drop(self.lock());
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn everybody(&self) {
        self.changed.notify_all();
        for wake in [&self.down, &self.up, &self.warden] {
            wake.ring();
        }
    }
}

fn thread(name: &str, shared: &Arc<Shared>, run: fn(&Shared)) -> Result<JoinHandle<()>, BoardError> {
    let shared = Arc::clone(shared);
    std::thread::Builder::new().name(name.into()).spawn(move || run(&shared)).context("starting a thread")
}
