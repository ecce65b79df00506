use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::AppError;

use super::Question;

/// A board the window lists: present, open, or remembered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Board {
    /// Identity: by USB serial number where there is one, else by target. Stable over replugging, and over restarts.
    pub id: String,
    /// What to call it: "Raspberry Pi Pico W", "CP2102N USB to UART Bridge", "Demo board".
    pub title: String,
    /// Where it is now (or was last): `serial:/dev/ttyACM0`.
    pub target: String,
    /// The short place for people: `/dev/ttyACM0`, `COM3`, `192.168.4.1`.
    pub place: String,
    /// What kind of thing the port seems to be.
    pub guess: PortGuess,
    /// The board that `cargo xtask run` starts beside the app.
    pub demo: bool,
    /// What only a board on the network has.
    pub network: Option<NetworkBoard>,
    /// What it is doing.
    pub state: BoardState,
    /// What a person has to answer before it goes on.
    pub question: Option<Question>,
    /// What it is, once it said so.
    pub info: Option<BoardInfo>,
    /// When it was last seen, in milliseconds since 1970, for boards that are not here.
    #[ts(type = "number | null")]
    pub last_seen_ms: Option<u64>,
}

/// What only a board on the network has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct NetworkBoard {
    /// Whether its password is in the key store of this computer.
    pub password_kept: bool,
    /// SHA-256 of the certificate that is trusted for it.
    pub certificate: Option<String>,
    /// The way its connection takes, or tried last; none before the first.
    pub route: Option<BoardRoute>,
    /// What the person chose for it: `system`, `direct`, or a proxy's address; none when the default holds.
    pub choice: Option<String>,
}

/// The way of a connection, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct BoardRoute {
    /// The proxy, `http://127.0.0.1:7890`; none is direct.
    pub proxy: Option<String>,
    /// How it is asked: `connect`, `socks5`, `socks4`.
    pub via: Option<String>,
    /// Who decided: `option`, `environment`, `windows`, `macos`, `gnome`, `kde`, `portal`, `pac`, `lan`, `none`.
    pub source: String,
    /// One sentence.
    pub reason: String,
    /// The setting and the rule that decided, as written; may be empty.
    pub rule: String,
}

/// What a serial port seems to be, from its USB identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(export)]
pub enum PortGuess {
    /// A board that runs MicroPython (by VID and PID).
    MicroPython,
    /// A USB-to-UART bridge: probably a board behind it.
    UsbBridge,
    /// A Bluetooth or virtual port.
    Bluetooth,
    /// A board in its bootloader.
    Bootloader,
    /// Something else with a serial port.
    Other,
    /// Nothing is known.
    Unknown,
}

/// The state of a board, always visible and true.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "kind")]
#[ts(export)]
pub enum BoardState {
    /// Remembered: not plugged in, or on the network and not connected, where only an answer would tell.
    Absent,
    /// Plugged in, not open.
    Present,
    /// Being opened.
    Connecting {
        /// What is waited for.
        waiting_for: WaitingFor,
    },
    /// At a prompt.
    Ready,
    /// A program runs (the user's, or one that ran before we came).
    Running {
        /// Its name, where we started it.
        name: Option<String>,
        /// When it started or was first seen running, in milliseconds since 1970.
        #[ts(type = "number")]
        since_ms: u64,
    },
    /// Our own work uses the line.
    Busy {
        /// What we do.
        work: Work,
        /// The file it is done to, where there is one.
        name: Option<String>,
    },
    /// The line ended and we go on trying: the board is there and its port cannot be opened yet, or it is on the
    /// network, where only trying tells whether it is there.
    Reconnecting {
        /// 1 for the first attempt.
        attempt: u32,
        /// Why the line ended.
        because: AppError,
    },
    /// The board is away. When it comes back its line is opened again by itself.
    Lost {
        /// Why.
        because: AppError,
    },
}

/// What a connecting board is waiting for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(export)]
pub enum WaitingFor {
    /// The operating system opens the port.
    Port,
    /// The address of its name.
    Name,
    /// A TCP connection.
    Tcp,
    /// The proxy's answer.
    Tunnel,
    /// A person who gives the name and the password for the proxy.
    ProxyPassword,
    /// TLS.
    Tls,
    /// The reply to the WebSocket handshake.
    Handshake,
    /// Its prompt for the password.
    PasswordPrompt,
    /// The key store of this computer.
    KeyStore,
    /// A person who gives the password.
    Password,
    /// Its answer to the password.
    Login,
    /// The board shows a prompt, or shows that it is running something.
    Prompt,
}

/// What we do on the line while a board is busy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(export)]
pub enum Work {
    /// Listing files.
    Listing,
    /// Reading a file.
    Reading,
    /// Writing a file.
    Writing,
    /// Renaming, deleting or creating.
    Changing,
    /// Asking the board what it is.
    Asking,
    /// Stopping a program.
    Stopping,
    /// Resetting.
    Resetting,
}

/// What a board says it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct BoardInfo {
    /// `micropython`, `circuitpython`, …
    pub implementation: String,
    /// `1.27.0`, `1.29.0-preview`.
    pub version: String,
    /// `Raspberry Pi Pico W with RP2040`.
    pub machine: String,
    /// `rp2`, `esp32`, `linux`, `microbit`.
    pub platform: String,
    /// Hexadecimal `machine.unique_id()`, where there is one.
    pub unique_id: Option<String>,
    /// Free heap in bytes.
    #[ts(type = "number | null")]
    pub free_memory: Option<u64>,
    /// Processor clock in hertz.
    #[ts(type = "number | null")]
    pub frequency: Option<u64>,
    /// Space of the file system.
    pub space: Space,
    /// Modules that `help('modules')` or an import probe shows, of those we make use of.
    pub modules: Vec<String>,
    /// Whether code is sent with raw-paste flow control.
    pub raw_paste: bool,
    /// What this board cannot do, as codes: `no-folders`, `no-rename`, `no-stat`, `no-hash`, `no-space`.
    pub cannot: Vec<String>,
}

/// Free and total bytes of a file system; both unknown where the board cannot say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Space {
    /// Free bytes.
    #[ts(type = "number | null")]
    pub free: Option<u64>,
    /// Total bytes.
    #[ts(type = "number | null")]
    pub total: Option<u64>,
}

/// Opens the board at a target string of the command line, the address field or the list.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct OpenBoard {
    /// `serial:/dev/ttyACM0`, `/dev/ttyACM0`, `COM3`, `ws://192.168.4.1:8266`, `192.168.4.1`, `esp32.local`.
    pub target: String,
}

/// Names an open or listed board.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct BoardRef {
    /// `Board::id`.
    pub board: String,
}

/// Gives a board a name.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct RenameBoard {
    /// `Board::id`.
    pub board: String,
    /// What to call it, at most 80 characters; empty for the name that it has by itself.
    pub name: String,
}

/// Resets a board.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct ResetBoard {
    /// `Board::id`.
    pub board: String,
    /// How.
    pub how: ResetKind,
    /// Also over a WebREPL that nothing would start again (`would-lose-webrepl`): the person has been asked.
    #[serde(default)]
    #[ts(as = "Option<bool>", optional)]
    pub even_if_lost: bool,
}

/// The two ways to reset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(export)]
pub enum ResetKind {
    /// The interpreter starts again: Ctrl-D. main.py runs.
    Soft,
    /// The whole chip starts again: `machine.reset()`, or the reset line of a bridge.
    Hard,
}
