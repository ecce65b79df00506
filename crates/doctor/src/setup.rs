//! WebREPL set up over USB: the board looks for Wi-Fis, joins one, and starts its WebREPL now and at every start. What was in
//! its files before is kept beside them.

mod boot;
mod script;

use std::net::IpAddr;
use std::time::Duration;

use boardwalk_device::{Consent, DeviceError, Exception, Output, Progress, Session};
use boardwalk_protocol::literal::string;
use boardwalk_protocol::webrepl::login::Password;
use boardwalk_transport::Secret;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// A Wi-Fi as the board sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wifi {
    /// its name, at most 32 bytes
    pub name: String,
    /// signal strength in dBm; the nearer to 0 the better
    pub rssi: i32,
    /// it wants no password
    pub open: bool,
}

/// What a person chose.
#[derive(Clone)]
pub struct Chosen {
    /// the Wi-Fi's name
    pub wifi: String,
    /// empty for one without
    pub wifi_password: Secret,
    /// the board's password: 4 to 9 characters
    pub password: Secret,
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetUp {
    /// the board's address
    pub address: IpAddr,
    /// what the board's own files are called now, where they were changed: `boot.py.bak`
    pub kept: Vec<String>,
}

/// Why WebREPL could not be set up.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SetUpError {
    /// The line, the files.
    #[error(transparent)]
    Device(#[from] DeviceError),
    /// The password is not one that a board can have.
    #[error("{0}")]
    Password(String),
    /// The Wi-Fi's name is empty, or longer than 32 bytes.
    #[error("“{0}” cannot be the name of a Wi-Fi.")]
    Name(String),
    /// No `network`, no `webrepl`.
    #[error("The firmware of this board has no module {0}.")]
    Missing(String),
    /// It did not get into the Wi-Fi; nothing was written.
    #[error("The board did not get into the Wi-Fi{}.", .0.as_deref().map(|status| format!(" ({status})")).unwrap_or_default())]
    Wifi(Option<String>),
    /// What was in `boot.py` before does not compile. WebREPL runs now, and will not at the next start.
    #[error(
        "WebREPL is started, but the board's boot.py does not compile: it will not start with the board."
    )]
    Boot,
    /// A script ended otherwise than it should.
    #[error("The board reported {0}.")]
    Raised(String),
}

impl SetUpError {
    /// In kebab case.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Device(error) => error.code(),
            Self::Password(_) => "password-impossible",
            Self::Missing(_) => "webrepl-not-in-firmware",
            Self::Name(_) | Self::Wifi(_) => "wifi-not-connected",
            Self::Boot | Self::Raised(_) => "raised",
        }
    }

    /// What to do.
    #[must_use]
    pub fn help(&self) -> String {
        match self {
            Self::Device(error) => error.help().to_owned(),
            Self::Password(_) => "Choose one of 4 to 9 characters.".to_owned(),
            Self::Name(_) => "The name of a Wi-Fi has 1 to 32 bytes.".to_owned(),
            Self::Missing(_) => "Write a firmware with WebREPL to the board, or work over USB.".to_owned(),
            Self::Wifi(_) => {
                "Check the Wi-Fi's password. Most boards know 2.4 GHz only. Nothing was changed on the board."
                    .to_owned()
            }
            Self::Boot => {
                "Mend boot.py over USB: what is not from Boardwalk in it ends in the middle.".to_owned()
            }
            Self::Raised(_) => "Reset the board and try again.".to_owned(),
        }
    }
}

/// A scan takes some 3 s.
const SCAN: Duration = Duration::from_secs(15);
/// The board itself gives up after 20 s.
const JOIN: Duration = Duration::from_secs(30);
const START: Duration = Duration::from_secs(10);
/// More than this no script of these prints, in bytes.
const OUTPUT_MOST: usize = 16 * 1024;
/// IEEE 802.11, 9.4.2.2: 0 to 32 octets; none is for searching.
const NAME_MOST: usize = 32;
/// `boot.py` is a few lines.
const FILE_MOST: u64 = 64 * 1024;

/// The Wi-Fis around the board, the strongest first, each name once.
///
/// # Errors
/// `program-running`, `webrepl-not-in-firmware` without `network`, and as all work.
pub async fn scan_wifi(session: &Session, cancel: CancellationToken) -> Result<Vec<Wifi>, SetUpError> {
    let text = ask(session, script::SCAN.to_owned(), SCAN, cancel).await?;
    Ok(script::networks(&text))
}

/// Joins the Wi-Fi; when that has worked, writes `webrepl_cfg.py` and adds to `boot.py`, and starts WebREPL.
///
/// # Errors
/// `wifi-not-connected`, also for a name that no Wi-Fi can have, and nothing was written; `password-impossible`, `program-running`, and as all work.
pub async fn set_up_webrepl(
    session: &Session,
    chosen: &Chosen,
    cancel: CancellationToken,
) -> Result<SetUp, SetUpError> {
    let password = chosen.password.reveal();
    Password::new(password).map_err(|because| SetUpError::Password(because.to_string()))?;
    if chosen.wifi.is_empty() || chosen.wifi.len() > NAME_MOST {
        return Err(SetUpError::Name(chosen.wifi.chars().take(NAME_MOST).collect()));
    }
    let said =
        ask(session, script::join(&chosen.wifi, chosen.wifi_password.reveal()), JOIN, cancel.clone()).await?;
    let address = script::address(&said).map_err(SetUpError::Wifi)?;
    let mut kept = Vec::new();
    let config = format!("PASS = {}\n", string(password));
    kept.extend(replace(session, "/webrepl_cfg.py", |_| config.into_bytes(), &cancel).await?);
    let lines = boot::lines(&chosen.wifi, chosen.wifi_password.reveal());
    kept.extend(replace(session, "/boot.py", |old| boot::with(old, &lines), &cancel).await?);
    if ask(session, script::START.to_owned(), START, cancel).await?.contains(script::BROKEN) {
        return Err(SetUpError::Boot);
    }
    Ok(SetUp { address, kept })
}

/// Writes a file anew; gives the name of the copy of what was there. At every moment the old one or the new one is there.
async fn replace(
    session: &Session,
    path: &str,
    new: impl FnOnce(&[u8]) -> Vec<u8>,
    cancel: &CancellationToken,
) -> Result<Option<String>, SetUpError> {
    let leave = Consent::LeaveRunning;
    let old = match session.stat(path, leave, cancel.clone()).await {
        Ok(stat) if stat.size > FILE_MOST => {
            return Err(SetUpError::Raised(format!("a {path} of {} bytes", stat.size)));
        }
        Ok(_) => Some(session.read(path, Progress::none(), leave, cancel.clone()).await?),
        Err(DeviceError::NotFound { .. }) => None,
        Err(error) => return Err(error.into()),
    };
    let text = new(old.as_deref().unwrap_or_default());
    if old.as_deref() == Some(&text[..]) {
        return Ok(None);
    }
    let mut kept = None;
    if let Some(old) = old.filter(|old| !old.is_empty()) {
        let copy = free_name(session, path, cancel).await?;
        session.write(&copy, old, Progress::none(), leave, cancel.clone()).await?;
        kept = Some(copy.trim_start_matches('/').to_owned());
    }
    session.write(path, text, Progress::none(), leave, cancel.clone()).await?;
    Ok(kept)
}

/// `boot.py.bak`, `boot.py.bak-2`, …
async fn free_name(session: &Session, path: &str, cancel: &CancellationToken) -> Result<String, DeviceError> {
    const NAMES: u32 = 50;
    for number in 1..=NAMES {
        let name = if number == 1 { format!("{path}.bak") } else { format!("{path}.bak-{number}") };
        match session.stat(&name, Consent::LeaveRunning, cancel.clone()).await {
            Ok(_) => {}
            Err(DeviceError::NotFound { .. }) => return Ok(name),
            Err(error) => return Err(error),
        }
    }
    Err(DeviceError::Exists { path: format!("{path}.bak") })
}

/// Runs a script at the prompt and gives what it printed.
async fn ask(
    session: &Session,
    code: String,
    limit: Duration,
    cancel: CancellationToken,
) -> Result<String, SetUpError> {
    let (output, mut said) = mpsc::channel(16);
    let exec = session.exec(code, output, Some(limit), Consent::LeaveRunning, cancel);
    let heard = async {
        let mut heard = Vec::new();
        while let Some(piece) = said.recv().await {
            if let Output::Stdout(bytes) = piece {
                let room = OUTPUT_MOST.saturating_sub(heard.len());
                heard.extend_from_slice(&bytes[..bytes.len().min(room)]);
            }
        }
        heard
    };
    let (end, heard) = tokio::join!(exec, heard);
    match end?.exception {
        None => Ok(String::from_utf8_lossy(&heard).into_owned()),
        Some(exception) => Err(raised(&exception)),
    }
}

fn raised(exception: &Exception) -> SetUpError {
    if exception.kind == "ImportError" {
        let named = exception.message.split('\'').nth(1).unwrap_or("network");
        return SetUpError::Missing(
            named.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').take(40).collect(),
        );
    }
    // Not the traceback: it may show a line with a password.
    SetUpError::Raised(exception.kind.chars().filter(char::is_ascii_alphanumeric).take(40).collect())
}
