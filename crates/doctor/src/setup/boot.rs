//! What `boot.py` says so that WebREPL starts with the board.

use boardwalk_protocol::literal::string;

const BEGIN: &str = "# Wi-Fi and WebREPL, set up by Boardwalk";
const END: &str = "# End of what Boardwalk set up";

/// Nothing waits for the Wi-Fi: WebREPL listens on every address that the board gets later, and a board out of reach of its
/// Wi-Fi starts as fast as ever.
pub(super) fn lines(wifi: &str, password: &str) -> String {
    let (wifi, password) = (string(wifi), string(password));
    format!(
        "\
{BEGIN}
import network
_wlan = network.WLAN(network.STA_IF)
_wlan.active(True)
try:
    if not _wlan.isconnected():
        _wlan.connect({wifi}, {password})
except OSError as e:
    print('Wi-Fi:', e)
del _wlan
import webrepl
webrepl.start()
{END}
"
    )
}

/// The file with these lines: in the place of those of an earlier time, or behind all that is there.
pub(super) fn with(old: &str, lines: &str) -> String {
    let begins = old.find(BEGIN);
    let ends = begins.and_then(|from| old[from..].find(END).map(|at| from + at + END.len()));
    if let (Some(from), Some(to)) = (begins, ends) {
        let rest =
            old[to..].strip_prefix("\r\n").or_else(|| old[to..].strip_prefix('\n')).unwrap_or(&old[to..]);
        return format!("{}{lines}{rest}", &old[..from]);
    }
    let gap = if old.is_empty() || old.ends_with('\n') { "" } else { "\n" };
    format!("{old}{gap}{lines}")
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
