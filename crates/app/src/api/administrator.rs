//! What only an administrator may do to this computer: shown first, then done by polkit, which asks for the password itself.

use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;

use crate::AppError;

/// How long a person may take to find the password.
const LIMIT: Duration = Duration::from_secs(300);

/// Runs a command that was shown to the person, `sudo` left out of it, as the administrator.
///
/// # Errors
/// `cancelled` when the person did not want it after all, `not-allowed` when it cannot be done like this or did not work.
pub(super) async fn run(shown: &str) -> Result<(), AppError> {
    let command: String = shown.replace("sudo ", "");
    let child = Command::new("pkexec")
        .args(["sh", "-c", &command])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .status();
    match tokio::time::timeout(LIMIT, child).await {
        Ok(Ok(status)) if status.success() => Ok(()),
        // pkexec(1): 126 when the dialog was dismissed, 127 when nobody could be asked.
        Ok(Ok(status)) if status.code() == Some(126) => {
            Err(AppError::new("cancelled", "It was not done.", "Nothing was changed."))
        }
        Ok(Ok(status)) if status.code() != Some(127) => Err(by_hand("The system refused the command.")),
        Ok(_) => Err(by_hand("This computer has nobody to ask for an administrator's password.")),
        Err(_) => Err(by_hand("Nobody answered the question for the administrator's password.")),
    }
}

fn by_hand(message: &str) -> AppError {
    AppError::new("not-allowed", message, "Copy the command and run it in a terminal.")
}
