//! Hears what the chip says about itself, who comes and goes at the port, and when the port has to come back.

use std::{
    io::Read as _,
    os::fd::AsFd as _,
    sync::Arc,
    time::{Duration, Instant},
};

use rustix::event::PollFlags;

use super::{SAID_LIMIT, Shared};
use crate::{chip::Wires, port::Port};

pub(super) fn run(shared: &Shared) {
    let mut line = Vec::new();
    loop {
        let (port, wires, wait) = {
            let state = shared.lock();
            if state.closing {
                return;
            }
            let wait = state.plug_at.map(|at| at.saturating_duration_since(Instant::now()));
            (state.port.clone(), state.process.as_ref().map(|p| Arc::clone(&p.wires)), wait)
        };
        watch(shared, port, wires, wait, &mut line);
        if wait.is_some_and(|w| w.is_zero()) {
            let _ = shared.plug(false);
        }
    }
}

fn watch(
    shared: &Shared,
    port: Option<Arc<Port>>,
    wires: Option<Arc<Wires>>,
    wait: Option<Duration>,
    line: &mut Vec<u8>,
) {
    let door = port.as_ref().and_then(|p| p.door());
    let ear = wires.as_ref().map(|w| w.events.as_fd());
    let fds: Vec<_> = door.into_iter().chain(ear).map(|fd| (fd, PollFlags::IN)).collect();
    shared.warden.wait(&fds, wait);
    if let Some(port) = &port {
        shared.answer_door(port);
        // A pump that waits for room in a port that everybody has left must look again.
        shared.up.ring();
    }
    shared.let_go(port);
    let Some(wires) = wires else { return };
    let mut buffer = [0; 1024];
    match (&wires.events).read(&mut buffer) {
        Ok(0) => ended(shared, &wires),
        Ok(read) => {
            for &byte in &buffer[..read] {
                if byte == b'\n' {
                    hear(shared, &wires, &String::from_utf8_lossy(line));
                    line.clear();
                } else if line.len() < SAID_LIMIT {
                    line.push(byte);
                }
            }
        }
        Err(_) => {}
    }
}

fn hear(shared: &Shared, wires: &Arc<Wires>, line: &str) {
    let mut words = line.split(' ');
    match (words.next(), words.next()) {
        (Some("up"), cooked) => {
            shared.lock().cooked = cooked.is_some();
            shared.stats.send_modify(|s| s.up = true);
            shared.let_go(None);
        }
        (Some("prompt"), _) => shared.stats.send_modify(|s| s.at_prompt = true),
        (Some("soft"), _) => shared.stats.send_modify(|s| {
            (s.up, s.at_prompt) = (false, false);
            s.soft_reboots += 1;
        }),
        (Some("dropped"), Some(bytes)) => {
            let bytes: u64 = bytes.parse().unwrap_or(0);
            shared.stats.send_modify(|s| s.dropped += bytes);
        }
        (Some("reset"), None) if is_current(shared, wires) => {
            let _ = shared.hard_reset();
        }
        _ => {
            let mut state = shared.lock();
            if state.said.len() + line.len() < SAID_LIMIT {
                state.said.push_str(line);
                state.said.push('\n');
            }
        }
    }
}

/// The interpreter is gone without a reset: what a watchdog would do.
fn ended(shared: &Shared, wires: &Arc<Wires>) {
    if !is_current(shared, wires) {
        return;
    }
    let was_up = shared.stats.borrow().up;
    if was_up {
        shared.stats.send_modify(|s| s.crashes += 1);
        let _ = shared.hard_reset();
    } else {
        // It never came up: starting it over and over would not help.
        let said = shared.lock().said.clone();
        shared.power_off();
        shared.lock().said = said;
    }
}

fn is_current(shared: &Shared, wires: &Arc<Wires>) -> bool {
    shared.lock().process.as_ref().is_some_and(|p| Arc::ptr_eq(&p.wires, wires))
}
