//! What a person connects to: the strings of the command line, the address field and saved boards.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Port of MicroPython's WebREPL (`webrepl.start(port=8266)`).
pub const WEBREPL_PORT: u16 = 8266;
/// What `wss://` means without a port: a TLS front end, since no board serves TLS itself.
const TLS_PORT: u16 = 443;
/// Longest target we look at, in bytes. A path is at most 4096, a host name 253.
const TARGET_MAX: usize = 4200;

/// A board's address. `Display` gives the canonical form, which parses back to the same value.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Target {
    /// A serial port: `serial:/dev/ttyACM0`, `/dev/ttyACM0`, `COM3`.
    Serial {
        /// the name the operating system gives it
        path: String,
    },
    /// A WebREPL: `ws://192.168.4.1`, `wss://board.example/repl`.
    WebRepl {
        /// where it is
        url: WebReplUrl,
    },
}

/// The parts of a `ws://` or `wss://` address.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct WebReplUrl {
    /// `wss`
    pub tls: bool,
    /// a name or an address, without the brackets of IPv6; lower case
    pub host: String,
    /// 1–65535
    pub port: u16,
    /// with its leading slash; `/` when absent
    pub path: String,
}

/// A string that is no target.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{shown}” is no address of a board: {because}.")]
pub struct TargetError {
    shown: String,
    because: &'static str,
}

impl TargetError {
    /// Always `address-invalid`.
    pub fn code(&self) -> &'static str {
        "address-invalid"
    }

    /// What to write instead.
    pub fn help(&self) -> String {
        "Give a port such as serial:/dev/ttyACM0 or COM3, or an address such as ws://192.168.4.1.".into()
    }
}

impl Target {
    /// The serial port's name, when it is one.
    pub fn serial_path(&self) -> Option<&str> {
        match self {
            Self::Serial { path } => Some(path),
            Self::WebRepl { .. } => None,
        }
    }
}

impl FromStr for Target {
    type Err = TargetError;

    fn from_str(text: &str) -> Result<Self, TargetError> {
        let text = text.trim();
        let wrong = |because| Err(TargetError { shown: shown(text), because });
        if text.is_empty() {
            return wrong("it is empty");
        }
        if text.len() > TARGET_MAX {
            return wrong("it is too long");
        }
        if text.chars().any(char::is_control) {
            return wrong("it holds control characters");
        }
        if let Some(path) = strip_scheme(text, "serial:") {
            return match serial_path(path) {
                Some(path) => Ok(Self::Serial { path }),
                None => wrong("no port follows serial:"),
            };
        }
        if let Some(rest) = strip_scheme(text, "wss://") {
            return web_repl(rest, true).map_or_else(wrong, |url| Ok(Self::WebRepl { url }));
        }
        if let Some(rest) = strip_scheme(text, "ws://") {
            return web_repl(rest, false).map_or_else(wrong, |url| Ok(Self::WebRepl { url }));
        }
        if text.contains("://") {
            return wrong("only serial:, ws:// and wss:// lead to boards");
        }
        if text.starts_with('/') || com_port(text).is_some() {
            return serial_path(text).map_or_else(|| wrong("it is empty"), |path| Ok(Self::Serial { path }));
        }
        wrong("it is neither a port nor a ws:// address")
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Serial { path } => write!(f, "serial:{path}"),
            Self::WebRepl { url } => url.fmt(f),
        }
    }
}

impl fmt::Display for WebReplUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.tls { "wss://" } else { "ws://" })?;
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)?;
        } else {
            write!(f, "{}:{}", self.host, self.port)?;
        }
        f.write_str(if self.path == "/" { "" } else { &self.path })
    }
}

impl From<Target> for String {
    fn from(target: Target) -> Self {
        target.to_string()
    }
}

impl TryFrom<String> for Target {
    type Error = TargetError;

    fn try_from(text: String) -> Result<Self, TargetError> {
        text.parse()
    }
}

/// Schemes are case-insensitive (RFC 3986, 3.1).
fn strip_scheme<'a>(text: &'a str, scheme: &str) -> Option<&'a str> {
    let head = text.get(..scheme.len())?;
    head.eq_ignore_ascii_case(scheme).then(|| &text[scheme.len()..])
}

fn serial_path(path: &str) -> Option<String> {
    let path = path.trim();
    match com_port(path) {
        Some(com) => Some(com),
        None => (!path.is_empty()).then(|| path.to_owned()),
    }
}

/// `com3` and `\\.\COM12` are `COM3` and `COM12`.
fn com_port(path: &str) -> Option<String> {
    let name = path.strip_prefix(r"\\.\").unwrap_or(path);
    let digits = strip_scheme(name, "com")?;
    let number = !digits.is_empty() && digits.len() <= 4 && digits.bytes().all(|b| b.is_ascii_digit());
    number.then(|| format!("COM{digits}"))
}

fn web_repl(rest: &str, tls: bool) -> Result<WebReplUrl, &'static str> {
    let (authority, path) = match rest.find('/') {
        Some(at) => rest.split_at(at),
        None => (rest, "/"),
    };
    if authority.contains('@') {
        return Err("a password has no place in an address");
    }
    if rest.contains(['?', '#', '\\', ' ']) {
        return Err("only a host, a port and a path may follow ws://");
    }
    let (host, port) = match authority.strip_prefix('[') {
        Some(v6) => v6.split_once(']').ok_or("the bracket of the IPv6 address is open")?,
        None => match authority.find(':') {
            Some(at) => authority.split_at(at),
            None => (authority, ""),
        },
    };
    if authority.starts_with('[') && host.parse::<std::net::Ipv6Addr>().is_err() {
        return Err("what stands in the brackets is no IPv6 address");
    }
    if host.is_empty() || host.len() > 253 {
        return Err("the host is missing");
    }
    let port = match port.strip_prefix(':') {
        None if port.is_empty() => {
            if tls {
                TLS_PORT
            } else {
                WEBREPL_PORT
            }
        }
        None => return Err("the port is not a number from 1 to 65535"),
        Some(digits) => match digits.parse::<u16>() {
            Ok(port) if port > 0 && digits.bytes().all(|b| b.is_ascii_digit()) => port,
            _ => return Err("the port is not a number from 1 to 65535"),
        },
    };
    Ok(WebReplUrl { tls, host: host.to_ascii_lowercase(), port, path: path.to_owned() })
}

/// The first characters, with control characters escaped, for the sentence.
fn shown(text: &str) -> String {
    let mut shown: String = text.chars().take(60).flat_map(char::escape_debug).collect();
    if text.chars().nth(60).is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical(text: &str) -> String {
        match text.parse::<Target>() {
            Ok(target) => target.to_string(),
            Err(error) => format!("{}: {}", error.code(), error.because),
        }
    }

    #[test]
    fn every_way_to_write_a_port() {
        for (text, expected) in [
            ("serial:/dev/ttyACM0", "serial:/dev/ttyACM0"),
            ("/dev/ttyACM0", "serial:/dev/ttyACM0"),
            ("  SERIAL:/dev/ttyACM0 ", "serial:/dev/ttyACM0"),
            ("/dev/serial/by-id/usb 中文", "serial:/dev/serial/by-id/usb 中文"),
            ("COM3", "serial:COM3"),
            ("com12", "serial:COM12"),
            (r"\\.\COM12", "serial:COM12"),
            ("serial:com4", "serial:COM4"),
        ] {
            assert_eq!(canonical(text), expected, "{text}");
            assert_eq!(canonical(expected), expected, "{expected} must parse back to itself");
        }
    }

    #[test]
    fn every_way_to_write_a_webrepl() {
        for (text, expected) in [
            ("ws://192.168.4.1", "ws://192.168.4.1:8266"),
            ("WS://Board.local:80/", "ws://board.local:80"),
            ("ws://[fe80::1]", "ws://[fe80::1]:8266"),
            ("wss://lab.example/boards/3", "wss://lab.example:443/boards/3"),
        ] {
            assert_eq!(canonical(text), expected, "{text}");
            assert_eq!(canonical(expected), expected, "{expected} must parse back to itself");
        }
    }

    #[test]
    fn what_is_no_target_says_so() {
        for text in [
            "",
            "serial:",
            "serial:  ",
            "ttyACM0",
            "COM",
            "COMX",
            "COM12345",
            "192.168.4.1",
            "http://192.168.4.1",
            "ws://",
            "ws://:8266",
            "ws://a:0",
            "ws://a:70000",
            "ws://a:+80",
            "ws://a:b",
            "ws://me:pw@a",
            "ws://[fe80::1",
            "ws://[nonsense]",
            "ws://[::1]8266",
            "ws://a?x",
            "/dev/tty\nACM0",
            "/dev/tty\0",
        ] {
            let error = text.parse::<Target>().expect_err(text);
            assert_eq!(error.code(), "address-invalid");
            assert!(!error.to_string().contains('\n'), "{error}");
        }
    }

    #[test]
    fn a_target_is_a_string_in_json() {
        let target: Target = serde_json::from_str("\"COM3\"").unwrap();
        assert_eq!(serde_json::to_string(&target).unwrap(), "\"serial:COM3\"");
    }
}
