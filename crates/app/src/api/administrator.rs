//! What only an administrator may do to this computer: shown first, then done by polkit, which asks for the password itself.

use std::ffi::OsStr;
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;

use crate::AppError;

/// How long a person may take to find the password.
const LIMIT: Duration = Duration::from_secs(300);

/// Runs a command that was shown to the person, `sudo` left out of it, as the administrator.
///
/// # Errors
/// `cancelled` when the person did not want it after all, `no-administrator` when it cannot be done like this or did not work.
pub(super) async fn run(shown: &str) -> Result<(), AppError> {
    run_by("pkexec".as_ref(), shown).await
}

async fn run_by(pkexec: &OsStr, shown: &str) -> Result<(), AppError> {
    let command: String = shown.replace("sudo ", "");
    let child = Command::new(pkexec)
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
    AppError::new("no-administrator", message, "Copy the command and run it in a terminal.")
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    /// `env` does what it is told, as polkit does once it has the password.
    async fn by_env(command: &str) -> Result<(), AppError> {
        run_by("env".as_ref(), command).await
    }

    #[tokio::test]
    async fn what_was_shown_is_run_without_sudo() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("70-boardwalk.rules");
        let shown = format!("echo 'TAG+=\"uaccess\"' | sudo tee {} && sudo true", file.display());
        by_env(&shown).await.unwrap();
        assert_eq!(std::fs::read_to_string(file).unwrap(), "TAG+=\"uaccess\"\n");
    }

    #[tokio::test]
    async fn who_closes_the_question_has_cancelled_and_the_rest_is_to_be_done_by_hand() {
        for (command, code) in
            [("exit 126", "cancelled"), ("exit 127", "no-administrator"), ("exit 1", "no-administrator")]
        {
            assert_eq!(by_env(command).await.unwrap_err().code, code, "{command}");
        }
        let nobody = run_by("/nowhere/pkexec".as_ref(), "sudo true").await;
        assert_eq!(nobody.unwrap_err().code, "no-administrator");
    }
}
