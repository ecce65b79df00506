//! Closing the window: the page is asked first, because it knows of unsaved work.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use boardwalk_app::Host as _;
use boardwalk_app::wire::AppEvent;
use tauri::{Manager as _, Window, WindowEvent};

use crate::host::Desktop;

/// So many requests within this time close the window although the page did not: it must always be possible.
const INSIST: Duration = Duration::from_secs(5);
const TIMES: usize = 3;
static REQUESTS: Mutex<Vec<Instant>> = Mutex::new(Vec::new());

/// Lets the page object to being closed. Without a page, or when the person insists, the window just closes.
pub(crate) fn on_event(window: &Window, event: &WindowEvent) {
    if let WindowEvent::CloseRequested { api, .. } = event
        && let Some(desktop) = window.try_state::<Desktop>()
        && desktop.host.has_listener()
        && !insisted()
    {
        api.prevent_close();
        desktop.host.event(AppEvent::CloseRequested);
    }
}

fn insisted() -> bool {
    let mut requests = REQUESTS.lock().unwrap_or_else(PoisonError::into_inner);
    requests.retain(|at| at.elapsed() < INSIST);
    requests.push(Instant::now());
    requests.len() >= TIMES
}
