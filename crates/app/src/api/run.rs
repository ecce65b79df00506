use std::path::PathBuf;

use boardwalk_device::State;
use tokio_util::sync::CancellationToken;

use crate::AppError;
use crate::app::App;
use crate::local;
use crate::transfer::blocking;
use crate::wire::*;

/// The longest text that is typed at once.
const TYPED_MAX: usize = 1 << 20;

impl App {
    /// Runs a buffer in the board's terminal, and resolves when it ends.
    ///
    /// # Errors
    /// When the board cannot be brought to a prompt or is lost; an exception of the program is an outcome.
    pub async fn run_code(&self, request: RunCode) -> Result<RunOutcome, AppError> {
        let session = self.0.boards.line(&request.board)?.session;
        let end = session.run(request.name, request.code, CancellationToken::new()).await?;
        // The program may have written files.
        self.0.host.event(AppEvent::FilesChanged { place: Place::Board { board: request.board } });
        Ok(RunOutcome { exception: end.exception.map(Into::into) })
    }

    /// Types into a board's terminal.
    ///
    /// # Errors
    /// `not-connected`, `too-long`.
    pub async fn terminal_input(&self, request: TerminalInput) -> Result<(), AppError> {
        if request.data.len() > TYPED_MAX {
            return Err(AppError::new(
                "too-long",
                "More than 1 MB was pasted at once.",
                "Save it as a file on the board, or paste it in parts.",
            ));
        }
        let session = self.0.boards.line(&request.board)?.session;
        let at_prompt = matches!(*session.state().borrow(), State::Ready);
        if request.paste && at_prompt {
            session.paste(request.data, CancellationToken::new()).await?;
        } else {
            session.type_in(request.data.into_bytes()).await?;
        }
        Ok(())
    }

    /// The window has drawn so many bytes of a terminal.
    ///
    /// # Errors
    /// `not-connected`.
    pub async fn terminal_credit(&self, request: TerminalCredit) -> Result<(), AppError> {
        let bytes = usize::try_from(request.bytes).unwrap_or(usize::MAX);
        self.0.boards.line(&request.board)?.pump.credit(bytes);
        Ok(())
    }

    /// Saves the terminal's text where the person chooses.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub async fn terminal_save(&self, request: TerminalSave) -> Result<bool, AppError> {
        let chosen: Option<PathBuf> = self.0.host.choose_save(request.name).await;
        let Some(path) = chosen else { return Ok(false) };
        blocking(move || local::write(&path, request.text.as_bytes())).await?;
        Ok(true)
    }
}
