//! What a board knows of its network, as the different ports of MicroPython tell it; and a Wi-Fi that keeps its clients apart.

use boardwalk_tests::{Board, WebRepl, proxies::Namespace};

use super::{asked, nowhere, offers, wifi};
use crate::{
    ask::about,
    network::namespaces,
    table::{Expected::Cause, Row},
};

pub(super) fn rows() -> Vec<Row> {
    let told = |name, status: &'static str, network: fn() -> String| {
        Row::new(name, Cause("wifi-not-connected"), move || {
            let board = Board::unix().webrepl(WebRepl::new().started_by_program());
            let board = board.file("network.py", network()).start().unwrap();
            let answer = asked(&board, about(&nowhere()));
            assert!(answer.text.contains(status), "{}", answer.text);
            answer
        })
    };
    vec![
        told("Wi-Fi: an ESP32, whose firmware knows cables, too", "WRONG_PASSWORD", || {
            // `network.LAN()` raises where no interface was made (esp32/network_lan.c).
            wifi(true, false, "0.0.0.0")
                + "class LAN:\n    def __init__(self):\n        raise ValueError('invalid phy type')\n"
        }),
        told("Wi-Fi: a Pico W with a wrong password", "WRONG_PASSWORD", || {
            wifi(true, false, "0.0.0.0").replace("= 202", "= -3").replace("= 1010", "= 3")
        }),
        told("Wi-Fi: a Pico W without an address yet", "NO_ADDRESS_YET", || {
            wifi(true, false, "0.0.0.0")
                .replace("else STAT_WRONG_PASSWORD", "else 2")
                .replace("= 202", "= -3")
        }),
        told("Wi-Fi: a state without a name", "(it says -9)", || {
            wifi(true, false, "0.0.0.0").replace("else STAT_WRONG_PASSWORD", "else -9")
        }),
        told("Wi-Fi: constants where 1.24 has them", "10.77.0.5", || {
            wifi(true, true, "10.77.0.5")
                .replace("STA_IF = 0\nAP_IF = 1\n", "")
                .replace("class WLAN:\n", "class WLAN:\n    IF_STA = 0\n    IF_AP = 1\n")
                .replace("interface == STA_IF", "interface == self.IF_STA")
        }),
        told("Wi-Fi: ipconfig and no ifconfig", "10.77.0.5", || {
            let ifconfig = wifi(true, true, "10.77.0.5");
            let at = ifconfig.find("    def ifconfig").unwrap();
            let ipconfig = "    def ipconfig(self, what):\n        return {'addr4': ('10.77.0.5', '255.255.255.0'), 'gw4': '10.77.0.1'}[what]\n";
            format!("{}{ipconfig}", &ifconfig[..at])
        }),
        told("Wi-Fi: the board has only one of its own", "MicroPython-a1b2c3", || {
            wifi(true, true, "192.168.4.1").replace("return self.station and", "return not self.station and")
                + "    def config(self, what):\n        return 'MicroPython-a1b2c3'\n"
        }),
        Row::new("Wi-Fi: the guests are kept apart", Cause("client-isolation"), || {
            let guests = Guests::new();
            let answer = guests.ask();
            offers(&answer, "client-isolation", "setup-webrepl");
            answer
        })
        .needs(Guests::available()),
        Row::new(
            "Wi-Fi: nobody is kept apart, and WebREPL is not started",
            Cause("webrepl-not-running"),
            || {
                let guests = Guests::new();
                guests.router.ip("link set to-board type bridge_slave isolated off").unwrap();
                guests.ask()
            },
        )
        .needs(Guests::available()),
    ]
}

/// A router with a computer and a board at it, who may talk to the router and not to each other.
struct Guests {
    computer: Namespace,
    router: Namespace,
    /// what is on the air of the board
    _board: Namespace,
}

impl Guests {
    fn new() -> Self {
        Self::make().unwrap()
    }

    fn available() -> Result<(), boardwalk_tests::proxies::ProxyError> {
        namespaces()?;
        Self::make().map(drop)
    }

    fn make() -> Result<Self, boardwalk_tests::proxies::ProxyError> {
        let [computer, router, board] = [Namespace::new()?, Namespace::new()?, Namespace::new()?];
        computer.cable("wlan0", &router, "to-computer")?;
        board.cable("wlan0", &router, "to-board")?;
        router.ip("link add lan type bridge")?;
        for port in ["to-computer", "to-board"] {
            router.ip(&format!("link set {port} master lan"))?;
            router.ip(&format!("link set {port} type bridge_slave isolated on"))?;
        }
        router.ip("link set lan up")?;
        router.ip("address add 10.77.0.1/24 dev lan")?;
        computer.ip("address add 10.77.0.9/24 dev wlan0")?;
        computer.ip("route add default via 10.77.0.1")?;
        board.ip("address add 10.77.0.5/24 dev wlan0")?;
        Ok(Self { computer, router, _board: board })
    }

    fn ask(&self) -> crate::ask::Answer {
        let network = wifi(true, true, "10.77.0.5")
            .replace("'255.255.255.0', '10.77.0.5'", "'255.255.255.0', '10.77.0.1'");
        let webrepl = WebRepl::new().started_by_program();
        let board = Board::unix().webrepl(webrepl).file("network.py", network);
        let board = board.file("boot.py", "import webrepl\nwebrepl.stop()\n").start().unwrap();
        asked(&board, about("ws://10.77.0.5").within(&self.computer))
    }
}
