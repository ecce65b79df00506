//! What the numbers of the operating systems mean on a serial port. By number only: texts are translated.

use std::io;

use crate::error::TransportError;

/// What we were doing when the number came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum During {
    Open,
    Read,
    Write,
}

impl During {
    fn what(self) -> &'static str {
        match self {
            Self::Open => "opening",
            Self::Read => "reading from",
            Self::Write => "writing to",
        }
    }
}

/// The cause behind an error of the standard library. `PermissionDenied` and `PortBusy` come without their details:
/// whoever opened the port adds them.
pub(crate) fn cause(path: &str, during: During, error: &io::Error) -> TransportError {
    let cause = match error.raw_os_error() {
        Some(code) if cfg!(windows) => windows(path, during, code),
        Some(code) => unix(path, during, code),
        None => None,
    };
    cause.unwrap_or_else(|| TransportError::Io {
        path: path.to_owned(),
        code: error.raw_os_error(),
        what: during.what(),
    })
}

/// errno; these numbers are the same on Linux and macOS, except as noted.
fn unix(path: &str, during: During, code: i32) -> Option<TransportError> {
    const EPERM: i32 = 1;
    const ENOENT: i32 = 2;
    const EIO: i32 = 5;
    const ENXIO: i32 = 6;
    const EBADF: i32 = 9;
    const EACCES: i32 = 13;
    const EBUSY: i32 = 16;
    const ENODEV: i32 = 19;
    const ENOTDIR: i32 = 20;
    const EISDIR: i32 = 21;
    const EINVAL: i32 = 22;
    const ENOTTY: i32 = 25;
    const EPIPE: i32 = 32;
    const EAGAIN_LINUX: i32 = 11;
    const EWOULDBLOCK_MACOS: i32 = 35;
    let path = path.to_owned();
    Some(match (during, code) {
        (During::Open, ENOENT | ENOTDIR) => TransportError::PortNotFound { path },
        (During::Open, EACCES | EPERM) => {
            TransportError::PermissionDenied { path, group: None, hint: crate::PermissionHint::Unknown }
        }
        // EAGAIN is what a lock that somebody holds answers.
        (During::Open, EBUSY | EAGAIN_LINUX | EWOULDBLOCK_MACOS) => {
            TransportError::PortBusy { path, holder: None }
        }
        (During::Open, ENOTTY | EISDIR | EINVAL) => TransportError::NotATerminal { path },
        // EIO: a /dev/ttyS name without a chip answers so to the first question about its settings.
        (During::Open, ENXIO | ENODEV | EIO) => TransportError::NoHardware { path },
        (During::Read | During::Write, EIO | ENXIO | ENODEV | ENOENT | EBADF | EPIPE) => {
            TransportError::Unplugged { path }
        }
        _ => return None,
    })
}

/// Win32 error codes (winerror.h).
fn windows(path: &str, during: During, code: i32) -> Option<TransportError> {
    const FILE_NOT_FOUND: i32 = 2;
    const PATH_NOT_FOUND: i32 = 3;
    const ACCESS_DENIED: i32 = 5;
    const INVALID_HANDLE: i32 = 6;
    const BAD_COMMAND: i32 = 22;
    const GEN_FAILURE: i32 = 31;
    const SHARING_VIOLATION: i32 = 32;
    const DEV_NOT_EXIST: i32 = 55;
    const INVALID_PARAMETER: i32 = 87;
    const SEM_TIMEOUT: i32 = 121;
    const INVALID_NAME: i32 = 123;
    const NO_SUCH_DEVICE: i32 = 433;
    const OPERATION_ABORTED: i32 = 995;
    const DEVICE_NOT_CONNECTED: i32 = 1167;
    const NOT_FOUND: i32 = 1168;
    let path = path.to_owned();
    Some(match (during, code) {
        (During::Open, FILE_NOT_FOUND | PATH_NOT_FOUND | INVALID_NAME) => {
            TransportError::PortNotFound { path }
        }
        (During::Open, ACCESS_DENIED | SHARING_VIOLATION) => TransportError::PortBusy { path, holder: None },
        (During::Open, GEN_FAILURE) => TransportError::DriverError { path, vid: None },
        (During::Open, SEM_TIMEOUT) => TransportError::BluetoothPort { path },
        (During::Open, DEV_NOT_EXIST | NO_SUCH_DEVICE | DEVICE_NOT_CONNECTED) => {
            TransportError::NoHardware { path }
        }
        (During::Open, INVALID_PARAMETER) => TransportError::NotATerminal { path },
        (During::Write, BAD_COMMAND | SEM_TIMEOUT) => TransportError::DeviceHung { path, seconds: 0 },
        (
            During::Read | During::Write,
            FILE_NOT_FOUND | ACCESS_DENIED | INVALID_HANDLE | BAD_COMMAND | GEN_FAILURE | DEV_NOT_EXIST
            | NO_SUCH_DEVICE | OPERATION_ABORTED | DEVICE_NOT_CONNECTED | NOT_FOUND,
        ) => TransportError::Unplugged { path },
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code_of(cause: Option<TransportError>) -> Option<&'static str> {
        cause.map(|cause| cause.code())
    }

    #[test]
    fn errno_at_open_and_later() {
        for (during, errno, code) in [
            (During::Open, 2, Some("no-port")),
            (During::Open, 13, Some("permission-denied")),
            (During::Open, 16, Some("port-busy")),
            (During::Open, 11, Some("port-busy")),
            (During::Open, 25, Some("address-invalid")),
            (During::Open, 19, Some("no-port")),
            (During::Open, 28, None),
            (During::Read, 5, Some("lost")),
            (During::Read, 6, Some("lost")),
            (During::Write, 19, Some("lost")),
            (During::Write, 28, None),
        ] {
            assert_eq!(code_of(unix("/dev/ttyACM0", during, errno)), code, "{during:?} {errno}");
        }
    }

    #[test]
    fn windows_codes_at_open_and_later() {
        for (during, number, code) in [
            (During::Open, 2, Some("no-port")),
            (During::Open, 5, Some("port-busy")),
            (During::Open, 31, Some("driver-failed")),
            (During::Open, 121, Some("bluetooth-port")),
            (During::Read, 5, Some("lost")),
            (During::Read, 995, Some("lost")),
            (During::Write, 22, Some("device-hung")),
            (During::Write, 1167, Some("lost")),
            (During::Open, 8, None),
        ] {
            assert_eq!(code_of(windows("COM3", during, number)), code, "{during:?} {number}");
        }
    }

    #[test]
    fn an_unknown_number_is_kept() {
        let error = cause("/dev/ttyACM0", During::Write, &io::Error::from_raw_os_error(28));
        assert_eq!(error.code(), "port-io");
        assert!(error.detail().is_some_and(|detail| detail.contains("28")), "{error:?}");
    }
}
