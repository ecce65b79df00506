//! The variables that programs of the command line share: `http_proxy`, `no_proxy` and their relatives.

use super::bypass::{Bypass, Dialect};
use super::server::{ProxyScheme, ProxyServer, ProxyUser};
use super::settings::{Entry, Kind, Manual, Mode, Order, Settings};

/// The variables, in lower case. Each is also read in upper case when the first is missing or empty.
const PROXIES: [(&str, Kind); 5] = [
    ("ws_proxy", Kind::Ws),
    ("wss_proxy", Kind::Wss),
    ("http_proxy", Kind::Http),
    ("https_proxy", Kind::Https),
    ("all_proxy", Kind::All),
];

impl Settings {
    /// Reads the environment through `variable`. `HTTP_PROXY` in upper case counts for nothing where `REQUEST_METHOD`
    /// is set: in a CGI program it is the header `Proxy:` of whoever asks (httpoxy, CVE-2016-5385).
    #[must_use]
    pub fn from_environment(variable: impl Fn(&str) -> Option<String>) -> Self {
        let cgi = variable("REQUEST_METHOD").is_some();
        let either = |lower: &str| {
            let upper = lower.to_ascii_uppercase();
            let upper = (!cgi || upper != "HTTP_PROXY").then_some(upper);
            [Some(lower.to_owned()), upper].into_iter().flatten().find_map(|name| {
                let value = variable(&name).filter(|value| !value.trim().is_empty())?;
                Some((name, value))
            })
        };
        let entries: Vec<Entry> = PROXIES
            .iter()
            .filter_map(|(name, kind)| {
                let (setting, value) = either(name)?;
                Some(Entry::new(*kind, setting, &value, ProxyScheme::Http))
            })
            .collect();
        let mode = if entries.is_empty() {
            Mode::Unset
        } else {
            let (bypass_setting, list) = either("no_proxy").unwrap_or_default();
            let bypass = Bypass::parse(&list, Dialect::Environment);
            Mode::Manual(Manual { entries, order: Order::Environment, bypass, bypass_setting })
        };
        Self { source: "environment", place: "in the environment", mode }
    }

    /// Who we are to the proxies whose addresses say so.
    pub fn users(&self) -> impl Iterator<Item = (&ProxyServer, &ProxyUser)> {
        let entries = match &self.mode {
            Mode::Manual(manual) => manual.entries.as_slice(),
            _ => &[],
        };
        let urls = entries.iter().filter_map(|entry| entry.proxy.as_ref().ok());
        urls.filter_map(|url| Some((&url.server, url.user.as_ref()?)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::host::{Endpoint, Host};
    use super::super::settings::Said;
    use super::*;

    fn reason(variables: &[(&str, &str)], secure: bool) -> String {
        let get =
            |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        let to = Endpoint { host: Host::parse("b.test"), port: 8266, secure };
        match Settings::from_environment(get).decide(&to) {
            Said::Nothing => "nothing".to_owned(),
            Said::Decision(decision) => decision.reason,
            Said::Script(_) => unreachable!(),
        }
    }

    #[test]
    fn variables_have_an_order_and_lower_case_comes_first() {
        let all = ("all_proxy", "socks5://s:1080");
        for (variables, ws) in [
            (
                vec![("http_proxy", "http://a:1"), ("HTTP_PROXY", "http://b:1")],
                "http_proxy in the environment is http://a:1.",
            ),
            (
                vec![("http_proxy", " "), ("HTTP_PROXY", "http://b:1")],
                "HTTP_PROXY in the environment is http://b:1.",
            ),
            (vec![("HTTP_PROXY", "http://b:1"), ("REQUEST_METHOD", "GET")], "nothing"),
            (
                vec![("http_proxy", "a:1"), ("REQUEST_METHOD", "GET")],
                "http_proxy in the environment is http://a:1.",
            ),
            (
                vec![("ws_proxy", "a:1"), ("http_proxy", "b:1"), all],
                "ws_proxy in the environment is http://a:1.",
            ),
            (vec![("wss_proxy", "a:1"), all], "all_proxy in the environment is socks5://s:1080."),
            (
                vec![("https_proxy", "a:1")],
                "No proxy is set by ws_proxy, http_proxy or all_proxy in the environment.",
            ),
            (vec![all, ("NO_PROXY", "x, .test")], "NO_PROXY in the environment names .test."),
            (vec![("no_proxy", "*")], "nothing"),
        ] {
            assert_eq!(reason(&variables, false), ws, "{variables:?}");
        }
        assert_eq!(
            reason(&[("http_proxy", "a:1"), all], true),
            "all_proxy in the environment is socks5://s:1080."
        );
    }

    #[test]
    fn what_cannot_be_used_is_told_without_its_password() {
        let told = reason(&[("http_proxy", "http://me:secret@p.test:99999"), ("all_proxy", "b:1")], false);
        assert!(
            told.starts_with("http_proxy in the environment cannot be used, so no proxy is used."),
            "{told}"
        );
        assert!(told.contains("port") && !told.contains("secret"), "{told}");
    }

    #[test]
    fn users_stay_out_of_the_route() {
        let get = |name: &str| (name == "http_proxy").then(|| "http://me:p%40ss@p.test:1".to_owned());
        let settings = Settings::from_environment(get);
        let (server, user) = settings.users().next().unwrap();
        assert_eq!((server.to_string().as_str(), user.name.as_str()), ("http://p.test:1", "me"));
        assert_eq!(user.password.as_deref(), Some("p@ss"));
        assert_eq!(
            reason(&[("http_proxy", "http://me:p%40ss@p.test:1")], false),
            "http_proxy in the environment is http://p.test:1."
        );
    }
}
