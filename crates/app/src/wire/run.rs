use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Runs a buffer on a board; its output goes to the board's terminal.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct RunCode {
    /// `Board::id`.
    pub board: String,
    /// The name to show: `main.py`. A traceback that says `<stdin>` is rewritten to it.
    pub name: String,
    /// The program, as the editor has it.
    pub code: String,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct RunOutcome {
    /// The exception that ended it; none when it ran to its end.
    pub exception: Option<Exception>,
}

/// A Python exception as the board printed it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Exception {
    /// `ValueError`.
    pub kind: String,
    /// What stood behind the colon.
    pub message: String,
    /// The whole traceback.
    pub traceback: String,
    /// The line of the innermost frame in the program that was run.
    pub line: Option<u32>,
}

/// What a person typed into the terminal.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct TerminalInput {
    /// `Board::id`.
    pub board: String,
    /// The characters, control characters included. At most 1 MiB.
    pub data: String,
    /// Many lines pasted at a prompt: they go through paste mode so that indentation survives.
    pub paste: bool,
}

/// The terminal has drawn this many bytes: so many more may be sent.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct TerminalCredit {
    /// `Board::id`.
    pub board: String,
    /// Bytes drawn since the last credit.
    pub bytes: u32,
}

/// Asks the person for a file name and saves the terminal's text there. The answer is false when they cancelled.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct TerminalSave {
    /// The name to suggest.
    pub name: String,
    /// The text.
    pub text: String,
}
