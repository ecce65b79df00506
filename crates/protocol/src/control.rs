//! The control characters of the REPL (docs/reference/repl.rst).

/// Ctrl-A: enter the raw REPL.
pub const RAW_REPL: u8 = 0x01;
/// Ctrl-B: back to the friendly REPL.
pub const FRIENDLY_REPL: u8 = 0x02;
/// Ctrl-C: interrupt the program; at a prompt, drop the line.
pub const INTERRUPT: u8 = 0x03;
/// Ctrl-D: end of the code in the raw REPL; soft reset on an empty line.
pub const END: u8 = 0x04;
/// Ctrl-E: paste mode; in the raw REPL the start of the raw-paste request.
pub const PASTE: u8 = 0x05;
/// Ctrl-X: what an mpremote mount on the board waits for before each answer of its host (`RemoteCommand.begin` in
/// mpremote's transport_serial.py). Nothing at a prompt.
pub const MOUNT_SYNC: u8 = 0x18;
