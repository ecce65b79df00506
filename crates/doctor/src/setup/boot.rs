//! What `boot.py` says so that WebREPL starts with the board.

use boardwalk_protocol::search::find;

use super::script::credentials;

const BEGIN: &str = "# Wi-Fi and WebREPL, set up by Boardwalk";
const END: &str = "# End of what Boardwalk set up";

/// Nothing waits for the Wi-Fi: WebREPL listens on every address that the board gets later, and a board out of reach of its
/// Wi-Fi starts as fast as ever.
pub(super) fn lines(wifi: &str, password: &str) -> String {
    let credentials = credentials(wifi, password);
    format!(
        "\
{BEGIN}
import network
_wlan = network.WLAN(getattr(network, 'STA_IF', 0))
_wlan.active(True)
try:
    if not _wlan.isconnected():
        _wlan.connect({credentials})
except OSError as e:
    print('Wi-Fi:', e)
del _wlan
import webrepl
webrepl.start()
{END}
"
    )
}

/// The file with these lines: in the place of those of an earlier time, or behind all that is there. What else is in it stays
/// byte for byte, whatever its encoding and its line ends.
pub(super) fn with(old: &[u8], lines: &str) -> Vec<u8> {
    let begins = find(old, BEGIN.as_bytes());
    let ends = begins.and_then(|from| Some(from + find(&old[from..], END.as_bytes())? + END.len()));
    if let (Some(from), Some(to)) = (begins, ends) {
        let rest = &old[to..];
        let rest = rest.strip_prefix(b"\r\n").or_else(|| rest.strip_prefix(b"\n")).unwrap_or(rest);
        return [&old[..from], lines.as_bytes(), rest].concat();
    }
    let gap: &[u8] = if old.is_empty() || old.ends_with(b"\n") { b"" } else { b"\n" };
    [old, gap, lines.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(old: &str, lines: &str) -> String {
        String::from_utf8(super::with(old.as_bytes(), lines)).unwrap()
    }

    #[test]
    fn lines_are_added_once() {
        let first = with("import esp\nesp.osdebug(None)", &lines("a", "b"));
        assert!(first.starts_with("import esp\nesp.osdebug(None)\n# Wi-Fi"), "{first}");
        let edited = format!("{first}print('mine')\n");
        let second = with(&edited, &lines("c", "it's"));
        assert_eq!(second.matches("webrepl.start()").count(), 1);
        assert!(
            second.contains(r"_wlan.connect('c', 'it\'s')") && second.ends_with("print('mine')\n"),
            "{second}"
        );
        assert_eq!(with("", &lines("a", "b")), lines("a", "b"));
        assert_eq!(with(&first, &lines("a", "b")), first);
    }

    #[test]
    fn what_else_is_in_it_stays_byte_for_byte() {
        let latin = b"# caf\xE9\r\nimport esp\r\n";
        let first = super::with(latin, &lines("a", "b"));
        assert!(first.starts_with(latin));
        let crlf = String::from_utf8_lossy(&first).replace('\n', "\r\n");
        let again = with(&crlf, &lines("c", ""));
        assert_eq!(again.matches("webrepl.start()").count(), 1);
        assert!(again.contains("_wlan.connect('c')"), "{again}");
    }
}
