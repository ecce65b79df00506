//! What a person types for an address, made whole.

use boardwalk_transport::{Target, TargetError};

/// The target of a text: a target string, or the bare name or address of a network board (`192.168.4.1`,
/// `esp32.local:8266`), which means its WebREPL.
///
/// # Errors
/// `address-invalid`.
pub(crate) fn target_of(text: &str) -> Result<Target, TargetError> {
    let text = text.trim();
    let said = match text.parse() {
        Ok(target) => return Ok(target),
        Err(error) => error,
    };
    if !is_bare_host(text) {
        return Err(said);
    }
    let bare_v6 = text.parse::<std::net::Ipv6Addr>().is_ok();
    if bare_v6 { format!("ws://[{text}]").parse() } else { format!("ws://{text}").parse() }
}

/// Whether it reads as a host on the network and not as a mistyped port: an address, `localhost`, or a name with a dot.
fn is_bare_host(text: &str) -> bool {
    if text.parse::<std::net::Ipv6Addr>().is_ok() || text.starts_with('[') {
        return true;
    }
    let host = text.split([':', '/']).next().unwrap_or_default();
    let label = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let labels: Vec<&str> = host.trim_end_matches('.').split('.').collect();
    (labels.len() > 1 || host.eq_ignore_ascii_case("localhost")) && labels.iter().all(|part| label(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bare_hosts_are_webrepls_and_everything_else_is_as_it_was() {
        for (typed, target) in [
            ("192.168.4.1", "ws://192.168.4.1:8266"),
            ("  192.168.4.1:80 ", "ws://192.168.4.1:80"),
            ("ESP32.local", "ws://esp32.local:8266"),
            ("esp32.local:8266/", "ws://esp32.local:8266"),
            ("localhost:9000", "ws://localhost:9000"),
            ("fe80::1", "ws://[fe80::1]:8266"),
            ("[fe80::1]:80", "ws://[fe80::1]:80"),
            ("wss://lab.example", "wss://lab.example:443"),
            ("COM3", "serial:COM3"),
            ("/dev/ttyACM0", "serial:/dev/ttyACM0"),
        ] {
            assert_eq!(target_of(typed).unwrap().to_string(), target, "{typed}");
        }
    }

    #[test]
    fn what_is_neither_stays_wrong() {
        for typed in [
            "",
            "ttyACM0",
            "esp32",
            "http://192.168.4.1",
            "192.168.4.1:99999",
            "a..b",
            "me@a.local",
            "main.py x",
        ] {
            assert_eq!(target_of(typed).unwrap_err().code(), "address-invalid", "{typed}");
        }
    }
}
