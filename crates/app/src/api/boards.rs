use boardwalk_device::{Consent, DeviceError, Reset, ResetOptions};
use boardwalk_transport::Target;
use tokio_util::sync::CancellationToken;

use crate::AppError;
use crate::app::App;
use crate::boards::{self, BoardSettings, Open, Pump, not_connected, target_of};
use crate::host::TerminalSink;
use crate::wire::*;

impl App {
    /// All boards, in the order to show them.
    ///
    /// # Errors
    /// None.
    pub async fn boards_list(&self, _: NoArgs) -> Result<Vec<Board>, AppError> {
        Ok(self.0.boards.list())
    }

    /// Opens a board without disturbing it. Resolves when its line is open, which may take as long as a person needs to
    /// answer a question; the state tells the rest.
    ///
    /// # Errors
    /// `address-invalid`, `cancelled` when it is closed meanwhile, and why the line cannot be opened.
    pub async fn board_open(&self, request: OpenBoard) -> Result<Board, AppError> {
        let target = target_of(&request.target)?;
        let ports = self.0.boards.ports.current();
        let (id, port, identity) = boards::identity_of(&target, &ports);
        let closing = CancellationToken::new();
        let open = Open {
            title: port.as_ref().map_or_else(|| self.known_title(&id, &target), |port| port.title.clone()),
            guess: port.as_ref().map_or(PortGuess::Unknown, |port| boards::guess(port.guess)),
            demo: port.as_ref().is_some_and(|port| port.demo),
            target: target.clone(),
            info: None,
            working_folder: String::new(),
            line: None,
            waiting_for: if target.serial_path().is_some() { WaitingFor::Port } else { WaitingFor::Name },
            route: None,
            closing: closing.clone(),
        };
        if self.0.boards.begin(&id, open) {
            match self.dial(&id, &target, identity, &closing).await {
                Ok((session, terminal)) => {
                    let line = boards::Line { session: session.clone(), pump: Pump::start(terminal) };
                    if !self.0.boards.attach(&id, line, &closing) {
                        session.close().await;
                        return Err(DeviceError::Cancelled.into());
                    }
                    self.follow(id.clone(), session);
                    self.remember(&id).await;
                }
                Err(error) => {
                    // A board that was closed meanwhile may have been opened again.
                    if !closing.is_cancelled() {
                        self.0.boards.remove(&id);
                    }
                    return Err(error);
                }
            }
        }
        self.0.boards.list().into_iter().find(|board| board.id == id).ok_or_else(not_connected)
    }

    /// What a board without a port was called when it was here.
    fn known_title(&self, id: &str, target: &Target) -> String {
        let known = self.0.boards.remembered().into_iter().find(|known| known.id == *id);
        known.map_or_else(|| boards::title(target, None), |known| known.title)
    }

    /// Closes a board and leaves it as it is; one that is being opened is given up at once.
    ///
    /// # Errors
    /// None: a board that is not open is closed.
    pub async fn board_close(&self, request: BoardRef) -> Result<(), AppError> {
        self.0.boards.forget_tried(&request.board);
        if let Some(line) = self.0.boards.remove(&request.board).and_then(|open| open.line) {
            line.session.close().await;
        }
        Ok(())
    }

    /// Takes a board that is not here from the list, with all that was chosen for it and its password.
    ///
    /// # Errors
    /// When the list cannot be saved; `key-store-unavailable` when its password cannot be taken from there, and then
    /// nothing is forgotten.
    pub async fn board_forget(&self, request: BoardRef) -> Result<(), AppError> {
        if self.0.boards.settings_of(&request.board).password_kept {
            self.password_forget(request.clone()).await?;
        }
        self.board_settings(&request.board, |settings| *settings = BoardSettings::default()).await;
        let left = self.0.boards.forget(&request.board);
        self.0.store.save_boards(&left).await
    }

    /// Stops what runs.
    ///
    /// # Errors
    /// `interrupt-swallowed` after 4 s, `not-connected`.
    pub async fn board_stop(&self, request: BoardRef) -> Result<(), AppError> {
        Ok(self.0.boards.line(&request.board)?.session.stop().await?)
    }

    /// Resets a board.
    ///
    /// # Errors
    /// `would-lose-webrepl`: nothing was reset; ask the person, then send it again with `even_if_lost`. See [`boardwalk_device::Session::reset`].
    pub async fn board_reset(&self, request: ResetBoard) -> Result<(), AppError> {
        let how = match request.how {
            ResetKind::Soft => Reset::Soft,
            ResetKind::Hard => Reset::Hard,
        };
        let session = self.0.boards.line(&request.board)?.session;
        let options = ResetOptions { how, even_if_lost: request.even_if_lost };
        Ok(session.reset(options, CancellationToken::new()).await?)
    }

    /// Asks the board what it is. Leaves a running program alone.
    ///
    /// # Errors
    /// `program-running`, and as all work.
    pub async fn board_info(&self, request: BoardRef) -> Result<BoardInfo, AppError> {
        let session = self.0.boards.line(&request.board)?.session;
        let info: BoardInfo = session.info(Consent::LeaveRunning, CancellationToken::new()).await?.into();
        self.0.boards.update(&request.board, |open| open.info = Some(info.clone()));
        Ok(info)
    }

    /// Shows a board's terminal to `sink`, beginning with what it printed last.
    ///
    /// # Errors
    /// `not-connected`.
    pub fn terminal_open(&self, board: &str, sink: Box<dyn TerminalSink>) -> Result<(), AppError> {
        self.0.boards.line(board)?.pump.open(sink);
        Ok(())
    }

    /// Shows it to nobody.
    ///
    /// # Errors
    /// `not-connected`.
    pub fn terminal_shut(&self, board: &str) -> Result<(), AppError> {
        self.0.boards.line(board)?.pump.shut();
        Ok(())
    }
}
