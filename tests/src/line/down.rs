//! From the host to the board.

use std::{os::fd::AsFd as _, sync::Arc, time::Instant};

use rustix::event::PollFlags;

use super::{Pace, Shared};
use crate::port::Port;

pub(super) fn run(shared: &Shared) {
    let mut pace = Pace::new(shared.baud, shared.ring);
    let mut buffer = vec![0; pace.step()];
    while let Some(port) = wait_port(shared) {
        let read = rustix::io::read(port.master(), &mut buffer).unwrap_or(0);
        if read == 0 {
            shared.down.wait(&[(port.master(), PollFlags::IN)], None);
            pace.idle();
        } else {
            shared.answer_door(&port);
            pace.carry(read);
        }
        // Whoever unplugs waits until nobody holds the port.
        shared.let_go(Some(port));
        if read > 0 {
            carry(shared, &buffer[..read]);
        }
    }
}

fn wait_port(shared: &Shared) -> Option<Arc<Port>> {
    let state = shared.lock();
    let state = shared
        .changed
        .wait_while(state, |s| s.port.is_none() && !s.closing)
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    if state.closing { None } else { state.port.clone() }
}

fn carry(shared: &Shared, bytes: &[u8]) {
    let mut state = shared.lock();
    if state.port.is_none() {
        return; // The line died while these were on it.
    }
    let (arrived, cut) = state.to_board.pass(bytes);
    let deaf = state.deaf_until.is_some_and(|until| Instant::now() < until);
    drop(state);
    if deaf {
        shared.stats.send_modify(|s| s.deaf += arrived.len() as u64);
    } else {
        if let Some(answers) = shared.answers {
            shared.inject(&answers(&arrived));
        }
        write(shared, &arrived);
    }
    shared.stats.send_modify(|s| s.to_board += arrived.len() as u64);
    if cut {
        shared.unplug(shared.cut_takes_power);
    }
}

/// The chip takes everything, or the line is flow controlled and waits; without a chip it goes nowhere.
fn write(shared: &Shared, mut bytes: &[u8]) {
    while !bytes.is_empty() {
        let Some(wires) = shared.lock().process.as_ref().map(|p| Arc::clone(&p.wires)) else { return };
        match rustix::io::write(&wires.input, bytes) {
            Ok(written) => bytes = &bytes[written..],
            Err(rustix::io::Errno::AGAIN) => {
                shared.down.wait(&[(wires.input.as_fd(), PollFlags::OUT)], None);
            }
            Err(_) => return,
        }
    }
}
