//! What a PAC script answers: `PROXY p:3128; SOCKS5 s:1080; DIRECT`.

use super::server::{ProxyScheme, ProxyServer};
use super::shown::shown;

/// Longest answer we look at, in bytes.
const MOST: usize = 8192;
/// The most entries of an answer that are kept.
const ENTRIES: usize = 16;

/// An answer that names neither a proxy nor DIRECT.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("it answered “{shown}”, which is neither a proxy nor DIRECT")]
pub struct ScriptAnswerError {
    shown: String,
}

/// The proxies in their order; `None` is DIRECT. An empty answer is DIRECT. What cannot be read is left out, as
/// browsers do, unless nothing is left.
///
/// # Errors
/// When the answer names nothing that can be read.
pub fn parse_script_answer(answer: &str) -> Result<Vec<Option<ProxyServer>>, ScriptAnswerError> {
    let answer = answer.trim();
    if answer.is_empty() {
        return Ok(vec![None]);
    }
    let cut = answer.char_indices().nth(MOST).map_or(answer, |(at, _)| &answer[..at]);
    let list: Vec<_> = cut.split(';').filter_map(|entry| self::entry(entry.trim())).take(ENTRIES).collect();
    if list.is_empty() {
        return Err(ScriptAnswerError { shown: shown(answer, 60) });
    }
    Ok(list)
}

fn entry(text: &str) -> Option<Option<ProxyServer>> {
    let (keyword, place) = text.split_once([' ', '\t']).unwrap_or((text, ""));
    let scheme = match keyword.to_ascii_uppercase().as_str() {
        "DIRECT" => return Some(None),
        "PROXY" | "HTTP" => ProxyScheme::Http,
        "HTTPS" => ProxyScheme::Https,
        // Browsers read SOCKS as version 4 (net/docs/proxy.md).
        "SOCKS" | "SOCKS4" => ProxyScheme::Socks4,
        "SOCKS5" => ProxyScheme::Socks5,
        _ => return None,
    };
    ProxyServer::parse(place, scheme).ok().map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(answer: &str) -> String {
        let name = |one: Option<ProxyServer>| one.map_or("direct".to_owned(), |server| server.to_string());
        match parse_script_answer(answer) {
            Ok(list) => list.into_iter().map(name).collect::<Vec<_>>().join(" "),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn answers_are_read_in_their_order() {
        for (answer, expected) in [
            (
                "PROXY 127.0.0.1:7890; SOCKS5 127.0.0.1:7891; DIRECT;",
                "http://127.0.0.1:7890 socks5://127.0.0.1:7891 direct",
            ),
            ("HTTPS foo", "https://foo:443"),
            ("socks foo:1080", "socks4://foo:1080"),
            ("PROXY", "it answered “PROXY”, which is neither a proxy nor DIRECT"),
            ("QUIC x:1;  proxy  a:1 ", "http://a:1"),
            ("", "direct"),
            ("undefined\u{1b}", "it answered “undefined\\u{1b}”, which is neither a proxy nor DIRECT"),
        ] {
            assert_eq!(shown(answer), expected, "{answer}");
        }
        assert!(shown(&"é".repeat(100_000)).len() < 300);
        assert_eq!(parse_script_answer(&"DIRECT;".repeat(1000)).unwrap().len(), ENTRIES);
    }
}
