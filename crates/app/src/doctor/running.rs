//! Which diagnoses there are: those under way, and the last ones, for their reports and remedies.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

use boardwalk_doctor::{Report, Rescued};
use tokio_util::sync::CancellationToken;

use crate::app::lock;
use crate::wire::Diagnosis;

/// How many are remembered.
const MOST: usize = 16;

/// One of them.
#[derive(Clone)]
pub(crate) struct Run {
    pub(crate) diagnosis: Diagnosis,
    pub(crate) cancel: CancellationToken,
    pub(crate) report: Option<Report>,
}

/// All of them, the newest last.
#[derive(Default)]
pub(crate) struct Doctors {
    next: AtomicU32,
    runs: Mutex<Vec<Run>>,
    /// Boards whose program was set aside, by target, so that it can be put back.
    rescued: Mutex<HashMap<String, Rescued>>,
    /// Ports at which a person wants the board asked, by target.
    asked: Mutex<HashMap<String, String>>,
}

impl Doctors {
    pub(crate) fn number(&self) -> u32 {
        self.next.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Takes one in, and ends the one before it about the same target.
    pub(crate) fn begin(&self, diagnosis: Diagnosis, cancel: CancellationToken) {
        let mut runs = lock(&self.runs);
        for known in runs.iter().filter(|known| known.diagnosis.target == diagnosis.target) {
            known.cancel.cancel();
        }
        runs.push(Run { diagnosis, cancel, report: None });
        let surplus = runs.len().saturating_sub(MOST);
        for gone in runs.drain(..surplus) {
            gone.cancel.cancel();
        }
    }

    pub(crate) fn get(&self, run: u32) -> Option<Run> {
        lock(&self.runs).iter().find(|known| known.diagnosis.run == run).cloned()
    }

    /// Changes one, and gives it as it is now.
    pub(crate) fn update(&self, run: u32, change: impl FnOnce(&mut Run)) -> Option<Diagnosis> {
        let mut runs = lock(&self.runs);
        let known = runs.iter_mut().find(|known| known.diagnosis.run == run)?;
        change(known);
        Some(known.diagnosis.clone())
    }

    pub(crate) fn asks_at(&self, target: &str) -> Option<String> {
        lock(&self.asked).get(target).cloned()
    }

    pub(crate) fn ask_at(&self, target: &str, port: &str) {
        lock(&self.asked).insert(target.to_owned(), port.to_owned());
    }

    pub(crate) fn rescued(&self, target: &str) -> Option<Rescued> {
        lock(&self.rescued).get(target).cloned()
    }

    pub(crate) fn note_rescue(&self, target: &str, rescued: Option<Rescued>) {
        let mut all = lock(&self.rescued);
        match rescued {
            Some(rescued) => all.insert(target.to_owned(), rescued),
            None => all.remove(target),
        };
    }

    pub(crate) fn cancel_all(&self) {
        lock(&self.runs).iter().for_each(|run| run.cancel.cancel());
    }
}
