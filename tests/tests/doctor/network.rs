//! Failures of the network and of what answers there.

use std::time::Duration;

use boardwalk_tests::{
    Board, Generation, Script, ScriptedServer, TlsFront, WebRepl,
    proxies::{Namespace, ProxyError},
};

use crate::{
    ask::{Answer, about},
    table::{
        Expected::{Cause, Warning},
        Row,
    },
};

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = vec![
        Row::new("an address without sense", Cause("address-invalid"), || about("ws://").now()),
        Row::new("an address of nobody", Cause("address-invalid"), || about("ws://0.0.0.0").now()),
        Row::new("a name that nobody knows", Cause("name-not-found"), || about("ws://board.invalid").now()),
        Row::new("nothing listens", Cause("port-refused"), || {
            about(&format!("ws://127.0.0.1:{}", free_port())).now()
        }),
        Row::new("a web server", Cause("not-webrepl"), || server(Script::page("404 Not Found", "", "no"))),
        Row::new("a WebSocket server of another kind", Cause("not-webrepl"), || {
            server(Script::other_websocket())
        }),
        Row::new("101, and then nothing", Cause("no-password-prompt"), || {
            server(Script::new().upgrade().hold())
        }),
        Row::new("the line dies behind the password", Cause("link-silent"), || {
            server(Script::new().upgrade().frame(0x81, b"Password: ").read_frames_until(b'\r'))
        }),
        Row::new("an SSH server", Cause("not-http"), || server(Script::ssh())),
        Row::new("a page that is not the board's", Cause("captive-portal"), || {
            server(Script::captive_portal("200 OK"))
        }),
        Row::new("a login of the network (511)", Cause("captive-portal"), || {
            server(Script::captive_portal("511 Network Authentication Required"))
        }),
        Row::new("redirected to https", Cause("redirected-to-tls"), || {
            server(Script::redirect("301 Moved Permanently", "https://board.test/"))
        }),
        Row::new("redirected elsewhere", Cause("redirected"), || {
            server(Script::redirect("302 Found", "http://elsewhere.test/"))
        }),
        Row::new("101 without its proof", Cause("accept-missing"), || server(Script::missing_accept())),
        Row::new("101 with another's proof", Cause("accept-mismatch"), || server(Script::wrong_accept())),
        Row::new("101 without Upgrade", Cause("upgrade-header-wrong"), || {
            server(Script::page("101 Switching Protocols", "Connection: Upgrade\r\n", ""))
        }),
        Row::new("the request is read and nothing said", Cause("board-busy"), || server(Script::silent())),
        Row::new("closed without a byte", Cause("closed-before-reply"), || server(Script::closes())),
        Row::new("the board's own page, marked by a proxy", Cause("handshake-stripped"), || {
            server(Script::board_page("Via: 1.1 squid\r\n"))
        }),
        Row::new("the board's own page", Cause("board-served-page"), || server(Script::board_page(""))),
        Row::new("ws to a TLS port", Cause("tls-mismatch"), || {
            let board = board(WebRepl::new().tls());
            let port = board.webrepl().tls().unwrap().port();
            about(&format!("ws://127.0.0.1:{port}")).now()
        }),
        Row::new("wss to a plain port", Cause("tls-mismatch"), || {
            let board = board(WebRepl::new());
            about(&board.webrepl_url().replace("ws://", "wss://")).now()
        }),
        Row::new("a certificate nobody knows", Cause("tls-mismatch"), || {
            let board = board(WebRepl::new());
            let front = TlsFront::start(board.webrepl().port()).unwrap();
            about(&front.url()).now()
        }),
        Row::new("a wrong password", Cause("wrong-password"), || {
            let board = board(WebRepl::new());
            about(&board.webrepl_url()).env("BOARDWALK_PASSWORD", "other").now()
        }),
        Row::new("a password no board can have", Cause("password-impossible"), || {
            let board = board(WebRepl::new());
            about(&board.webrepl_url()).env("BOARDWALK_PASSWORD", "much-too-long").now()
        }),
        Row::new("a program that prints", Warning("program-running"), || {
            let board = Board::unix().webrepl(WebRepl::new()).running().start().unwrap();
            about(&board.webrepl_url()).secret().now()
        }),
        Row::new("a program that prints, and consent", Warning("program-running"), || {
            let board = Board::unix().webrepl(WebRepl::new()).running().start().unwrap();
            about(&board.webrepl_url()).secret().arg("--may-interrupt").now()
        }),
        Row::new("a program that prints nothing", Warning("no-prompt"), || {
            let main = "import time\nwhile True:\n    time.sleep(0.05)\n";
            let board = Board::unix().webrepl(WebRepl::new()).file("main.py", main).start().unwrap();
            about(&board.webrepl_url()).secret().now()
        }),
        Row::new("Ctrl-C that is swallowed", Cause("interrupt-swallowed"), || {
            let board = Board::unix().webrepl(WebRepl::new()).file("main.py", SWALLOW).start().unwrap();
            about(&board.webrepl_url()).secret().arg("--may-interrupt").now()
        }),
        Row::new("a Wi-Fi that sleeps", Warning("slow-wifi"), || {
            let board = board(WebRepl::new().delay(Duration::from_millis(60)));
            about(&board.webrepl_url()).secret().now()
        }),
        Row::new("outside of the board's own network", Cause("not-on-board-network"), || {
            let inside = Namespace::new().unwrap();
            about("ws://192.168.4.1").within(&inside).now()
        })
        .needs(namespaces()),
        Row::new("an address of another network than ours", Cause("not-on-board-network"), || {
            let inside = neighbourhood("eth1");
            inside.ip("route add default dev eth1").unwrap();
            about("ws://192.168.50.9").within(&inside).now()
        })
        .needs(namespaces()),
        Row::new("an address of another network, and no router", Cause("not-on-board-network"), || {
            about("ws://192.168.50.9").within(&neighbourhood("eth1")).now()
        })
        .needs(namespaces()),
        Row::new("nobody has that address in our own network", Cause("host-unreachable"), || {
            about("ws://192.168.77.9").within(&neighbourhood("eth1")).now()
        })
        .needs(namespaces()),
        Row::new("the address of all in our network", Cause("address-invalid"), || {
            about("ws://192.168.77.255").within(&neighbourhood("eth1")).now()
        })
        .needs(namespaces()),
        Row::new("a neighbour that drops what we send", Cause("no-answer"), || {
            let inside = neighbourhood("eth1");
            inside.ip("neighbour add 192.168.77.9 lladdr 02:00:00:00:00:09 dev eth1").unwrap();
            about("ws://192.168.77.9").within(&inside).now()
        })
        .needs(namespaces()),
        Row::new("a Wi-Fi that keeps its clients apart", Cause("client-isolation"), || {
            let inside = neighbourhood("wlan0");
            inside.ip("neighbour add 192.168.77.9 lladdr 02:00:00:00:00:09 dev wlan0").unwrap();
            about("ws://192.168.77.9").within(&inside).now()
        })
        .needs(namespaces()),
        Row::new("our own address for that of the board", Cause("port-refused"), || {
            let answer = about("ws://192.168.77.2").within(&neighbourhood("eth1")).now();
            assert!(answer.text.contains("This is the address of this computer"), "{}", answer.text);
            answer
        })
        .needs(namespaces()),
        Row::new("no interface is up", Cause("host-unreachable"), || {
            let inside = Namespace::new().unwrap();
            let answer = about("ws://192.168.77.9").within(&inside).now();
            assert!(
                answer.document["summary"].as_str().unwrap().contains("no interface is up"),
                "{}",
                answer.text
            );
            answer
        })
        .needs(namespaces()),
        Row::new("the address of a web page", Cause("address-invalid"), || {
            let answer = about("http://192.168.4.1:8266").now();
            assert!(answer.text.contains("Write ws://192.168.4.1:8266."), "{}", answer.text);
            answer
        }),
        Row::new("a password in the address", Cause("address-invalid"), || {
            let answer = about("ws://ada:hunter2@192.168.4.1").now();
            // What a person typed stands in the field where they typed it; everything said about it does not hold it.
            let said = [&answer.document["summary"], &answer.document["checks"]];
            assert!(said.iter().all(|said| !said.to_string().contains("hunter2")), "{}", answer.text);
            answer
        }),
        Row::new("an address that only holds with an interface", Cause("address-invalid"), || {
            about("ws://[fe80::1]").now()
        }),
        Row::new("no way there", Cause("host-unreachable"), || {
            let inside = Namespace::new().unwrap();
            inside.unreachable("10.9.0.0/16").unwrap();
            about("ws://10.9.0.5").within(&inside).now()
        })
        .needs(namespaces()),
        Row::new("nobody takes connections off the queue", Cause("no-answer"), || {
            let full = Full::new();
            about(&format!("ws://127.0.0.1:{}", full.port)).now()
        }),
        Row::new("a TUN proxy takes the way", Cause("tun-route"), || {
            let inside = Namespace::new().unwrap();
            inside.tun("Meta").unwrap();
            about("ws://10.9.0.5").within(&inside).now()
        })
        .needs(namespaces()),
        Row::new("a TUN proxy invents the address", Cause("fake-ip-name"), || {
            let mut inside = Namespace::new().unwrap();
            inside.tun("Meta").unwrap();
            inside.hosts("198.18.0.7 board.example").unwrap();
            about("ws://board.example").within(&inside).now()
        })
        .needs(namespaces()),
    ];
    for (name, generation, cause) in [
        ("a second client, firmware 1.20 and newer", Generation::New, "busy-other-client"),
        ("a second client, firmware 1.19 and older", Generation::Old, "closed-before-reply"),
    ] {
        rows.push(Row::new(name, Cause(cause), move || {
            let board = board(WebRepl::new().generation(generation));
            let _first = Client::connect(board.webrepl().port());
            about(&board.webrepl_url()).secret().now()
        }));
    }
    rows
}

/// A program that no Ctrl-C gets out of: what one handler lets through, the next one around it catches.
pub(crate) const SWALLOW: &str = "import time
print('running')
def run(depth):
    while True:
        try:
            if depth:
                run(depth - 1)
            else:
                while True:
                    time.sleep(0.05)
        except:
            print('not now')
run(12)
";

/// A network with one neighbour, who has no address: 192.168.77.2/24 at this interface.
fn neighbourhood(interface: &str) -> Namespace {
    let inside = Namespace::new().unwrap();
    inside.ip(&format!("link add {interface} type veth peer name other")).unwrap();
    inside.ip(&format!("address add 192.168.77.2/24 dev {interface}")).unwrap();
    inside.ip("link set other up").unwrap();
    inside.ip(&format!("link set {interface} up")).unwrap();
    inside
}

pub(crate) fn namespaces() -> Result<(), ProxyError> {
    Namespace::new().map(drop)
}

pub(crate) fn board(webrepl: WebRepl) -> Board {
    Board::unix().webrepl(webrepl).start().unwrap()
}

/// A port of this machine on which nothing listens.
pub(crate) fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn server(script: Script) -> Answer {
    let server = ScriptedServer::start(script).unwrap();
    about(&server.url()).secret().now()
}

/// Another client, which has shaken hands and stays.
pub(crate) struct Client(#[expect(dead_code, reason = "held open")] std::net::TcpStream);

impl Client {
    pub(crate) fn connect(port: u16) -> Self {
        use std::io::{Read as _, Write as _};
        let mut stream = std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
        let request = "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
            Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
        stream.write_all(request.as_bytes()).unwrap();
        let mut seen = Vec::new();
        let mut byte = [0];
        // The prompt shows that the board has taken this client in.
        while !seen.ends_with(b"Password: ") {
            stream.read_exact(&mut byte).unwrap();
            seen.push(byte[0]);
        }
        Self(stream)
    }
}

/// A port whose queue of connections is full: what else comes is dropped, as by a firewall.
pub(crate) struct Full {
    pub(crate) port: u16,
    _listener: socket2::Socket,
    _waiting: Vec<std::net::TcpStream>,
}

impl Full {
    pub(crate) fn new() -> Self {
        let listener = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
        let any: std::net::SocketAddr = ([127, 0, 0, 1], 0).into();
        listener.bind(&any.into()).unwrap();
        listener.listen(0).unwrap();
        let address = listener.local_addr().unwrap().as_socket().unwrap();
        let mut waiting = Vec::new();
        while let Ok(client) = std::net::TcpStream::connect_timeout(&address, Duration::from_millis(500)) {
            waiting.push(client);
        }
        Self { port: address.port(), _listener: listener, _waiting: waiting }
    }
}
