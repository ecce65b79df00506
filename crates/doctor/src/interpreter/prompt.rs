//! Is there a prompt, or what keeps it away? Nothing is interrupted without consent.

mod findings;

use std::time::Duration;

use boardwalk_device::{Consent, DeviceError, Session, State, Terminal};
use boardwalk_transport::TransportError;
use futures::future::{BoxFuture, FutureExt as _};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::over;
use crate::case::Case;
use crate::check::{Check, Need, Outcome};
use crate::code::Code;
use crate::finding::Finding;
use crate::network::Live;
use crate::serial::{Answer, TAKES, answer, trouble, words};
pub(super) use findings::{hung, set_aside};
use findings::{line_policy, running, silent, stopped, swallowed};

pub(crate) struct Prompt;

/// A session knows by then what the board does; a board that is booting gets 2.5 s from it.
const ATTACH: Duration = Duration::from_secs(5);
/// What a wire that leads back needs for a byte.
const ECHO: Duration = Duration::from_millis(200);
/// What is kept of what a program prints, in bytes.
const PRINTED_MOST: usize = 2048;
/// Ctrl-B: in a program it is nothing but a byte, and no prompt echoes it.
const UNSEEN: &[u8] = &[2];

impl Check for Prompt {
    fn id(&self) -> &'static str {
        "prompt"
    }

    fn title(&self) -> &'static str {
        "Prompt"
    }

    fn needs(&self) -> &'static [Need] {
        &[Need::Over("direct"), Need::Over("login"), Need::Over("usb-answers"), Need::Over("listen")]
    }

    fn deadline(&self) -> Duration {
        Duration::from_secs(12)
    }

    fn run<'a>(&'a self, case: &'a Case) -> BoxFuture<'a, Outcome> {
        look(case).boxed()
    }
}

/// A session with somebody who listens to it, and what was heard.
struct Seen<'a> {
    session: &'a Session,
    /// `None`: the session of the window, whose terminal is the window's
    terminal: Option<&'a mut Terminal>,
    /// what came before anything was typed
    before: Vec<u8>,
    /// what came since
    after: Vec<u8>,
}

async fn look(case: &Case) -> Outcome {
    if let Some(session) = &case.options.open {
        return judge(case, Seen { session, terminal: None, before: Vec::new(), after: Vec::new() }).await;
    }
    let mut live = case.facts.live.lock().await;
    match live.take() {
        Some(Live::Talking(conversation)) if conversation.is_in() => {
            let Some(target) = case.target.clone() else { return Outcome::skipped("There is no address.") };
            match conversation.session(target).await {
                Ok((session, terminal)) => *live = Some(Live::Session(session, Some(terminal))),
                Err(error) => return Outcome::crashed(format!("No session came about: {error}")),
            }
        }
        other => *live = other,
    }
    let Some(Live::Session(session, terminal)) = live.as_mut() else {
        return Outcome::skipped("Not run, because there is no session with the board.");
    };
    let before = case.odd_lines();
    case.waiting("prompt", "the board's prompt");
    let heard = case.facts.heard.get().cloned().unwrap_or_default();
    let mut seen = Seen { session, terminal: terminal.as_mut(), before: heard, after: Vec::new() };
    seen.attach().await;
    let outcome = judge(case, seen).await;
    if matches!(*session.state().borrow(), State::Ready) {
        // Its prompt is published a moment before it is noted how the lines stood.
        let _ = timeout(ECHO, session.settled()).await;
    }
    // The session found out that the lines had to stand the other way.
    if case.odd_lines() == before { outcome } else { outcome.and(line_policy()) }
}

async fn judge(case: &Case, seen: Seen<'_>) -> Outcome {
    let state = seen.session.state().borrow().clone();
    let serial = case.url().is_none();
    match state {
        State::Ready => {
            match trouble(&seen.all()).filter(|finding| serial && finding.code == Code::NotMicropython) {
                Some(finding) => Outcome::found(finding),
                None => {
                    case.reached();
                    with_rescue(case, "The board waits at its prompt.")
                }
            }
        }
        State::Busy { .. } => {
            case.reached();
            with_rescue(case, "Boardwalk itself is using the board.")
        }
        State::Running { .. } if serial && seen.terminal.is_some() => by_port(case, seen).await,
        State::Running { .. } if case.options.may_interrupt => stop(case, seen).await,
        State::Running { .. } => {
            case.reached();
            Outcome::found(running(&seen.after))
        }
        State::Connecting(_) => Outcome::crashed("The board did not show within 5 s what it is doing."),
        State::Reconnecting { .. } | State::Closed => over(case, seen.session).await,
    }
}

/// No prompt at a serial port: what is there instead?
async fn by_port(case: &Case, mut seen: Seen<'_>) -> Outcome {
    let found = trouble(&seen.all());
    let only_a_start = |finding: &Finding| matches!(finding.code, Code::WrongUsbSocket | Code::NoPrompt);
    match found {
        Some(finding) if !case.options.may_interrupt || !only_a_start(&finding) => {
            return Outcome::found(finding);
        }
        _ => {}
    }
    seen.wait_until_taken().await;
    if matches!(*seen.session.state().borrow(), State::Connecting(_)) {
        // It was silent, and is tried with DTR and RTS the other way.
        seen.attach().await;
        if matches!(*seen.session.state().borrow(), State::Ready) {
            case.reached();
            return with_rescue(case, "The board waits at its prompt.");
        }
    }
    if !matches!(*seen.session.state().borrow(), State::Running { .. }) {
        return over(case, seen.session).await;
    }
    if !seen.after.is_empty() && seen.after.iter().all(|byte| byte.is_ascii_whitespace()) {
        seen.type_unseen().await;
    }
    match answer(&seen.before, &seen.after) {
        Answer::Ourselves => return Outcome::found(words::loopback()),
        Answer::Noise => return Outcome::found(words::noise(&seen.after)),
        Answer::Like(firmware) if !case.options.may_interrupt => {
            return Outcome::found(words::likely_foreign(firmware, &seen.all()));
        }
        _ => {}
    }
    if case.options.may_interrupt {
        return stop(case, seen).await;
    }
    let all = seen.all();
    if !has_words(&all) {
        return Outcome::found(silent(&all, false));
    }
    case.reached();
    let outcome = Outcome::found(running(&all));
    if words::restarted(&seen.before) { outcome.and(words::reset_on_open()) } else { outcome }
}

async fn stop(case: &Case, mut seen: Seen<'_>) -> Outcome {
    case.waiting("prompt", "the program to end after Ctrl-C");
    // What a session of the window hears goes to its terminal: there silence is not known.
    let listened = seen.terminal.is_some() && case.url().is_none();
    let session = seen.session;
    let stopped_by = seen.beside(session.stop()).await;
    match stopped_by {
        Ok(()) => {
            case.reached();
            let outcome = Outcome::found(stopped());
            if words::restarted(&seen.before) { outcome.and(words::reset_on_open()) } else { outcome }
        }
        Err(DeviceError::InterruptSwallowed { .. }) if listened => Outcome::found(unstopped(&seen)),
        Err(DeviceError::InterruptSwallowed { .. }) => Outcome::found(swallowed()),
        Err(DeviceError::Transport(TransportError::DeviceHung { .. })) => Outcome::found(hung()),
        Err(DeviceError::NotConnected | DeviceError::Transport(_)) => over(case, seen.session).await,
        Err(error) => Outcome::crashed(error.to_string()),
    }
}

/// Ctrl-C has done nothing.
fn unstopped(seen: &Seen<'_>) -> Finding {
    let all = seen.all();
    if !has_words(&all) && answer(&seen.before, &seen.after) == Answer::Unknown {
        return silent(&all, true);
    }
    if let Some(finding) = trouble(&all) {
        return finding;
    }
    match answer(&seen.before, &seen.after) {
        Answer::Ourselves => words::loopback(),
        Answer::Noise => words::noise(&seen.after),
        Answer::Like(firmware) => words::foreign(firmware, &all),
        Answer::Unknown => swallowed(),
    }
}

/// A plug that is put in, or a line that nobody drives, gives a few bytes, too.
fn has_words(heard: &[u8]) -> bool {
    heard.iter().any(u8::is_ascii_graphic)
        || std::str::from_utf8(heard).is_ok_and(|text| !text.trim().is_empty())
}

fn with_rescue(case: &Case, saw: &str) -> Outcome {
    case.options.rescued.as_ref().and_then(set_aside).into_iter().fold(Outcome::pass(saw), Outcome::and)
}

impl Seen<'_> {
    fn all(&self) -> Vec<u8> {
        [&self.before[..], &self.after].concat()
    }

    /// Waits until the session knows what the board does.
    async fn attach(&mut self) {
        let session = self.session;
        let known = session.wait_for(|state| !matches!(state, State::Connecting(_)));
        let _ = timeout(ATTACH, self.beside(known)).await;
    }

    /// A board from which nothing comes may also be one that takes nothing: the line ends when that is sure.
    async fn wait_until_taken(&mut self) {
        if self.after.is_empty() && self.before.is_empty() {
            let session = self.session;
            let ended = session.wait_for(|state| !matches!(state, State::Running { .. }));
            let _ = timeout(TAKES, self.beside(ended)).await;
        }
    }

    async fn type_unseen(&mut self) {
        let session = self.session;
        let echo = async {
            let _ = session.type_in(UNSEEN).await;
            std::future::pending::<()>().await;
        };
        let _ = timeout(ECHO, self.beside(echo)).await;
    }

    /// Does something while the terminal is read; a terminal that nobody reads would stop the board.
    async fn beside<T>(&mut self, work: impl Future<Output = T>) -> T {
        tokio::pin!(work);
        let Some(terminal) = self.terminal.as_deref_mut() else { return work.await };
        loop {
            tokio::select! {
                biased;
                Some(bytes) = terminal.next() => {
                    let room = PRINTED_MOST.saturating_sub(self.after.len());
                    self.after.extend_from_slice(&bytes[..bytes.len().min(room)]);
                }
                done = &mut work => return done,
            }
        }
    }
}

/// Why a session has ended.
pub(super) async fn reason(session: &Session) -> DeviceError {
    match session.stat("/", Consent::LeaveRunning, CancellationToken::new()).await {
        Ok(_) => DeviceError::NotConnected,
        Err(error) => error,
    }
}
