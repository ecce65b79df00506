//! How DTR and RTS stand while a port is open, by device, and in which order they change.
//!
//! Two wirings want opposite things. A native USB port takes DTR for "somebody listens" and stays silent without it.
//! A UART bridge on an ESP board leads both lines into two transistors: RTS alone holds the chip in reset, DTR alone
//! pulls its boot pin, both or none do nothing (Espressif's "Boot Mode Selection"). On boards without that circuit any
//! asserted line may hold a pin. Therefore: both lines always end in the same state, and no change ever passes
//! through RTS alone: DTR rises before RTS, and falls after it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use crate::lines::LineSignals;
use crate::ports::PortGuess;
use crate::usb::UsbIdentity;

/// Where both lines stand while the port is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LinePolicy {
    /// both asserted: "somebody listens"
    Asserted,
    /// both released: what the reset circuit of a UART bridge wants
    Released,
    /// as the system sets them: nothing is known about the port, or it has no such lines
    Untouched,
}

impl LinePolicy {
    /// The lines it asks for.
    pub fn signals(self) -> LineSignals {
        match self {
            Self::Asserted => LineSignals::ASSERTED,
            Self::Released => LineSignals::RELEASED,
            Self::Untouched => LineSignals::default(),
        }
    }
}

/// What DTR and RTS mean on a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wiring {
    /// how to open it
    pub(crate) policy: LinePolicy,
    /// what to try when the board stays silent
    pub(crate) other: Option<LinePolicy>,
    /// a pulse may reset the board, and may be used for it
    pub(crate) resets: bool,
    /// a pulse may hang the chip: refuse it
    pub(crate) fragile: bool,
}

/// What is known about a port's wiring, by its id and by what it probably is.
pub(crate) fn wiring(identity: Option<&UsbIdentity>, guess: PortGuess) -> Wiring {
    let id = identity.map(|who| (who.vid, who.pid));
    match id {
        // The USB-Serial/JTAG block imitates the circuit in hardware, and "a small percentage" of its resets leave it
        // dead until power is cut (espressif/esp-idf#18996). It needs no DTR to talk. Released also clears its
        // download flag, which DTR alone sets (ESP32-C3 manual, "USB Serial/JTAG", table of RTS and DTR).
        Some((0x303A, 0x1001)) => {
            Wiring { policy: LinePolicy::Released, other: None, resets: false, fragile: true }
        }
        // DAPLink does not lead the lines to the board; ST-Link and J-Link forward bytes only with DTR.
        Some((0x0D28, 0x0204)) => NATIVE,
        Some(_) => match guess {
            PortGuess::UsbBridge => BRIDGE,
            _ => NATIVE,
        },
        None => Wiring { policy: LinePolicy::Untouched, other: None, resets: false, fragile: false },
    }
}

const BRIDGE: Wiring =
    Wiring { policy: LinePolicy::Released, other: Some(LinePolicy::Asserted), resets: true, fragile: false };

/// Also the right start for an unknown USB device: asserting DTR is what every terminal program does.
const NATIVE: Wiring =
    Wiring { policy: LinePolicy::Asserted, other: Some(LinePolicy::Released), resets: false, fragile: false };

/// A change of one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Dtr(bool),
    Rts(bool),
}

/// The order in which to change the lines: RTS falls first and rises last, so that it is never up alone on the way.
pub(crate) fn steps(wanted: LineSignals) -> impl Iterator<Item = Step> {
    let falls = wanted.rts.filter(|up| !up).map(Step::Rts);
    let rises = wanted.rts.filter(|up| *up).map(Step::Rts);
    [falls, wanted.dtr.map(Step::Dtr), rises].into_iter().flatten()
}

/// Which policy made a board answer. Shared by all diallers; the application keeps it between runs.
#[derive(Debug, Clone, Default)]
pub struct LineMemory(Arc<Mutex<HashMap<UsbIdentity, LinePolicy>>>);

impl LineMemory {
    /// With what was known before.
    pub fn new(known: impl IntoIterator<Item = (UsbIdentity, LinePolicy)>) -> Self {
        Self(Arc::new(Mutex::new(known.into_iter().collect())))
    }

    /// The policy that worked for this board.
    pub fn get(&self, who: &UsbIdentity) -> Option<LinePolicy> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(who).copied()
    }

    /// Remembers it.
    pub fn set(&self, who: UsbIdentity, policy: LinePolicy) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(who, policy);
    }

    /// Everything known, in no order.
    pub fn snapshot(&self) -> Vec<(UsbIdentity, LinePolicy)> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.iter().map(|(who, policy)| (who.clone(), *policy)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(vid: u16, pid: u16, guess: PortGuess) -> Wiring {
        wiring(Some(&UsbIdentity { vid, pid, serial_number: None }), guess)
    }

    #[test]
    fn native_usb_gets_dtr_and_a_bridge_does_not() {
        assert_eq!(of(0x2E8A, 0x0005, PortGuess::MicroPython).policy, LinePolicy::Asserted);
        assert_eq!(of(0x1A86, 0x7523, PortGuess::UsbBridge).policy, LinePolicy::Released);
        assert_eq!(of(0x1234, 0x5678, PortGuess::Other).policy, LinePolicy::Asserted);
        assert_eq!(wiring(None, PortGuess::Unknown).policy, LinePolicy::Untouched);
    }

    #[test]
    fn only_a_bridge_resets_by_line_and_the_jtag_block_never_does() {
        assert!(of(0x10C4, 0xEA60, PortGuess::UsbBridge).resets);
        assert!(!of(0x2E8A, 0x0005, PortGuess::MicroPython).resets);
        let jtag = of(0x303A, 0x1001, PortGuess::UsbBridge);
        assert_eq!((jtag.resets, jtag.fragile, jtag.other), (false, true, None));
    }

    /// Walks every change from every state both lines can stand in.
    #[test]
    fn no_change_between_the_policies_passes_through_rts_alone() {
        for start in [(false, false), (true, true)] {
            for wanted in [LineSignals::ASSERTED, LineSignals::RELEASED, LineSignals::default()] {
                let (mut dtr, mut rts) = start;
                for step in steps(wanted) {
                    match step {
                        Step::Dtr(up) => dtr = up,
                        Step::Rts(up) => rts = up,
                    }
                    assert!(dtr || !rts, "reset on the way from {start:?} to {wanted:?}");
                }
                assert_eq!(dtr, rts);
            }
        }
    }

    #[test]
    fn what_worked_is_remembered_for_that_board_only() {
        let who = |serial: &str| UsbIdentity { vid: 1, pid: 2, serial_number: Some(serial.into()) };
        let memory = LineMemory::new([(who("A"), LinePolicy::Asserted)]);
        memory.clone().set(who("B"), LinePolicy::Released);
        assert_eq!(memory.get(&who("A")), Some(LinePolicy::Asserted));
        assert_eq!(memory.get(&who("B")), Some(LinePolicy::Released));
        assert_eq!(memory.get(&who("C")), None);
        assert_eq!(memory.snapshot().len(), 2);
    }
}
