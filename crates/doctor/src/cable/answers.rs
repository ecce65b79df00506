//! The questions, as a script that fits every port of MicroPython, and what the board answers.

use std::collections::BTreeMap;
use std::net::IpAddr;

/// Prints `name=value` lines. Nothing is changed: modules that were not loaded are unloaded again, interfaces are not
/// switched on, and the password is not printed. A module that is missing is an answer, not an error.
///
/// `webrepl.py` keeps its listening socket in `listen_s` and its last client in `client_s`, which stays set after that
/// has gone; whether somebody is in shows at the slot of `os.dupterm`, as webrepl.py itself looks (`accept_conn`).
pub(super) const SCRIPT: &str = "\
def _bw():
 import sys,os
 def say(k,v):print('%s=%s'%(k,v))
 def has(m):
  if m in sys.modules:return 1
  try:__import__(m)
  except ImportError:return 0
  except Exception:return 1
  try:del sys.modules[m]
  except KeyError:pass
  return 1
 w=sys.modules.get('webrepl')
 say('firmware',1 if w else min(has('_webrepl'),has('webrepl')))
 if w:
  try:say('started',0 if w.listen_s is None else 1)
  except AttributeError:pass
  try:
   if w.client_s is not None:
    p=os.dupterm(None)
    os.dupterm(p)
    say('client',1 if p else 0)
  except Exception:pass
 else:say('started',0)
 k='webrepl_cfg' in sys.modules
 try:say('configured',1 if 4<=len(__import__('webrepl_cfg').PASS)<=9 else 0)
 except Exception:say('configured',0)
 if not k:sys.modules.pop('webrepl_cfg',None)
 b=0
 for n in('boot.py','main.py'):
  try:
   with open(n)as f:
    for l in f:
     if'webrepl.start'in l.split('#')[0]:b=1
  except Exception:pass
 say('boots',b)
 k='network' in sys.modules
 try:import network as n
 except ImportError:return
 if hasattr(n,'LAN'):say('wired',1)
 for i,a in(('sta','STA_IF'),('ap','AP_IF')):
  try:
   w=n.WLAN(getattr(n,a))
   v=w.active()
   say(i+'.active',1 if v else 0)
   if not v:continue
   say(i+'.connected',1 if w.isconnected()else 0)
   say(i+'.address',w.ifconfig()[0])
   if i=='sta'and not w.isconnected():
    s=w.status()
    for c in dir(n):
     if c[:5]=='STAT_'and getattr(n,c)==s:say('status',c[5:])
  except Exception:pass
_bw()
del _bw
";

/// What the board said. `None`: it did not say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Answers {
    /// `webrepl` and `_webrepl` are in the firmware
    pub(super) firmware: Option<bool>,
    pub(super) started: Option<bool>,
    /// another client is in
    pub(super) client: Option<bool>,
    /// there is a password in `webrepl_cfg.py` that a board can have
    pub(super) configured: Option<bool>,
    /// `boot.py` or `main.py` starts it
    pub(super) boots: Option<bool>,
    pub(super) wired: bool,
    pub(super) station: Radio,
    pub(super) access_point: Radio,
    /// why the station is not connected: `WRONG_PASSWORD`
    pub(super) status: Option<String>,
}

/// One of the two Wi-Fi interfaces.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Radio {
    pub(super) active: Option<bool>,
    pub(super) connected: Option<bool>,
    pub(super) address: Option<IpAddr>,
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
        let radio = |name: &str| Radio {
            active: flag(&format!("{name}.active")),
            connected: flag(&format!("{name}.connected")),
            address: said.get(format!("{name}.address").as_str()).and_then(|text| text.parse().ok()),
        };
        flag("firmware")?;
        Some(Self {
            firmware: flag("firmware"),
            started: flag("started"),
            client: flag("client"),
            configured: flag("configured"),
            boots: flag("boots"),
            wired: flag("wired") == Some(true),
            station: radio("sta"),
            access_point: radio("ap"),
            status: said.get("status").map(|name| plain(name)).filter(|name| !name.is_empty()),
        })
    }

    /// Under these the board is reachable, as it says.
    pub(super) fn addresses(&self) -> Vec<IpAddr> {
        let station = self.station.address.filter(|_| self.station.connected == Some(true));
        let access_point = self.access_point.address.filter(|_| self.access_point.active == Some(true));
        station.into_iter().chain(access_point).filter(|address| !address.is_unspecified()).collect()
    }

    /// It has Wi-Fi and nothing else, and is in no network.
    pub(super) fn is_offline(&self) -> bool {
        let known = self.station.active.is_some() && !self.wired;
        known && self.station.connected != Some(true) && self.access_point.active != Some(true)
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

/// Letters and `_`, at most 40.
fn plain(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_board_says_is_read() {
        let text = "noise\r\nfirmware=1\r\nstarted=0\r\nconfigured=1\r\nboots=0\r\nsta.active=1\r\nsta.connected=1\r\nsta.address=192.168.1.7\r\nap.active=0\r\n";
        let answers = Answers::parse(text).unwrap();
        assert_eq!((answers.firmware, answers.started, answers.client), (Some(true), Some(false), None));
        assert_eq!(answers.addresses(), ["192.168.1.7".parse::<IpAddr>().unwrap()]);
        assert!(!answers.is_offline());
        assert_eq!(answers.sentence(), "its WebREPL is not started; its address is 192.168.1.7");
    }

    #[test]
    fn without_wifi_it_is_not_known_to_be_offline() {
        let bare = Answers::parse("firmware=0\nstarted=0").unwrap();
        assert!(!bare.is_offline() && bare.addresses().is_empty());
        let off = Answers::parse("firmware=1\nsta.active=0\nap.active=0").unwrap();
        assert!(off.is_offline());
        let wired = Answers::parse("firmware=1\nwired=1\nsta.active=0").unwrap();
        assert!(!wired.is_offline());
        let access_point = Answers::parse("firmware=1\nsta.active=0\nap.active=1\nap.address=192.168.4.1");
        assert!(!access_point.unwrap().is_offline());
    }

    #[test]
    fn hostile_answers_are_bounded() {
        assert_eq!(Answers::parse(">>> \x1b[2J"), None);
        let odd =
            Answers::parse("firmware=2\nfirmware=1\nsta.address=nonsense\nstatus=\x1b[31mX\nsta.active=yes");
        let odd = odd.unwrap();
        assert_eq!((odd.station, odd.status.as_deref()), (Radio::default(), Some("31mX")));
        let unset = Answers::parse("firmware=1\nsta.active=1\nsta.connected=1\nsta.address=0.0.0.0").unwrap();
        assert!(unset.addresses().is_empty());
    }
}
