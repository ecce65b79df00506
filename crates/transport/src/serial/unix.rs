//! A serial port of Linux and macOS.
//!
//! The port is opened twice. `serialport` sets speed, modem lines, TIOCEXCL and the lock that pyserial and mpremote
//! respect. Bytes go through a file of our own, for three things it does not give: the errno behind a failure, a read
//! that another thread can end, and HUPCL.

use std::fs::File;
use std::io::{self, PipeReader, PipeWriter, Read, Write};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{FlockOperation, Mode, OFlags, flock};
use rustix::termios::{ControlModes, OptionalActions, QueueSelector, tcflush, tcgetattr, tcsetattr};
use serialport::{SerialPort, TTYPort};

use super::open::Request;
use super::os_error::{During, cause};
use super::permission;
use super::raw_port::RawPort;
use crate::error::TransportError;

/// errno of a line that has hung up, on Linux and macOS alike.
const EIO: i32 = 5;

/// An open tty.
#[derive(Debug)]
pub(super) struct UnixPort {
    /// non-blocking
    file: File,
    control: Mutex<TTYPort>,
    wake: PipeWriter,
    woken: PipeReader,
    /// the port had HUPCL set before we cleared it
    hupcl: bool,
}

impl UnixPort {
    pub(super) fn open(request: &Request) -> Result<Self, TransportError> {
        let path = request.path.as_str();
        let refused = |error: io::Error| detailed(cause(path, During::Open, &error));

        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = File::from(rustix::fs::open(path, flags, Mode::empty()).map_err(|e| refused(e.into()))?);
        // Before anything is changed: TIOCEXCL does not keep root out, this lock does. `serialport` takes it again.
        flock(&file, FlockOperation::NonBlockingLockExclusive).map_err(|e| refused(e.into()))?;
        // It was there a moment ago: what answers only EIO now has hung up, unless it is a UART that was never fitted.
        let gone = |error: &io::Error| error.raw_os_error() == Some(EIO) && !path.contains("ttyS");
        let hupcl = make_raw(&file).map_err(|error| {
            if gone(&error) { TransportError::Unplugged { path: path.to_owned() } } else { refused(error) }
        })?;
        flock(&file, FlockOperation::Unlock).map_err(|e| refused(e.into()))?;

        let control = serialport::new(path, speed(path, request.baud)).open_native().map_err(|error| {
            detailed(match error.kind() {
                // Both TIOCEXCL and the lock show as this.
                serialport::ErrorKind::NoDevice => {
                    TransportError::PortBusy { path: path.to_owned(), holder: None }
                }
                serialport::ErrorKind::Io(io::ErrorKind::NotFound) => {
                    TransportError::Unplugged { path: path.to_owned() }
                }
                // A terminal that has hung up answers nothing but EIO.
                _ if rustix::termios::tcgetattr(&file).is_err() => {
                    TransportError::Unplugged { path: path.to_owned() }
                }
                _ => TransportError::SettingsRefused { path: path.to_owned(), baud: request.baud },
            })
        })?;
        let (woken, wake) = io::pipe().map_err(refused)?;
        Ok(Self { file, control: Mutex::new(control), wake, woken, hupcl })
    }

    fn control<T>(&self, act: impl FnOnce(&mut TTYPort) -> serialport::Result<T>) -> io::Result<T> {
        let mut control = self.control.lock().unwrap_or_else(PoisonError::into_inner);
        // `serialport` drops the number; it is still errno of this thread.
        act(&mut control).map_err(|_| io::Error::last_os_error())
    }
}

impl RawPort for UnixPort {
    fn read(&self, buf: &mut [u8]) -> io::Result<usize> {
        let mut fds = [
            PollFd::new(&self.file, PollFlags::IN),
            PollFd::from_borrowed_fd(std::os::fd::AsFd::as_fd(&self.woken), PollFlags::IN),
        ];
        poll(&mut fds, None)?;
        let [port, woken] = &fds;
        if !woken.revents().is_empty() {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let hangup = port.revents().intersects(PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL);
        match fill(&self.file, buf) {
            // Nothing left of a line that is gone.
            Err(error) if error.kind() == io::ErrorKind::WouldBlock && hangup => Ok(0),
            outcome => outcome,
        }
    }

    fn write(&self, bytes: &[u8], patience: Duration) -> io::Result<usize> {
        match (&self.file).write(bytes) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            outcome => return outcome,
        }
        let limit = Timespec::try_from(patience).map_err(|_| io::ErrorKind::InvalidInput)?;
        poll(&mut [PollFd::new(&self.file, PollFlags::OUT)], Some(&limit))?;
        (&self.file).write(bytes)
    }

    fn set_dtr(&self, up: bool) -> io::Result<()> {
        unless_missing(self.control(|port| port.write_data_terminal_ready(up)))
    }

    fn set_rts(&self, up: bool) -> io::Result<()> {
        unless_missing(self.control(|port| port.write_request_to_send(up)))
    }

    fn unsent(&self) -> usize {
        self.control(|port| port.bytes_to_write()).unwrap_or(0).try_into().unwrap_or(usize::MAX)
    }

    fn drop_unsent(&self) {
        // On a pseudo terminal this would also take from the far side what it has not read yet.
        if self.unsent() > 0 {
            let _ = tcflush(&self.file, QueueSelector::OFlush);
        }
    }

    fn restore(&self) {
        // The lines are down by now, so the hangup of the close changes nothing. Left cleared, the next program's
        // close would leave DTR up for good, and a board that waits for its reader would wait on.
        if self.hupcl
            && let Ok(mut settings) = tcgetattr(&self.file)
        {
            settings.control_modes |= ControlModes::HUPCL;
            let _ = tcsetattr(&self.file, OptionalActions::Now, &settings);
        }
    }

    fn wake_reader(&self) {
        let _ = (&self.wake).write(&[0]);
    }
}

/// Takes everything that is there: a flood comes in larger pieces, a key stroke at once.
fn fill(mut file: &File, buf: &mut [u8]) -> io::Result<usize> {
    let mut count = 0;
    while count < buf.len() {
        match file.read(&mut buf[count..]) {
            Ok(0) => break,
            Ok(more) => count += more,
            // Told again by the next call, once these bytes are delivered.
            Err(_) if count > 0 => break,
            Err(error) => return Err(error),
        }
    }
    Ok(count)
}

/// Raw, reading on, deaf to the carrier, and keeping its lines on close. At once after open: until then the terminal
/// would echo to the board what it prints. Tells whether HUPCL was set.
fn make_raw(file: &File) -> io::Result<bool> {
    let mut settings = tcgetattr(file)?;
    let hupcl = settings.control_modes.contains(ControlModes::HUPCL);
    settings.make_raw();
    settings.control_modes |= ControlModes::CREAD | ControlModes::CLOCAL;
    settings.control_modes.remove(ControlModes::HUPCL | ControlModes::CRTSCTS);
    tcsetattr(file, OptionalActions::Now, &settings)?;
    Ok(hupcl)
}

/// Pseudo terminals of macOS refuse the call that sets a speed; 0 leaves it out (see `TTYPort`).
fn speed(path: &str, baud: u32) -> u32 {
    if cfg!(target_os = "macos") && path.starts_with("/dev/ttys") { 0 } else { baud }
}

/// ENOTTY, or EINVAL from older kernels: a pseudo terminal has no such line.
fn unless_missing(outcome: io::Result<()>) -> io::Result<()> {
    match outcome {
        Err(error) if matches!(error.raw_os_error(), Some(22 | 25)) => Ok(()),
        outcome => outcome,
    }
}

/// Adds what only the system's tables tell.
fn detailed(error: TransportError) -> TransportError {
    match error {
        TransportError::PermissionDenied { path, .. } => {
            let (group, hint) = permission::explain(&path);
            TransportError::PermissionDenied { path, group, hint }
        }
        #[cfg(target_os = "linux")]
        TransportError::PortBusy { path, .. } => {
            let holder = super::holder::find(std::path::Path::new("/proc"), &path);
            TransportError::PortBusy { path, holder }
        }
        other => other,
    }
}
