//! `doctor_start(StartDoctor) -> Diagnosis` (its first state; the rest comes as `AppEvent::Doctor`), `doctor_cancel(DoctorRef)`,
//! `doctor_report(DoctorRef) -> String` (redacted text), `remedy_apply(ApplyRemedy) -> Option<String>` (the target to
//! connect to afterwards, when it is another one: `wss://…`).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::TypedPassword;

/// Asks why a board does not connect. One diagnosis at a time for a target: a second start of the same one begins anew.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct StartDoctor {
    /// Any target string; `null` looks at all ports.
    pub target: Option<String>,
    /// The consent to stop a running program.
    pub may_interrupt: bool,
    /// Also find out whether the connection survives so many seconds of silence, at most 1800.
    #[serde(default)]
    #[ts(optional)]
    pub idle: Option<u32>,
}

/// Names a diagnosis.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct DoctorRef {
    /// `Diagnosis::run`.
    pub run: u32,
}

/// Does what a remedy offers; the doctor looks again afterwards by itself.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct ApplyRemedy {
    /// `Diagnosis::run`.
    pub run: u32,
    /// `DiagnosisRemedy::action`.
    pub action: String,
}

/// A Wi-Fi as the board sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct WifiNetwork {
    /// Its name.
    pub name: String,
    /// Signal strength in dBm; the nearer to 0 the better.
    pub rssi: i32,
    /// It wants no password.
    pub open: bool,
}

/// Brings the board that is plugged in into a Wi-Fi and starts its WebREPL. It has no `Debug`: what it holds is secret.
#[derive(Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct SetUpWebrepl {
    /// `Diagnosis::run`.
    pub run: u32,
    /// The Wi-Fi's name.
    pub wifi: String,
    /// Empty for one without.
    #[ts(type = "string")]
    pub wifi_password: TypedPassword,
    /// The board's password: 4 to 9 characters.
    #[ts(type = "string")]
    pub password: TypedPassword,
}

/// A board whose WebREPL was set up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct WebreplSetUp {
    /// What to connect to.
    pub target: String,
    /// The board's address.
    pub address: String,
    /// What the board's own files are called now, where they were changed: `boot.py.bak`.
    pub kept: Vec<String>,
}

/// A diagnosis, as far as it has come. Each event carries the whole of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Diagnosis {
    /// Its number; each start has its own.
    pub run: u32,
    /// The canonical target; `null` when all ports are looked at.
    pub target: Option<String>,
    /// `Board::id`, where a board of the list has that target.
    pub board: Option<String>,
    /// Whether it is under way.
    pub state: DiagnosisState,
    /// Unix milliseconds.
    #[ts(type = "number")]
    pub started_ms: u64,
    /// How long it took; so far `null`.
    #[ts(type = "number | null")]
    pub took_ms: Option<u64>,
    /// `ok`, `warning`, `blocked`, `unknown`; `null` before the end.
    pub verdict: Option<DiagnosisVerdict>,
    /// The finding code of the root cause.
    pub cause: Option<String>,
    /// One sentence; empty before the end.
    pub summary: String,
    /// Why that one, or what was ruled out.
    pub explanation: String,
    /// In the order to show them, from the first event on.
    pub checks: Vec<DiagnosisCheck>,
    /// The handshake with the board by each way.
    pub paths: Vec<DiagnosisPath>,
    /// Our own request as it came out behind the proxy.
    pub echoes: Vec<DiagnosisEcho>,
    /// What the board printed over USB during the attempt.
    pub console: Option<DiagnosisConsole>,
}

/// Whether a diagnosis is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(export)]
pub enum DiagnosisState {
    /// It is.
    Running,
    /// All checks are over.
    Done,
    /// Somebody stopped it.
    Cancelled,
}

/// What it comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(export)]
pub enum DiagnosisVerdict {
    /// The board connects.
    Ok,
    /// It connects, and will give trouble.
    Warning,
    /// It does not connect, and the cause is known.
    Blocked,
    /// Neither could be proved.
    Unknown,
}

/// One check.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct DiagnosisCheck {
    /// Stable; the UI translates the title by it.
    pub id: String,
    /// In English.
    pub title: String,
    /// Where it stands.
    pub status: DiagnosisStatus,
    /// What was seen, or why it was not run, or what it is waiting for. English, escaped.
    pub because: String,
    /// How long it took.
    pub ms: f64,
    /// What can be told about causes.
    pub findings: Vec<DiagnosisFinding>,
}

/// Where a check stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(export)]
pub enum DiagnosisStatus {
    /// It has not begun.
    Pending,
    /// It is under way.
    Running,
    /// All well.
    Pass,
    /// It works, and there is something to know.
    Warn,
    /// It does not work.
    Fail,
    /// Not run.
    Skipped,
    /// It gave no answer.
    Crashed,
}

/// One cause, or one thing worth knowing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct DiagnosisFinding {
    /// Of the closed list.
    pub code: String,
    /// The headline, in English.
    pub title: String,
    /// `remark`, `suspect`, `warns`, `blocks`.
    pub weight: String,
    /// What was seen.
    pub saw: String,
    /// Why that matters.
    pub why: String,
    /// What helps, the best first.
    pub remedies: Vec<DiagnosisRemedy>,
    /// What `saw` is made of, for translations: `proxy` → `http://127.0.0.1:7890`.
    #[ts(type = "Record<string, string>")]
    pub with: BTreeMap<String, String>,
}

/// Something that helps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct DiagnosisRemedy {
    /// What to do.
    pub text: String,
    /// A command for a terminal, to be copied.
    pub command: Option<String>,
    /// Where to read more.
    pub link: Option<String>,
    /// What the app can do by itself, by `remedy_apply`; or the window, which asks first: `enter-password`, …
    pub action: Option<String>,
}

/// The handshake by one way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct DiagnosisPath {
    /// `direct`, `connect`, `socks5`, `socks4`.
    pub path: String,
    /// The proxy, where one is in the way.
    pub proxy: Option<String>,
    /// `ok`, or what was wrong.
    pub code: String,
    /// One sentence.
    pub message: String,
    /// What we sent as request, base64.
    pub sent: String,
    /// What came back, base64.
    pub received: String,
}

/// One request to ourselves through a proxy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct DiagnosisEcho {
    /// `connect`, `socks5`, `socks4`; `plain` as other programs go and Boardwalk never does towards a board.
    pub way: String,
    /// Through which proxy.
    pub proxy: String,
    /// Base64; empty when there was no way.
    pub sent: String,
    /// Base64; empty when nothing arrived.
    pub arrived: String,
    /// How many lines were changed, removed or added so that a board does not take them any more.
    pub breaking: u32,
    /// Why nothing arrived, when nothing did.
    pub failure: Option<String>,
}

/// What the board printed over USB.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct DiagnosisConsole {
    /// Which port.
    pub port: String,
    /// The lines, escaped, the last 40.
    pub lines: Vec<String>,
}
