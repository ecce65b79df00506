//! In a sandbox (Flatpak, Snap) the desktop's settings are out of reach; the portal answers for one URL
//! (`org.freedesktop.portal.ProxyResolver`, version 1).

use boardwalk_protocol::proxy::{Bypass, Endpoint, Entry, Kind, Manual, Mode, Order, ProxyScheme, Settings};
use futures::FutureExt as _;
use futures::future::BoxFuture;

use super::{Environment, ReadSettings};

/// Asks the portal.
pub struct Portal {
    /// of the bus, as D-Bus writes it
    address: Option<String>,
}

impl Portal {
    /// On the session's bus.
    #[must_use]
    pub fn session(environment: &Environment) -> Self {
        let runtime = || Some(format!("unix:path={}/bus", environment.get("XDG_RUNTIME_DIR")?));
        Self { address: environment.get("DBUS_SESSION_BUS_ADDRESS").or_else(runtime) }
    }

    async fn ask(&self, to: &Endpoint) -> zbus::Result<Vec<String>> {
        let address = self.address.as_deref().unwrap_or_default();
        let bus = zbus::connection::Builder::address(address)?.build().await?;
        let portal = zbus::Proxy::new(
            &bus,
            "org.freedesktop.portal.Desktop",
            "/org/freedesktop/portal/desktop",
            "org.freedesktop.portal.ProxyResolver",
        );
        let portal = portal.await?;
        let host = to.host.to_string();
        let host = if host.contains(':') { format!("[{host}]") } else { host };
        // It knows no ws. First as for https, which SOCKS carries too, then as for http: Chromium's order.
        let mut answer = Vec::new();
        for scheme in ["https", "http"] {
            let url = format!("{scheme}://{host}:{}/", to.port);
            answer = portal.call("Lookup", &(url,)).await?;
            if answer.first().is_some_and(|first: &String| first != "direct://") {
                break;
            }
        }
        Ok(answer)
    }
}

impl ReadSettings for Portal {
    fn name(&self) -> &'static str {
        "portal"
    }

    fn read<'a>(&'a self, to: &'a Endpoint) -> BoxFuture<'a, Result<Settings, String>> {
        async {
            let answer = self.ask(to).await.map_err(|error| format!("the portal: {error}"))?;
            Ok(settings(&answer))
        }
        .boxed()
    }
}

/// The portal has read all lists already: its first answer is the route.
fn settings(answer: &[String]) -> Settings {
    let mode = match answer.first().map(String::as_str) {
        None | Some("direct://") => Mode::Unset,
        Some(url) => Mode::Manual(Manual {
            entries: vec![Entry::new(Kind::All, "the proxy", url, ProxyScheme::Http)],
            order: Order::WebSocket,
            bypass: Bypass::default(),
            bypass_setting: String::new(),
        }),
    };
    Settings { source: "portal", place: "of the desktop's portal", mode }
}

#[cfg(test)]
mod tests {
    use boardwalk_protocol::proxy::{Host, Said};

    use super::*;

    #[test]
    fn its_first_answer_counts() {
        let to = Endpoint { host: Host::parse("b.test"), port: 8266, secure: false };
        let said = |answer: &[&str]| {
            let answer: Vec<String> = answer.iter().map(ToString::to_string).collect();
            match settings(&answer).decide(&to) {
                Said::Decision(decision) => decision.reason,
                other => format!("{other:?}"),
            }
        };
        assert_eq!(said(&["direct://"]), "Nothing");
        assert_eq!(said(&[]), "Nothing");
        assert_eq!(
            said(&["socks5://127.0.0.1:7891", "direct://"]),
            "the proxy of the desktop's portal is socks5://127.0.0.1:7891."
        );
    }
}
