//! `repl`: the board's terminal in this terminal.

use std::io::{IsTerminal as _, Read as _};

use boardwalk_device::{Attach, State};
use bytes::Bytes;
use tokio::sync::mpsc;

use crate::context::{Context, Failure, close, late};
use crate::output;

/// Ctrl-], as in telnet and miniterm.
const LEAVE: u8 = 0x1d;

pub(crate) async fn repl(context: &Context, target: &str) -> Result<(), Failure> {
    let interactive = std::io::stdin().is_terminal();
    let (session, mut terminal) = context.attach(target, Attach::Gently, interactive).await?;
    let _raw = if interactive {
        output::plain_error(&format!(
            "Connected to {target}. Ctrl-] leaves, Ctrl-C interrupts, Ctrl-D resets."
        ));
        Some(RawMode::enter())
    } else {
        session.wait_for(|state| !matches!(state, State::Connecting(_))).await;
        None
    };
    let mut typed = read_keys();
    let mut asked_to_leave = false;
    let mut state = session.state();
    let mut lost = false;
    let deadline = context.common.timeout.map(|limit| tokio::time::Instant::now() + limit);
    let mut late_after = None;
    let settled = session.settled();
    tokio::pin!(settled);
    loop {
        tokio::select! {
            () = context.cancel.cancelled() => break,
            () = at(deadline) => {
                late_after = context.common.timeout;
                break;
            }
            Ok(()) = state.changed(), if interactive => {
                let now = state.borrow_and_update().clone();
                match now {
                    State::Reconnecting { because, .. } if !lost => {
                        lost = true;
                        output::plain_error(&format!("\r\n{} Ctrl-] leaves.\r", output::shown(&because.to_string())));
                    }
                    now if lost && now.is_connected() => {
                        lost = false;
                        output::plain_error("\r\nThe board is back.\r");
                    }
                    _ => {}
                }
            }
            bytes = terminal.next() => match bytes {
                Some(bytes) => output::stream(bytes).await,
                None => break,
            },
            keys = typed.recv(), if !asked_to_leave => match keys {
                Some(keys) => match keys.iter().position(|&b| b == LEAVE && interactive) {
                    Some(at) => {
                        session.type_in(keys.slice(..at)).await?;
                        break;
                    }
                    None => session.type_in(keys).await?,
                },
                // The end of a pipe: what it said is to be done, then we go.
                None if interactive => break,
                None => asked_to_leave = true,
            },
            () = &mut settled, if asked_to_leave => {
                while let Some(bytes) = terminal.try_next() {
                    output::raw(&bytes);
                }
                break;
            }
        }
    }
    let lost = match &*session.state().borrow() {
        State::Reconnecting { because, .. } => Some(because.clone()),
        _ => None,
    };
    drop(terminal);
    close(&session).await;
    if let Some(limit) = late_after {
        return Err(late("what was typed", limit));
    }
    match lost {
        Some(because) if !interactive => Err(because.into()),
        _ => Ok(()),
    }
}

async fn at(deadline: Option<tokio::time::Instant>) {
    match deadline {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}

/// A thread of its own, since reading a terminal cannot be cancelled; it ends with the process.
fn read_keys() -> mpsc::Receiver<Bytes> {
    let (to, keys) = mpsc::channel(16);
    std::thread::spawn(move || {
        let mut buffer = [0; 1024];
        while let Ok(n @ 1..) = std::io::stdin().lock().read(&mut buffer) {
            if to.blocking_send(Bytes::copy_from_slice(&buffer[..n])).is_err() {
                break;
            }
        }
    });
    keys
}

/// The terminal passes every key on while this lives.
struct RawMode;

impl RawMode {
    fn enter() -> Self {
        // A terminal that cannot do it still works, line by line.
        let _ = crossterm::terminal::enable_raw_mode();
        Self
    }
}

impl Drop for RawMode {
    fn drop(&mut self) {
        let _ = crossterm::terminal::disable_raw_mode();
        output::raw(b"\r\n");
    }
}
