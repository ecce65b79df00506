//! What a board answers to the questions.

use std::collections::BTreeMap;
use std::net::IpAddr;

/// What the board said. `None`: it did not say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Answers {
    /// `machine.unique_id()`, in hexadecimal
    pub(super) id: Option<String>,
    /// what it calls itself in the network
    pub(super) name: Option<String>,
    /// `webrepl` and `_webrepl` are in the firmware
    pub(super) firmware: Option<bool>,
    pub(super) started: Option<bool>,
    /// another client is in
    pub(super) client: Option<bool>,
    pub(super) config: Option<Config>,
    /// `boot.py` or `main.py` starts it
    pub(super) boots: Option<bool>,
    /// with this port, where one stands there
    pub(super) boot_port: Option<u16>,
    pub(super) station: Link,
    pub(super) access_point: Link,
    /// a cable, where a program has made the interface
    pub(super) wired: Link,
    /// what the access point is called
    pub(super) ssid: Option<String>,
    /// why the station is not connected: `WRONG_PASSWORD`, or a number that has no name
    pub(super) status: Option<String>,
}

/// One network interface of the board.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) active: Option<bool>,
    pub(super) connected: Option<bool>,
    pub(super) address: Option<IpAddr>,
    pub(super) mask: Option<IpAddr>,
    pub(super) gateway: Option<IpAddr>,
}

/// What `webrepl_cfg.py` holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Config {
    /// A password that a board can have.
    Good,
    /// There is no such file.
    Missing,
    /// It raises when it is read.
    Broken,
    /// It does not say `PASS`.
    NoPassword,
    /// The password is not 4 to 9 characters long.
    Length,
}

impl Answers {
    /// Reads `name=value` lines; what is not one of them is passed over. `None`: there was nothing to read.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let said: BTreeMap<&str, &str> =
            text.lines().filter_map(|line| line.trim_end().split_once('=')).collect();
        let flag = |name: &str| match said.get(name) {
            Some(&"1") => Some(true),
            Some(&"0") => Some(false),
            _ => None,
        };
        let address = |name: String| said.get(name.as_str()).and_then(|text| text.parse().ok());
        let link = |name: &str| Link {
            active: flag(&format!("{name}.active")),
            connected: flag(&format!("{name}.connected")),
            address: address(format!("{name}.address")),
            mask: address(format!("{name}.mask")),
            gateway: address(format!("{name}.gateway")),
        };
        let word = |name: &str| said.get(name).map(|text| plain(text)).filter(|text| !text.is_empty());
        let config = match said.get("config") {
            Some(&"ok") => Some(Config::Good),
            Some(&"missing") => Some(Config::Missing),
            Some(&"broken") => Some(Config::Broken),
            Some(&"nopass") => Some(Config::NoPassword),
            Some(&"length") => Some(Config::Length),
            _ => None,
        };
        let known = Self {
            id: word("id"),
            name: word("name"),
            firmware: flag("firmware"),
            started: flag("started"),
            client: flag("client"),
            config,
            boots: flag("boots"),
            boot_port: said.get("port").and_then(|text| text.parse().ok()),
            station: link("sta"),
            access_point: link("ap"),
            wired: link("lan"),
            ssid: said.get("ssid").map(|text| printable(text)).filter(|text| !text.is_empty()),
            status: word("status").map(named),
        };
        (known != Self::default()).then_some(known)
    }

    /// Under these the board is reachable, as it says.
    pub(super) fn addresses(&self) -> Vec<IpAddr> {
        let up = |link: &Link, holds| link.address.filter(|_| holds == Some(true));
        let station = up(&self.station, self.station.connected);
        let access_point = up(&self.access_point, self.access_point.active);
        let wired = up(&self.wired, self.wired.connected);
        let all = station.into_iter().chain(wired).chain(access_point);
        all.filter(|address| !address.is_unspecified()).collect()
    }

    /// It has Wi-Fi, and is in no network.
    pub(super) fn is_offline(&self) -> bool {
        let known = self.station.active.is_some() && self.wired.connected != Some(true);
        known && self.station.connected != Some(true) && self.access_point.active != Some(true)
    }

    /// It has something to do with WebREPL: somebody set it up once.
    pub(super) fn has_to_do_with_webrepl(&self) -> bool {
        self.started == Some(true)
            || self.boots == Some(true)
            || self.config.is_some_and(|config| config != Config::Missing)
    }

    /// What it said, in a sentence.
    pub(super) fn sentence(&self) -> String {
        let mut parts = Vec::new();
        match (self.firmware, self.started, self.client) {
            (Some(false), ..) => parts.push("its firmware has no WebREPL".to_owned()),
            (_, _, Some(true)) => parts.push("its WebREPL is started and has a client".to_owned()),
            (_, Some(true), _) => parts.push("its WebREPL is started".to_owned()),
            (_, Some(false), _) => parts.push("its WebREPL is not started".to_owned()),
            _ => {}
        }
        match &self.addresses()[..] {
            [] if self.is_offline() => parts.push("it is in no Wi-Fi".to_owned()),
            [] => {}
            some => {
                let some: Vec<String> = some.iter().map(ToString::to_string).collect();
                parts.push(format!("its address is {}", some.join(" and ")));
            }
        }
        parts.join("; ")
    }
}

/// CYW43 boards are in a state that `network` has no name for: `CYW43_LINK_NOIP`.
fn named(status: String) -> String {
    if status == "2" { "NO_ADDRESS_YET".to_owned() } else { status }
}

/// Letters, digits, `_` and `-`, at most 40.
fn plain(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-')).take(40).collect()
}

/// What can be shown, at most 32 characters.
fn printable(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_board_says_is_read() {
        let text = "noise\r\nfirmware=1\r\nstarted=0\r\nid=e660a1\r\nconfig=ok\r\nboots=1\r\nport=8080\r\nsta.active=1\r\nsta.connected=1\r\nsta.address=192.168.1.7\r\nsta.mask=255.255.255.0\r\nsta.gateway=192.168.1.1\r\nap.active=0\r\n";
        let answers = Answers::parse(text).unwrap();
        assert_eq!((answers.firmware, answers.started, answers.client), (Some(true), Some(false), None));
        assert_eq!((answers.config, answers.boot_port), (Some(Config::Good), Some(8080)));
        assert_eq!(answers.addresses(), ["192.168.1.7".parse::<IpAddr>().unwrap()]);
        assert_eq!(answers.station.gateway, Some("192.168.1.1".parse().unwrap()));
        assert!(!answers.is_offline() && answers.has_to_do_with_webrepl());
        assert_eq!(answers.sentence(), "its WebREPL is not started; its address is 192.168.1.7");
    }

    #[test]
    fn without_wifi_it_is_not_known_to_be_offline() {
        let of = |text: &str| Answers::parse(text).unwrap();
        let bare = of("firmware=0\nstarted=0");
        assert!(!bare.is_offline() && bare.addresses().is_empty() && !bare.has_to_do_with_webrepl());
        assert!(of("firmware=1\nsta.active=0\nap.active=0").is_offline());
        assert!(of("firmware=1\nsta.active=0\nlan.connected=0").is_offline());
        let wired = of("firmware=1\nsta.active=0\nlan.connected=1\nlan.address=10.0.0.9");
        assert!(!wired.is_offline() && wired.addresses().len() == 1);
        assert!(!of("firmware=1\nsta.active=0\nap.active=1\nap.address=192.168.4.1").is_offline());
    }

    #[test]
    fn what_one_script_did_not_say_is_not_known() {
        let half = Answers::parse("config=length\nboots=1\nstatus=-3\nstatus=WRONG_PASSWORD").unwrap();
        assert_eq!((half.firmware, half.config), (None, Some(Config::Length)));
        assert_eq!(half.status.as_deref(), Some("WRONG_PASSWORD"));
        assert_eq!(Answers::parse("status=-4").unwrap().status.as_deref(), Some("-4"));
        assert_eq!(Answers::parse("status=2").unwrap().status.as_deref(), Some("NO_ADDRESS_YET"));
    }

    #[test]
    fn hostile_answers_are_bounded() {
        assert_eq!(Answers::parse(">>> \x1b[2J"), None);
        let odd = "firmware=2\nfirmware=1\nsta.address=nonsense\nstatus=\x1b[31mX\nsta.active=yes\nport=70000\nssid=\x1b";
        let odd = Answers::parse(odd).unwrap();
        assert_eq!((odd.station, odd.status.as_deref()), (Link::default(), Some("31mX")));
        assert_eq!((odd.boot_port, odd.ssid), (None, None));
        let unset = Answers::parse("firmware=1\nsta.active=1\nsta.connected=1\nsta.address=0.0.0.0").unwrap();
        assert!(unset.addresses().is_empty());
    }
}
