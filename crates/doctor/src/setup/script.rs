//! What the board is told, and how its answers are read.

use std::net::IpAddr;

use boardwalk_protocol::literal::string;

use super::Wifi;

/// Prints `wifi=NAME RSSI SECURITY` for each, the name in hexadecimal. The interface is left as it was.
///
/// An ESP32 that tries again and again to join does not scan (`Wifi Internal State Error`): it is told to stop trying.
pub(super) const SCAN: &str = "\
def _bw():
 import network
 try:from binascii import hexlify
 except ImportError:from ubinascii import hexlify
 w=network.WLAN(getattr(network,'STA_IF',0))
 k=w.active()
 w.active(True)
 try:
  try:l=w.scan()
  except OSError:
   if w.isconnected():raise
   w.disconnect()
   l=w.scan()
  for s in l[:60]:print('wifi=%s %d %d'%(hexlify(s[0]).decode(),s[3],s[4]))
 finally:
  if not k:w.active(False)
try:_bw()
finally:del _bw
";

/// What [`START`] prints of a `boot.py` that does not compile: then WebREPL does not start with the board.
pub(super) const BROKEN: &str = "boot.py is broken";

/// With the password from the file that is there now. Firmware without `compile()`, or without the memory for it, does not say.
pub(super) const START: &str = "\
try:
 with open('/boot.py')as f:compile(f.read(),'boot.py','exec')
except SyntaxError:print('boot.py is broken')
except Exception:pass
import sys
sys.modules.pop('webrepl_cfg',None)
import webrepl
webrepl.stop()
webrepl.start()
";

/// Joins, waits at most 20 s, and prints `address=…` or `status=…`. A Wi-Fi that the board is in already is left for the other one.
/// When it did not work, the board does not go on trying, and the interface is as it was.
///
/// The states below 0 are final: those of CYW43 (`CYW43_LINK_BADAUTH` and its like).
pub(super) fn join(wifi: &str, password: &str) -> String {
    let credentials = credentials(wifi, password);
    format!(
        "\
def _bw():
 import network as n,time
 import webrepl
 w=n.WLAN(getattr(n,'STA_IF',0))
 k=w.active()
 w.active(True)
 try:
  if w.isconnected():w.disconnect()
 except OSError:pass
 w.connect({credentials})
 for i in range(200):
  if w.isconnected():
   try:a=w.ifconfig()[0]
   except AttributeError:a=w.ipconfig('addr4')[0]
   if a!='0.0.0.0':
    print('address=%s'%a)
    return
  s=w.status()
  if i>50 and(s==getattr(n,'STAT_WRONG_PASSWORD',None)or s<0):break
  time.sleep(0.1)
 s=w.status()
 print('status=%s'%s)
 for c in dir(n):
  if c[:5]=='STAT_'and getattr(n,c)==s:print('status=%s'%c[5:])
 try:w.disconnect()
 except OSError:pass
 if not k:w.active(False)
try:_bw()
finally:del _bw
"
    )
}

/// The arguments of `WLAN.connect()`. A Wi-Fi without a password gets none: not every port takes an empty one for that.
pub(super) fn credentials(wifi: &str, password: &str) -> String {
    match password {
        "" => string(wifi),
        password => format!("{}, {}", string(wifi), string(password)),
    }
}

/// Reads the answer to [`SCAN`].
pub(super) fn networks(text: &str) -> Vec<Wifi> {
    let mut all: Vec<Wifi> = text.lines().filter_map(network).collect();
    all.sort_by_key(|wifi| std::cmp::Reverse(wifi.rssi));
    let mut found: Vec<Wifi> = Vec::new();
    for wifi in all {
        if !found.iter().any(|known| known.name == wifi.name) {
            found.push(wifi);
        }
    }
    found
}

fn network(line: &str) -> Option<Wifi> {
    let mut words = line.trim().strip_prefix("wifi=")?.split(' ');
    let (name, rssi, security) = (words.next()?, words.next()?, words.next()?);
    if name.is_empty() || name.len() > 64 || !name.is_ascii() {
        return None;
    }
    let bytes: Option<Vec<u8>> =
        (0..name.len() / 2).map(|at| u8::from_str_radix(name.get(2 * at..2 * at + 2)?, 16).ok()).collect();
    let name = String::from_utf8(bytes?).ok()?;
    // A hidden network has a name of zeros; one with control characters cannot be shown.
    if name.chars().any(char::is_control) {
        return None;
    }
    Some(Wifi { name, rssi: rssi.parse().ok()?, open: security == "0" })
}

/// Reads the answer to [`join`]: the address, or why there is none.
pub(super) fn address(text: &str) -> Result<IpAddr, Option<String>> {
    let value = |name: &str| text.lines().filter_map(|line| line.trim().strip_prefix(name)).next_back();
    if let Some(address) = value("address=").and_then(|text| text.parse::<IpAddr>().ok()) {
        return Ok(address);
    }
    let status = value("status=").map(|status| {
        status
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
            .take(40)
            .collect::<String>()
    });
    Err(status)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_come_once_and_the_strongest_first() {
        let text = "wifi=486f6d65 -70 3\r\nwifi=e5aeb6 -40 0\r\nwifi=486f6d65 -50 3\r\nwifi= -1 0\r\nwifi=0000 -1 0\r\nwifi=zz -1 0\r\nnoise\r\n";
        let found = networks(text);
        let names: Vec<_> = found.iter().map(|wifi| (wifi.name.as_str(), wifi.rssi, wifi.open)).collect();
        assert_eq!(names, [("家", -40, true), ("Home", -50, false)]);
    }

    #[test]
    fn an_address_or_a_reason() {
        assert_eq!(address("address=10.0.0.7\r\n"), Ok("10.0.0.7".parse().unwrap()));
        assert_eq!(address("status=WRONG_PASSWORD\r\n"), Err(Some("WRONG_PASSWORD".to_owned())));
        assert_eq!(address(""), Err(None));
        assert!(join("a'b", "\n").contains(r"w.connect('a\'b', '\n')"));
        assert!(join("open", "").contains("w.connect('open')"));
    }
}
