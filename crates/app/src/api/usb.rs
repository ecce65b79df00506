//! What the doctor does to a board over USB: free and start its WebREPL, set it up, and catch a board that does not listen.

use std::time::Duration;

use boardwalk_device::{Consent, Output, Session};
use boardwalk_doctor::{
    Chosen, SetUpError, rescue, scan_wifi, set_aside_before, set_up_webrepl, undo_rescue,
};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::doctor::gone;
use crate::AppError;
use crate::app::App;
use crate::boards::Line;
use crate::wire::*;

/// With the password from webrepl_cfg.py WebREPL is started anew; one that was started with a password of its own would not come
/// back, so there only its client is let go.
const FREE: &str = "\
def _bw():
 import webrepl as w
 try:__import__('webrepl_cfg').PASS
 except(ImportError,AttributeError):
  import os
  os.dupterm(None)
  if w.client_s:w.client_s.close()
  return
 w.stop()
 w.start()
try:_bw()
finally:del _bw
";
const START: &str = "import webrepl\nwebrepl.start()\n";
const LIMIT: Duration = Duration::from_secs(10);
/// What `webrepl.start()` prints instead of raising when there is no webrepl_cfg.py.
const NOT_CONFIGURED: &str = "not configured";
const OUTPUT_MOST: usize = 4 * 1024;

impl App {
    /// The Wi-Fis around the board that is plugged in, the strongest first.
    ///
    /// # Errors
    /// `not-connected` without a board at USB, `program-running`, `webrepl-not-in-firmware`, and as all work.
    pub async fn wifi_scan(&self, request: DoctorRef) -> Result<Vec<WifiNetwork>, AppError> {
        let session = self.usb_session(request.run).await?;
        let found = scan_wifi(&session, CancellationToken::new()).await?;
        let wire =
            |wifi: boardwalk_doctor::Wifi| WifiNetwork { name: wifi.name, rssi: wifi.rssi, open: wifi.open };
        Ok(found.into_iter().map(wire).collect())
    }

    /// Brings the board that is plugged in into a Wi-Fi and starts its WebREPL, now and at every start.
    ///
    /// # Errors
    /// `wifi-not-connected`, and then nothing was changed; `password-impossible`, and as [`wifi_scan`](Self::wifi_scan).
    pub async fn webrepl_setup(&self, request: SetUpWebrepl) -> Result<WebreplSetUp, AppError> {
        let session = self.usb_session(request.run).await?;
        let chosen = Chosen {
            wifi: request.wifi,
            wifi_password: request.wifi_password.0,
            password: request.password.0,
        };
        let done = set_up_webrepl(&session, &chosen, CancellationToken::new()).await?;
        let address = done.address.to_string();
        Ok(WebreplSetUp { target: format!("ws://{address}:8266/"), address, kept: done.kept })
    }

    pub(super) async fn free_webrepl(&self, diagnosis: &Diagnosis) -> Result<(), AppError> {
        self.over_usb(diagnosis, FREE).await
    }

    pub(super) async fn start_webrepl(&self, diagnosis: &Diagnosis) -> Result<(), AppError> {
        self.over_usb(diagnosis, START).await
    }

    /// Catches the board of a diagnosis while it starts, and sets its program aside.
    pub(super) async fn rescue(&self, diagnosis: &Diagnosis) -> Result<(), AppError> {
        let session = self.session_of(diagnosis).await?;
        let rescued = rescue(&session, CancellationToken::new()).await?;
        if let Some(target) = &diagnosis.target {
            self.0.doctors.note_rescue(target, Some(rescued));
        }
        Ok(())
    }

    /// Gives the program its name back.
    pub(super) async fn undo_rescue(&self, diagnosis: &Diagnosis) -> Result<(), AppError> {
        let Some(target) = &diagnosis.target else { return Ok(()) };
        let session = self.session_of(diagnosis).await?;
        let rescued = match self.0.doctors.rescued(target) {
            Some(rescued) => Some(rescued),
            // It was done before Boardwalk was started.
            None => set_aside_before(&session, Consent::MayInterrupt, CancellationToken::new()).await?,
        };
        let Some(rescued) = rescued else { return Ok(()) };
        undo_rescue(&session, &rescued, CancellationToken::new()).await?;
        self.0.doctors.note_rescue(target, None);
        Ok(())
    }

    /// The session of the board that the diagnosis is about.
    async fn session_of(&self, diagnosis: &Diagnosis) -> Result<Session, AppError> {
        let target = diagnosis.target.as_deref().filter(|target| target.starts_with("serial:"));
        let Some(target) = target else { return self.usb_line(diagnosis).await };
        let board = self.0.boards.list().into_iter().find(|board| board.target == target);
        let line = board.and_then(|board| self.0.boards.line(&board.id).ok());
        line.map(|line| line.session).ok_or_else(|| {
            AppError::new(
                "not-connected",
                "The board is not connected.",
                "Connect it, and choose this again.",
            )
        })
    }

    async fn usb_session(&self, run: u32) -> Result<Session, AppError> {
        let run = self.0.doctors.get(run).ok_or_else(|| gone(run))?;
        self.session_of(&run.diagnosis).await
    }

    /// Runs code on the board that is plugged in.
    async fn over_usb(&self, diagnosis: &Diagnosis, code: &'static str) -> Result<(), AppError> {
        let session = self.session_of(diagnosis).await?;
        let (output, mut rest) = mpsc::channel(16);
        let exec = session.exec(code, output, Some(LIMIT), Consent::LeaveRunning, CancellationToken::new());
        let heard = async {
            let mut heard = Vec::new();
            while let Some(piece) = rest.recv().await {
                if let Output::Stdout(bytes) = piece {
                    let room = OUTPUT_MOST.saturating_sub(heard.len());
                    heard.extend_from_slice(&bytes[..bytes.len().min(room)]);
                }
            }
            heard
        };
        let (end, heard) = tokio::join!(exec, heard);
        const HELP: &str = "Set WebREPL up over USB first.";
        if let Some(exception) = end?.exception {
            let message = format!("The board reported {}: {}.", exception.kind, exception.message);
            return Err(AppError::new("raised", message, HELP));
        }
        if String::from_utf8_lossy(&heard).contains(NOT_CONFIGURED) {
            return Err(AppError::new(
                "webrepl-not-running",
                "WebREPL has no password on this board yet.",
                HELP,
            ));
        }
        Ok(())
    }

    /// The board whose answers the diagnosis has, opened as any other when it is not yet; else the one that is open at a serial port.
    async fn usb_line(&self, diagnosis: &Diagnosis) -> Result<Session, AppError> {
        let findings = diagnosis.checks.iter().flat_map(|check| &check.findings);
        let asked = findings.filter_map(|finding| finding.with.get("usb")).next();
        let mut open = self.serial_lines();
        if let Some(at) = open.iter().position(|(port, _)| Some(port) == asked) {
            return Ok(open.swap_remove(at).1.session);
        }
        if let Some(port) = asked {
            let board = self.board_open(OpenBoard { target: format!("serial:{port}") }).await?;
            return Ok(self.0.boards.line(&board.id)?.session);
        }
        match (open.pop(), open.is_empty()) {
            (Some((_, line)), true) => Ok(line.session),
            (None, _) => Err(AppError::new(
                "not-connected",
                "No board is connected by USB.",
                "Plug the board in by USB, connect it, and choose this again.",
            )),
            (Some(_), false) => Err(AppError::new(
                "not-connected",
                "Several boards are connected by USB.",
                "Close all but the one that is meant, and choose this again.",
            )),
        }
    }

    /// Those that are open at a serial port, with it.
    pub(super) fn serial_lines(&self) -> Vec<(String, Line)> {
        let serial = self.0.boards.list().into_iter().filter(|board| board.target.starts_with("serial:"));
        serial.filter_map(|board| Some((board.place, self.0.boards.line(&board.id).ok()?))).collect()
    }
}

impl From<SetUpError> for AppError {
    fn from(error: SetUpError) -> Self {
        match error {
            SetUpError::Device(error) => error.into(),
            other => Self::new(other.code(), other.to_string(), other.help()),
        }
    }
}
