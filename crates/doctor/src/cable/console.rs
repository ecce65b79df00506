//! What the board prints at its USB console while it is tried over the network.

use std::sync::{Arc, Mutex};

use boardwalk_device::Terminal;
use bytes::Bytes;
use tokio::sync::broadcast;
use tokio::task::JoinHandle;

use crate::case::lock;

/// So much is kept, in bytes, and so many lines of so many characters.
const KEPT: usize = 8 * 1024;
const LINES: usize = 40;
const LINE: usize = 200;

/// Listens until it is dropped.
#[derive(Debug)]
pub(crate) struct Recorder {
    heard: Arc<Mutex<Vec<u8>>>,
    task: JoinHandle<()>,
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Recorder {
    /// Reads a terminal; one that nobody reads would stop the board.
    pub(super) fn of_terminal(mut terminal: Terminal) -> Self {
        let heard = Arc::<Mutex<Vec<u8>>>::default();
        let kept = Arc::clone(&heard);
        let task = tokio::spawn(async move {
            while let Some(bytes) = terminal.next().await {
                keep(&kept, &bytes);
            }
        });
        Self { heard, task }
    }

    /// Listens beside whoever reads the terminal.
    pub(super) fn beside(says: &broadcast::Sender<Bytes>) -> Self {
        let heard = Arc::<Mutex<Vec<u8>>>::default();
        let kept = Arc::clone(&heard);
        let mut said = says.subscribe();
        let task = tokio::spawn(async move {
            loop {
                match said.recv().await {
                    Ok(bytes) => keep(&kept, &bytes),
                    // A flood: what comes next is as good.
                    Err(broadcast::error::RecvError::Lagged(_)) => {}
                    Err(broadcast::error::RecvError::Closed) => return,
                }
            }
        });
        Self { heard, task }
    }

    /// From now on.
    pub(super) fn clear(&self) {
        lock(&self.heard).clear();
    }

    /// The last lines, escaped, without prompts alone.
    pub(super) fn lines(&self) -> Vec<String> {
        let heard = lock(&self.heard).clone();
        let text = String::from_utf8_lossy(&heard);
        let lines = text.lines().map(shown).filter(|line| !line.is_empty() && line != ">>>");
        let mut lines: Vec<String> = lines.collect();
        let surplus = lines.len().saturating_sub(LINES);
        lines.drain(..surplus);
        lines
    }
}

fn keep(heard: &Mutex<Vec<u8>>, bytes: &[u8]) {
    let mut heard = lock(heard);
    heard.extend_from_slice(bytes);
    let surplus = heard.len().saturating_sub(KEPT);
    heard.drain(..surplus);
}

fn shown(line: &str) -> String {
    let line: String = line.trim().chars().take(LINE).collect();
    line.chars()
        .flat_map(|c| if c.is_control() { c.escape_default().collect::<Vec<_>>() } else { vec![c] })
        .collect()
}
