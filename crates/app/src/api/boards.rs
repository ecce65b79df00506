use boardwalk_device::{Attach, Consent, Reset};
use boardwalk_transport::Target;
use tokio_util::sync::CancellationToken;

use crate::AppError;
use crate::app::App;
use crate::boards::{self, Open, Pump, not_connected};
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

    /// Opens a board without disturbing it. Resolves when the port is open; the state tells the rest.
    ///
    /// # Errors
    /// `address-invalid`, and why the port cannot be opened.
    pub async fn board_open(&self, request: OpenBoard) -> Result<Board, AppError> {
        let target: Target = request.target.parse()?;
        let ports = self.0.boards.ports.current();
        let (id, port, identity) = boards::identity_of(&target, &ports);
        let place = target.serial_path().unwrap_or(&request.target).to_owned();
        let open = Open {
            title: port.as_ref().map_or_else(|| place.clone(), |port| port.title.clone()),
            guess: port.as_ref().map_or(PortGuess::Unknown, |port| boards::guess(port.guess)),
            demo: port.as_ref().is_some_and(|port| port.demo),
            target: target.clone(),
            info: None,
            working_folder: String::new(),
            line: None,
        };
        if self.0.boards.begin(&id, open) {
            match self.0.world.connect(&target, identity, Attach::Gently, true).await {
                Ok((session, terminal)) => {
                    let line = boards::Line { session: session.clone(), pump: Pump::start(terminal) };
                    self.0.boards.update(&id, |open| open.line = Some(line));
                    self.follow(id.clone(), session);
                    self.remember(&id).await;
                }
                Err(error) => {
                    self.0.boards.remove(&id);
                    return Err(error.into());
                }
            }
        }
        self.0.boards.list().into_iter().find(|board| board.id == id).ok_or_else(not_connected)
    }

    /// Closes a board and leaves it as it is.
    ///
    /// # Errors
    /// None: a board that is not open is closed.
    pub async fn board_close(&self, request: BoardRef) -> Result<(), AppError> {
        if let Some(line) = self.0.boards.remove(&request.board).and_then(|open| open.line) {
            line.session.close().await;
        }
        Ok(())
    }

    /// Takes a board that is not here from the list.
    ///
    /// # Errors
    /// When the list cannot be saved.
    pub async fn board_forget(&self, request: BoardRef) -> Result<(), AppError> {
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
    /// See [`boardwalk_device::Session::reset`].
    pub async fn board_reset(&self, request: ResetBoard) -> Result<(), AppError> {
        let how = match request.how {
            ResetKind::Soft => Reset::Soft,
            ResetKind::Hard => Reset::Hard,
        };
        let session = self.0.boards.line(&request.board)?.session;
        Ok(session.reset(how, CancellationToken::new()).await?)
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
