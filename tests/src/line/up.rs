//! From the board to the host.

use std::{
    os::fd::AsFd as _,
    sync::{Arc, PoisonError},
};

use rustix::{event::PollFlags, io::Errno};

use super::{Pace, Shared};
use crate::chip::Wires;

pub(super) fn run(shared: &Shared) {
    let mut pace = Pace::new(shared.baud, false);
    let mut buffer = vec![0; pace.step()];
    let mut last = 0;
    while let Some(source) = wait_source(shared) {
        match source {
            Source::Injected(bytes) => {
                for piece in bytes.chunks(pace.step()) {
                    pace.carry(piece.len());
                    carry(shared, piece);
                }
            }
            Source::Chip(wires) => match rustix::io::read(&wires.output, &mut buffer) {
                Ok(0) => wait_other_chip(shared, &wires),
                Ok(read) => {
                    if !shared.recipe.announces_itself() {
                        came_up(shared);
                    }
                    let bytes = if shared.lock().cooked {
                        buffer[..read].to_vec()
                    } else {
                        cook(&buffer[..read], &mut last)
                    };
                    pace.carry(bytes.len());
                    carry(shared, &bytes);
                }
                Err(_) => {
                    shared.up.wait(&[(wires.output.as_fd(), PollFlags::IN)], None);
                    pace.idle();
                }
            },
        }
    }
}

enum Source {
    Injected(Vec<u8>),
    Chip(Arc<Wires>),
}

fn wait_source(shared: &Shared) -> Option<Source> {
    let state = shared.lock();
    let nothing = |s: &mut super::State| s.process.is_none() && s.injected.is_empty() && !s.closing;
    let mut state = shared.changed.wait_while(state, nothing).unwrap_or_else(PoisonError::into_inner);
    if state.closing {
        return None;
    }
    if !state.injected.is_empty() {
        return Some(Source::Injected(state.injected.drain(..).collect()));
    }
    state.process.as_ref().map(|p| Source::Chip(Arc::clone(&p.wires)))
}

/// The chip's process has ended; the warden starts another unless the power is off.
fn wait_other_chip(shared: &Shared, ended: &Arc<Wires>) {
    let state = shared.lock();
    let same = |s: &mut super::State| {
        !s.closing
            && s.injected.is_empty()
            && s.process.as_ref().is_some_and(|p| Arc::ptr_eq(&p.wires, ended))
    };
    drop(shared.changed.wait_while(state, same));
}

fn came_up(shared: &Shared) {
    if shared.stats.send_if_modified(|s| !std::mem::replace(&mut s.up, true)) {
        shared.let_go(None);
    }
}

/// What nobody has the port open for is gone, and no fault counts it.
fn carry(shared: &Shared, bytes: &[u8]) {
    if !heard(shared) {
        shared.stats.send_modify(|s| s.unheard += bytes.len() as u64);
        return;
    }
    let (arrived, cut) = shared.lock().from_board.pass(bytes);
    write(shared, &arrived);
    if cut {
        shared.unplug(shared.cut_takes_power);
    }
}

fn heard(shared: &Shared) -> bool {
    let Some(port) = shared.lock().port.clone() else { return false };
    shared.answer_door(&port);
    shared.let_go(Some(port));
    shared.stats.borrow().open > 0
}

/// Waits while the host's buffer is full, as long as somebody is there.
fn write(shared: &Shared, mut bytes: &[u8]) {
    while !bytes.is_empty() && heard(shared) {
        let Some(port) = shared.lock().port.clone() else { break };
        let written = rustix::io::write(port.master(), bytes);
        if written == Err(Errno::AGAIN) {
            shared.up.wait(&[(port.master(), PollFlags::OUT)], None);
        }
        shared.let_go(Some(port));
        match written {
            Ok(written) => {
                bytes = &bytes[written..];
                shared.stats.send_modify(|s| s.from_board += written as u64);
            }
            Err(Errno::AGAIN) => {}
            Err(_) => break,
        }
    }
    if !bytes.is_empty() {
        shared.stats.send_modify(|s| s.unheard += bytes.len() as u64);
    }
}

/// Where the interpreter's own text could not be told from its bytes, every line feed gets its carriage return here.
fn cook(bytes: &[u8], last: &mut u8) -> Vec<u8> {
    let mut cooked = Vec::with_capacity(bytes.len() + bytes.len() / 8);
    for &byte in bytes {
        if byte == b'\n' && *last != b'\r' {
            cooked.push(b'\r');
        }
        cooked.push(byte);
        *last = byte;
    }
    cooked
}
