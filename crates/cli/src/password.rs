//! Where the command line gets a WebREPL password: `BOARDWALK_PASSWORD`, `--password-file`, the key store, the person.

use std::io::{self, IsTerminal as _};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use boardwalk_app::{AppError, Secrets};
use boardwalk_transport::{AskPassword, AskReason, Secret, Target};
use crossterm::event::{Event, KeyCode, KeyEventKind, KeyModifiers};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use tokio_util::sync::CancellationToken;

use crate::output;

/// More of a file is not read, in bytes: a password has 9.
const FILE_MOST: u64 = 4096;
/// How often the prompt looks whether it is still wanted.
const LOOK: Duration = Duration::from_millis(100);

/// Asked by the transport.
pub(crate) struct Passwords {
    /// From the environment or a file; the first that is set stands.
    given: OnceLock<Secret>,
    secrets: Secrets,
    asked_store: AtomicBool,
    /// Logged in once: from then on the terminal belongs to the board, and nobody is asked.
    accepted: AtomicBool,
    cancel: CancellationToken,
}

impl Passwords {
    pub(crate) fn new(environment: Option<String>, cancel: CancellationToken) -> Self {
        let given = OnceLock::new();
        if let Some(password) = environment.filter(|password| !password.is_empty()) {
            let _ = given.set(Secret::new(password));
        }
        let (asked_store, accepted) = (AtomicBool::new(false), AtomicBool::new(false));
        Self { given, secrets: Secrets::system(), asked_store, accepted, cancel }
    }

    /// Takes the first line of a file, unless the environment has said it already.
    pub(crate) async fn read(&self, file: &Path) -> Result<(), AppError> {
        if self.given.get().is_none() {
            let text = first_line(file).await.map_err(|error| AppError::local(&error, file))?;
            let _ = self.given.set(Secret::new(text));
        }
        Ok(())
    }

    /// What was given without asking anybody.
    pub(crate) fn given(&self) -> Option<Secret> {
        self.given.get().cloned()
    }

    async fn answer(&self, target: &Target, why: AskReason) -> Option<Secret> {
        if let Some(given) = self.given.get() {
            return (why == AskReason::Needed).then(|| given.clone());
        }
        if !self.asked_store.swap(true, Ordering::Relaxed)
            && let Ok(Some(kept)) = self.secrets.get(target).await
        {
            return Some(kept);
        }
        if self.accepted.load(Ordering::Relaxed) || !io::stderr().is_terminal() {
            return None;
        }
        let text = match why {
            AskReason::Needed => format!("WebREPL password of {target}: "),
            AskReason::Rejected => "The board did not accept it. Password: ".to_owned(),
            AskReason::Impossible => "A password has 4 to 9 characters. Password: ".to_owned(),
        };
        tokio::select! {
            secret = prompt(text) => secret,
            () = self.cancel.cancelled() => None,
        }
    }
}

impl AskPassword for Passwords {
    fn ask<'a>(&'a self, target: &'a Target, why: AskReason) -> BoxFuture<'a, Option<Secret>> {
        self.answer(target, why).boxed()
    }

    fn accepted(&self, _: &Target, _: &Secret) {
        self.accepted.store(true, Ordering::Relaxed);
    }
}

async fn first_line(file: &Path) -> io::Result<String> {
    use tokio::io::AsyncReadExt as _;
    let mut text = Vec::new();
    tokio::fs::File::open(file).await?.take(FILE_MOST).read_to_end(&mut text).await?;
    let text = String::from_utf8(text).map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?;
    Ok(text.lines().next().unwrap_or_default().to_owned())
}

/// Asks on the terminal without an echo; Ctrl-C, Ctrl-D and Esc are no answer. Dropping the future ends the question
/// and gives the terminal back.
pub(crate) async fn prompt(text: String) -> Option<Secret> {
    struct Unwanted(Arc<AtomicBool>);
    impl Drop for Unwanted {
        fn drop(&mut self) {
            self.0.store(true, Ordering::Relaxed);
        }
    }
    let unwanted = Arc::new(AtomicBool::new(false));
    let _guard = Unwanted(Arc::clone(&unwanted));
    tokio::task::spawn_blocking(move || {
        crossterm::terminal::enable_raw_mode().ok()?;
        output::raw_error(text.as_bytes());
        let typed = type_in(&unwanted);
        let _ = crossterm::terminal::disable_raw_mode();
        output::raw_error(b"\n");
        typed.map(Secret::new)
    })
    .await
    .ok()?
}

fn type_in(unwanted: &AtomicBool) -> Option<String> {
    let mut typed = String::new();
    while !unwanted.load(Ordering::Relaxed) {
        if !crossterm::event::poll(LOOK).ok()? {
            continue;
        }
        match crossterm::event::read().ok()? {
            Event::Key(key) if key.kind == KeyEventKind::Release => {}
            Event::Key(key) => match key.code {
                KeyCode::Enter => return Some(typed),
                KeyCode::Esc => return None,
                KeyCode::Char('c' | 'd') if key.modifiers.contains(KeyModifiers::CONTROL) => return None,
                KeyCode::Backspace => {
                    typed.pop();
                }
                KeyCode::Char(c) => typed.push(c),
                _ => {}
            },
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target() -> Target {
        "ws://192.168.4.1".parse().unwrap()
    }

    async fn answer(passwords: &Passwords, why: AskReason) -> Option<String> {
        passwords.ask(&target(), why).await.map(|secret| secret.reveal().to_owned())
    }

    #[tokio::test]
    async fn the_environment_comes_before_the_file_and_neither_is_offered_twice() {
        let path = std::env::temp_dir().join(format!("boardwalk-password-{}", std::process::id()));
        std::fs::write(&path, "fromfile\r\nsecond line\n").unwrap();
        let both = Passwords::new(Some("fromenv".into()), CancellationToken::new());
        both.read(&path).await.unwrap();
        assert_eq!(answer(&both, AskReason::Needed).await.as_deref(), Some("fromenv"));
        assert_eq!(answer(&both, AskReason::Rejected).await, None);

        let file = Passwords::new(Some(String::new()), CancellationToken::new());
        file.read(&path).await.unwrap();
        std::fs::remove_file(&path).unwrap();
        assert_eq!(answer(&file, AskReason::Needed).await.as_deref(), Some("fromfile"));
        let missing = Passwords::new(None, CancellationToken::new());
        assert!(missing.read(&path).await.is_err());
    }
}
