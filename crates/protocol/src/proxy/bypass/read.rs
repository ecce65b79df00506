//! What an entry means in each dialect.

use super::rule::{Rule, When};
use super::{Dialect, Host, Network};
use crate::proxy::shown::shown;
use crate::proxy::url::{parse_port, split_port};

/// Longest entry that can mean something, in bytes: a name has at most 253.
const LONGEST: usize = 512;

impl Rule {
    pub(super) fn read(entry: &str, dialect: Dialect) -> Self {
        let (secure, rest) = match entry.split_once("://") {
            Some((scheme, rest)) if dialect != Dialect::Environment => (is_secure(scheme), rest),
            _ => (None, entry),
        };
        let wrong_scheme = entry.contains("://") && secure.is_none();
        let (when, port) = if entry.len() > LONGEST || wrong_scheme {
            (When::Never, None)
        } else {
            meaning(&rest.to_lowercase(), dialect)
        };
        Self { text: shown(entry, 80), when, port, secure }
    }
}

/// A rule for http holds for ws, one for https for wss; those for ftp and others for neither.
fn is_secure(scheme: &str) -> Option<bool> {
    match scheme.to_ascii_lowercase().as_str() {
        "ws" | "http" => Some(false),
        "wss" | "https" => Some(true),
        _ => None,
    }
}

fn meaning(text: &str, dialect: Dialect) -> (When, Option<u16>) {
    let brackets = matches!(dialect, Dialect::Chromium | Dialect::Windows | Dialect::Kde);
    match text {
        "<local>" if brackets => return (When::Simple, None),
        "<-loopback>" if matches!(dialect, Dialect::Chromium | Dialect::Windows) => {
            return (When::NotLoopback, None);
        }
        "*" => return (When::Always, None),
        _ => {}
    }
    if text.contains('/') {
        let network = if dialect == Dialect::Windows { None } else { text.parse::<Network>().ok() };
        return (network.map_or(When::Never, When::Network), None);
    }
    let Some((host, port)) = split_port(text) else { return (When::Never, None) };
    let port = match port.map(parse_port) {
        Some(None) => return (When::Never, None),
        Some(Some(port)) => Some(port),
        None => None,
    };
    (name(host, dialect), port)
}

fn name(text: &str, dialect: Dialect) -> When {
    let globs = matches!(dialect, Dialect::Chromium | Dialect::Windows);
    if text.contains(['<', '>', ' ', '\t', '%', '@']) || text.chars().any(char::is_control) {
        return When::Never;
    }
    let below = text.strip_prefix("*.").filter(|rest| !rest.contains('*'));
    match (dialect, text.strip_prefix('.'), below) {
        (_, Some(rest), _) if rest.is_empty() || rest.contains('*') && !globs => When::Never,
        (Dialect::Chromium | Dialect::Windows, Some(_), _) => When::Glob(format!("*{text}")),
        // curl and Python take the apex with a leading dot, Go does not; who writes it means the whole domain.
        (_, Some(rest), _) => When::Domain(ascii(rest)),
        (Dialect::Environment | Dialect::Kde, _, Some(rest)) => When::Below(ascii(rest)),
        (Dialect::Gnome, _, Some(rest)) => When::Domain(ascii(rest)),
        _ if text.contains('*') && globs => When::Glob(text.to_owned()),
        _ if text.contains('*') => When::Never,
        _ => match (Host::parse(text), globs) {
            (Host::Address(address), _) => When::Address(address),
            (Host::Name(name), _) if name.is_empty() => When::Never,
            (Host::Name(name), true) => When::Exactly(name),
            (Host::Name(name), false) => When::Domain(name),
        },
    }
}

fn ascii(name: &str) -> String {
    Host::parse(name).to_string()
}
