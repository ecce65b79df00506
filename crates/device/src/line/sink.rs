//! Where the output of code goes.

use bytes::Bytes;
use tokio::sync::mpsc;

use crate::error::DeviceError;
use crate::run::Output;

use super::{Deadline, Line};

/// Where the output goes.
#[derive(Debug)]
pub(crate) enum Sink {
    /// Collected, up to a limit.
    Capture { out: Vec<u8>, limit: usize },
    /// To a caller that reads as it likes; the board waits for it.
    Stream(mpsc::Sender<Output>),
    /// To the terminal, with `<stdin>` in tracebacks replaced by the program's name.
    Terminal { name: String },
    /// Nowhere, or to the terminal as far as it has room: the end of a program that is being stopped.
    Drain { terminal: bool },
}

impl Sink {
    pub(super) async fn write(
        &mut self,
        line: &mut Line,
        bytes: Bytes,
        deadline: Deadline,
    ) -> Result<(), DeviceError> {
        match self {
            Self::Capture { out, limit } => {
                if out.len() + bytes.len() > *limit {
                    return Err(DeviceError::OutputTooLong { limit: *limit });
                }
                out.extend_from_slice(&bytes);
                Ok(())
            }
            Self::Stream(to) => {
                let cancel = line.cancel.clone();
                tokio::select! {
                    biased;
                    () = super::cancelled(cancel.as_ref()) => Err(DeviceError::Cancelled),
                    Some(stop) = line.io.stops.recv() => {
                        line.begin_stop(stop).await?;
                        Err(DeviceError::Cancelled)
                    }
                    () = super::sleep_until(deadline) => Err(line.late("taking the output")),
                    sent = to.send(Output::Stdout(bytes)) => sent.map_err(|_| DeviceError::Cancelled),
                }
            }
            Self::Terminal { .. } => line.show(bytes).await,
            Self::Drain { terminal: true } => {
                line.show_if_room(bytes);
                Ok(())
            }
            Self::Drain { terminal: false } => Ok(()),
        }
    }

    pub(super) async fn finish(&mut self, line: &mut Line, stderr: &[u8]) -> Result<(), DeviceError> {
        if stderr.is_empty() {
            return Ok(());
        }
        match self {
            Self::Capture { .. } | Self::Drain { .. } => Ok(()),
            Self::Stream(to) => {
                let cancel = line.cancel.clone();
                tokio::select! {
                    biased;
                    () = super::cancelled(cancel.as_ref()) => {}
                    _ = to.send(Output::Stderr(Bytes::copy_from_slice(stderr))) => {}
                }
                Ok(())
            }
            Self::Terminal { name } => {
                line.show_new_line().await?;
                line.show(named(stderr, name)).await
            }
        }
    }
}

/// The traceback with the program's own name in the place of `<stdin>`.
pub(super) fn named(stderr: &[u8], name: &str) -> Bytes {
    let safe: String = name.chars().filter(|c| !c.is_control() && *c != '"').collect();
    let text = String::from_utf8_lossy(stderr);
    text.replace("File \"<stdin>\"", &format!("File \"{safe}\"")).into_bytes().into()
}
