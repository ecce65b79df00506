//! Other firmware, by what it says of itself.

use boardwalk_protocol::search::find;

const CIRCUITPYTHON: &str = "CircuitPython";

/// Words that a firmware prints and a program on MicroPython hardly would.
const SIGNS: &[(&[u8], &str)] = &[
    (b"NodeMCU", "NodeMCU (Lua)"),
    (b"powered by Lua", "NodeMCU (Lua)"),
    (b"espruino.com", "Espruino (JavaScript)"),
    (b"Welcome to Kaluma", "Kaluma (JavaScript)"),
    (b"echo:Marlin", "Marlin (3D printer)"),
    (b"echo:busy:", "Marlin (3D printer)"),
    (b"FIRMWARE_NAME:", "the firmware of a 3D printer"),
    (b"['$' for help]", "Grbl (CNC)"),
    (b"Project tasmota", "Tasmota"),
    (b"Tasmota Version", "Tasmota"),
    (b"RSL: ", "Tasmota"),
    (b"[esphome:", "ESPHome"),
    (b"ESPHome version", "ESPHome"),
    (b"AT version:", "AT firmware"),
    (b"SDK version:", "AT firmware"),
    (b"LuatOS@", "LuatOS"),
    (b"*** Booting Zephyr", "Zephyr"),
    (b"RT-Thread Operating System", "RT-Thread"),
    (b"msh />", "RT-Thread"),
    (b"uart:~$", "Zephyr"),
    (b"U-Boot 20", "U-Boot (Linux board)"),
    (b"Hit any key to stop autoboot", "U-Boot (Linux board)"),
    (b"Starting kernel", "Linux"),
    (b"Linux version ", "Linux"),
    (b".ino:", "an Arduino sketch"),
    // ESP-IDF names its project when a start is logged.
    (b"Project name:     arduino", "an Arduino sketch"),
];

/// The relatives that have a prompt like MicroPython's.
pub(super) fn python(bytes: &[u8]) -> Option<&'static str> {
    const SIGNS: [&[u8]; 4] =
        [b"CircuitPython", b"Press any key to enter the REPL", b"Auto-reload is o", b"code.py output:"];
    SIGNS.iter().any(|sign| find(bytes, sign).is_some()).then_some(CIRCUITPYTHON)
}

/// What it calls itself, or how its lines look.
pub(super) fn named(bytes: &[u8]) -> Option<&'static str> {
    python(bytes)
        .or_else(|| SIGNS.iter().find(|(sign, _)| find(bytes, sign).is_some()).map(|(_, name)| *name))
        .or_else(|| lines(bytes).any(is_esphome).then_some("ESPHome"))
}

/// What looks like other firmware and may be what a program on MicroPython passes on: to be asked, where that is allowed.
pub(super) fn likely(bytes: &[u8]) -> Option<&'static str> {
    // The first line may have begun before anybody listened, and the last one may still be coming.
    let whole = || lines(bytes).filter(|line| !line.is_empty());
    let count = whole().count();
    let between = || whole().skip(usize::from(count > 2)).take(count.saturating_sub(2).max(1));
    if count > 0 && between().all(is_nmea) {
        return Some("a GPS receiver (NMEA)");
    }
    // ESP-AT ends its start with that one word.
    if count > 0 && whole().all(|line| matches!(line, b"ready" | b"ERROR" | b"OK" | b"busy p...")) {
        return Some("AT firmware");
    }
    None
}

/// What answered an Enter, or a Ctrl-C, and is no MicroPython: there Ctrl-B would have shown its greeting.
pub(super) fn answering(answer: &[u8]) -> Option<&'static str> {
    // What echoes keys that do not show says nothing by that.
    let text: Vec<u8> = answer.iter().copied().filter(|byte| !matches!(byte, 0x02 | 0x03 | 0x18)).collect();
    let answer = &text[..];
    let all = || lines(answer).filter(|line| !line.is_empty());
    let last = all().last()?;
    if last.ends_with(b"login:") || last == b"Password:" {
        return Some("Linux");
    }
    if find(answer, b"<INTERRUPT>").is_some() || all().all(|line| line == b"=>" || line == b"U-Boot>") {
        return Some("U-Boot (Linux board)");
    }
    if find(answer, b"^C").is_some() && (last.ends_with(b"#") || last.ends_with(b"$"))
        || (last.ends_with(b":/#") || last.ends_with(b":~#") || last.ends_with(b":~$"))
    {
        return Some("Linux");
    }
    if all().all(|line| line.iter().all(|byte| matches!(byte, b'>' | b' '))) {
        return Some("a console with the prompt “>”, as of NodeMCU (Lua) or Espruino (JavaScript)");
    }
    let says = |words: &[&[u8]]| all().all(|line| words.contains(&line));
    if says(&[b"ERROR", b"OK", b"ready"]) {
        return Some("AT firmware");
    }
    if says(&[b"ok"]) || all().all(|line| line == b"ok" || line.starts_with(b"error:")) {
        return Some("a machine controller that takes G-code (Grbl, Marlin)");
    }
    None
}

/// `$GPGGA,…*47` (NMEA 0183: talker and sentence, fields, a sum of two digits).
fn is_nmea(line: &[u8]) -> bool {
    let Some(rest) = line.strip_prefix(b"$") else { return false };
    let Some(star) = rest.iter().rposition(|byte| *byte == b'*') else { return false };
    let (body, sum) = rest.split_at(star);
    let head = body.iter().take_while(|byte| byte.is_ascii_uppercase()).count();
    let wanted = body.iter().fold(0, |sum, byte| sum ^ byte);
    let said = std::str::from_utf8(&sum[1..]).ok().and_then(|text| u8::from_str_radix(text, 16).ok());
    head >= 4 && said == Some(wanted)
}

/// `[D][sensor:094]: 'Temp': …`, often in colour.
fn is_esphome(line: &[u8]) -> bool {
    let Some(at) = line
        .windows(4)
        .position(|window| matches!(window, [b'[', level, b']', b'['] if b"EWICDV".contains(level)))
    else {
        return false;
    };
    let tag = &line[at + 4..];
    let Some(end) = find(tag, b"]:") else { return false };
    let mut parts = tag[..end].rsplitn(2, |byte| *byte == b':');
    let number = parts.next().unwrap_or_default();
    number.len() == 3
        && number.iter().all(u8::is_ascii_digit)
        && parts.next().is_some_and(|name| !name.is_empty())
}

fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.split(|byte| matches!(byte, b'\n' | b'\r')).map(<[u8]>::trim_ascii)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_other_firmware_says() {
        for (said, name) in [
            (&b"\r\nNodeMCU 3.0.0.0 built on nodemcu-build.com\r\n> "[..], Some("NodeMCU (Lua)")),
            (b"\x1b[0;36m[D][sensor:094]: 'Temp': 21\x1b[0m\r\n", Some("ESPHome")),
            (b"[D][x]: hello\r\n", None),
            (b"\r\nready\r\n", None),
            (
                b"Code done running.\r\nPress any key to enter the REPL. Use CTRL-D to reload.",
                Some("CircuitPython"),
            ),
            (b"temp: 21.5\r\n", None),
        ] {
            assert_eq!(named(said), name, "{}", said.escape_ascii());
        }
    }

    #[test]
    fn what_may_as_well_be_a_program() {
        const FIX: &str = "$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47\r\n";
        for (said, known) in [
            (FIX.repeat(3), true),
            (format!("00,E,1,08*0\r\n{FIX}{FIX}$GPGG"), true),
            (FIX.replace("*47", "*48"), false),
            (format!("{FIX}speed 3 km/h\r\n{FIX}"), false),
            ("\r\nready\r\n".to_owned(), true),
            ("I am ready\r\n".to_owned(), false),
            (String::new(), false),
        ] {
            assert_eq!(likely(said.as_bytes()).is_some(), known, "{said}");
        }
    }

    #[test]
    fn what_answers_enter() {
        for (answer, known) in [
            (&b"\r\n> "[..], true),
            (b"\r\nERROR\r\n", true),
            (b"ok\n", true),
            (b"\r\nraspberrypi login: ", true),
            (b"\r\n=> ", true),
            (b"^C\r\nroot@OpenWrt:/# ", true),
            (b"\r\n> \x02", true),
            (b"\r\nname? ", false),
            (b"temp: 21.5\r\nok\r\n", false),
            (b"\r\n", false),
            (b"", false),
        ] {
            assert_eq!(answering(answer).is_some(), known, "{}", answer.escape_ascii());
        }
    }
}
