//! A serial port of Windows.
//!
//! The system serialises calls on a port opened without overlapped I/O: a write waits for a read that waits for bytes.
//! So both are kept short, and the reader comes back empty-handed every few milliseconds.

use std::io::{self, Read, Write};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serialport::{COMPort, ClearBuffer, SerialPort};

use super::line_policy::LinePolicy;
use super::open::Request;
use super::os_error::{During, cause};
use super::raw_port::RawPort;
use crate::error::TransportError;

/// Longest wait of one read or write, and with it the delay a key stroke may meet.
const SLICE: Duration = Duration::from_millis(10);
/// What 115200 baud carry in that time, so that a write mostly finishes within it.
const WRITE_MOST: usize = 96;

/// An open COM port.
#[derive(Debug)]
pub(super) struct WindowsPort {
    reader: Mutex<COMPort>,
    writer: Mutex<COMPort>,
}

impl WindowsPort {
    pub(super) fn open(request: &Request) -> Result<Self, TransportError> {
        let path = request.path.as_str();
        // SetCommState releases both lines at once (`serialport`'s DCB); raising DTR comes before RTS.
        let builder = serialport::new(path, request.baud)
            .timeout(SLICE)
            .dtr_on_open(request.policy == LinePolicy::Asserted);
        let opened = builder.open_native();
        // `serialport` keeps the text and drops the number; nothing was called since.
        let number = io::Error::last_os_error();
        let refused = |number: &io::Error| match cause(path, During::Open, number) {
            TransportError::DriverError { path, .. } => {
                TransportError::DriverError { path, vid: request.vid }
            }
            other => other,
        };
        let writer = opened.map_err(|_| refused(&number))?;
        let reader = writer.try_clone_native().map_err(|_| refused(&io::Error::last_os_error()))?;
        Ok(Self { reader: Mutex::new(reader), writer: Mutex::new(writer) })
    }

    fn control<T>(&self, act: impl FnOnce(&mut COMPort) -> serialport::Result<T>) -> io::Result<T> {
        act(&mut lock(&self.writer)).map_err(|_| io::Error::last_os_error())
    }
}

impl RawPort for WindowsPort {
    fn read(&self, buf: &mut [u8]) -> io::Result<usize> {
        lock(&self.reader).read(buf)
    }

    fn write(&self, bytes: &[u8], _: Duration) -> io::Result<usize> {
        lock(&self.writer).write(&bytes[..bytes.len().min(WRITE_MOST)])
    }

    fn set_dtr(&self, up: bool) -> io::Result<()> {
        self.control(|port| port.write_data_terminal_ready(up))
    }

    fn set_rts(&self, up: bool) -> io::Result<()> {
        self.control(|port| port.write_request_to_send(up))
    }

    fn unsent(&self) -> usize {
        self.control(|port| port.bytes_to_write()).unwrap_or(0).try_into().unwrap_or(usize::MAX)
    }

    fn drop_unsent(&self) {
        let _ = self.control(|port| port.clear(ClearBuffer::Output));
    }

    fn restore(&self) {}

    /// Nothing to do: a read never waits longer than a slice.
    fn wake_reader(&self) {}
}

fn lock(port: &Mutex<COMPort>) -> std::sync::MutexGuard<'_, COMPort> {
    port.lock().unwrap_or_else(PoisonError::into_inner)
}
