//! The Python that runs on the board. It is kept small (a micro:bit has 7 kB of heap), works on 1.9.2 where that can do
//! the work at all, and leaves nothing behind in the person's globals: whole scripts run in a function `_bw`, which is
//! deleted, and a transfer keeps its state in `_bw` as well.

/// `os`, under its old name if need be.
pub(super) const IMPORT_OS: &str = "\
try:
 import os
except ImportError:
 import uos as os
";

/// Wraps the body of a function (indented by one space) so that no name stays.
pub(crate) fn scoped(body: &str) -> String {
    let mut code = String::with_capacity(body.len() + 100);
    code.push_str("def _bw():\n");
    for line in IMPORT_OS.lines().chain(body.lines()) {
        code.push(' ');
        code.push_str(line);
        code.push('\n');
    }
    // The name goes even when the work raises.
    code.push_str("try:\n _bw()\nfinally:\n del _bw\n");
    code
}

/// `hashlib.sha256`, or `None`.
pub(super) const IMPORT_SHA256: &str = "\
try:
 from hashlib import sha256
except ImportError:
 try:
  from uhashlib import sha256
 except ImportError:sha256=None
";

/// `b2a_base64` and `a2b_base64`.
pub(super) const IMPORT_BASE64: &str = "\
try:
 import binascii as b64
except ImportError:
 import ubinascii as b64
";
