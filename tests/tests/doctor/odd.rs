//! What a doctor does not see every day: others that change their minds, computers that lack something or have too much of it, and
//! a second doctor. The right cause, or an honest answer; never a hang or a crash.

use std::{
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    process::Command,
    time::Duration,
};

use boardwalk_tests::{
    Board, WebRepl,
    proxies::{Forward, Namespace, Program, bad},
};

use crate::{
    ask::{Answer, about},
    network::{board, namespaces},
    table::{
        Expected::{Cause, Healthy, OneOf},
        Row,
    },
};

const PAGE: &str = "HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno";

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = vec![
        Row::new(
            "odd: closes, is a web server, says garbage, and so on",
            OneOf(&["closed-before-reply", "not-webrepl", "not-http"]),
            || moody(&["", PAGE, "\u{0}garbage\r\n\r\n"]),
        ),
        Row::new(
            "odd: a web server, then an SSH server, then nothing",
            OneOf(&["not-webrepl", "not-http", "closed-before-reply"]),
            || moody(&[PAGE, "SSH-2.0-OpenSSH_9.6\r\n", ""]),
        ),
        Row::new("odd: a proxy that takes its time", Healthy, || {
            let board = board(WebRepl::new());
            let proxy = Forward::new(Program::Microsocks).start().unwrap();
            let url = proxy.url();
            let (scheme, port) = split(&url);
            let slow = slow(port);
            about(&board.webrepl_url()).secret().proxy(&format!("{scheme}://127.0.0.1:{slow}")).now()
        })
        .needs(Program::Microsocks.available()),
        Row::new(
            "odd: a proxy that says each letter of its answer after a second",
            OneOf(&[
                "proxy-not-a-proxy",
                "proxy-cannot-reach-board",
                "proxy-unreachable",
                "silent-after-request",
            ]),
            || {
                let board = board(WebRepl::new());
                let (_server, url) = bad::start(bad::drips(Duration::from_secs(1))).unwrap();
                about(&board.webrepl_url()).secret().proxy(&url).now()
            },
        ),
        Row::new("odd: two doctors at one board on the network", Healthy, || {
            let board = board(WebRepl::new());
            let (one, other) = both(&board.webrepl_url());
            first_well(one, other, &["busy-other-client", "closed-before-reply"])
        }),
        Row::new("odd: two doctors at one port", Healthy, || {
            let board = Board::unix().start().unwrap();
            let (one, other) = both(&board.target());
            first_well(one, other, &["port-busy"])
        }),
    ];
    let within = |name, expected, target: &'static str, make: fn(&Namespace)| {
        Row::new(name, expected, move || {
            let inside = Namespace::new().unwrap();
            make(&inside);
            about(target).within(&inside).now()
        })
        .needs(namespaces())
    };
    let no_way = OneOf(&["host-unreachable", "not-on-board-network", "no-answer", "port-refused"]);
    rows.extend([
        within("odd: without IPv6, nothing listens", Cause("port-refused"), "ws://localhost:8266", no_ipv6),
        within("odd: without IPv6, and an address of it", no_way, "ws://[fd00::7]:8266", no_ipv6),
        within("odd: without DNS, a name", Cause("name-not-found"), "ws://board.example", no_dns),
        within(
            "odd: without DNS, a name of the local network",
            Cause("name-not-found"),
            "ws://esp32.local",
            no_dns,
        ),
        within("odd: without an interface, an address", no_way, "ws://192.168.1.7", no_interface),
        within("odd: without an interface, this computer", no_way, "ws://127.0.0.1:8266", no_interface),
        within(
            "odd: without an interface, a name",
            Cause("name-not-found"),
            "ws://board.example",
            no_interface,
        ),
        within("odd: 200 interfaces, and nobody there", no_way, "ws://10.9.70.7", many_interfaces),
        within(
            "odd: 200 interfaces, and nothing listens",
            Cause("port-refused"),
            "ws://10.9.70.1",
            many_interfaces,
        ),
    ]);
    rows
}

/// A server that is another one at each connection.
fn moody(answers: &'static [&'static str]) -> Answer {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        // It goes with this program: nobody connects to its port any more.
        for (stream, answer) in listener.incoming().zip(answers.iter().cycle()) {
            let Ok(mut stream) = stream else { return };
            let _ = stream.set_read_timeout(Some(Duration::from_secs(5)));
            let (mut seen, mut buffer) = (Vec::new(), [0; 1024]);
            while !seen.ends_with(b"\r\n\r\n") {
                match stream.read(&mut buffer) {
                    Ok(count) if count > 0 => seen.extend_from_slice(&buffer[..count]),
                    _ => break,
                }
            }
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    about(&format!("ws://127.0.0.1:{port}")).secret().now()
}

/// A port at which everything takes 40 ms more, each way, than at this one.
fn slow(port: u16) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let slow = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for client in listener.incoming() {
            let (Ok(client), Ok(server)) = (client, TcpStream::connect(("127.0.0.1", port))) else { return };
            for (from, to) in [(client.try_clone(), server.try_clone()), (Ok(server), Ok(client))] {
                std::thread::spawn(move || carry(from.unwrap(), to.unwrap()));
            }
        }
    });
    slow
}

#[expect(clippy::disallowed_methods, reason = "it paces a line")]
fn carry(mut from: TcpStream, mut to: TcpStream) {
    let mut buffer = [0; 4096];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        std::thread::sleep(Duration::from_millis(40));
        if to.write_all(&buffer[..count]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(std::net::Shutdown::Write);
}

fn split(url: &str) -> (&str, u16) {
    let (scheme, place) = url.split_once("://").unwrap();
    (scheme, place.rsplit_once(':').unwrap().1.trim_end_matches('/').parse().unwrap())
}

/// Asks twice at once.
fn both(target: &str) -> (Answer, Answer) {
    let (one, other) = (about(target).secret(), about(target).secret());
    std::thread::scope(|scope| {
        let one = scope.spawn(move || one.now());
        let other = other.now();
        (one.join().unwrap(), other)
    })
}

/// One of them found all well; the other did, too, or was told that somebody else is there.
fn first_well(one: Answer, other: Answer, excuses: &[&str]) -> Answer {
    let (well, second) = if one.verdict() == "ok" { (one, other) } else { (other, one) };
    let excused = second.cause().is_some_and(|cause| excuses.contains(&cause));
    assert!(second.verdict() == "ok" || excused, "{}\n{}", well.text, second.text);
    well
}

fn sh(inside: &Namespace, script: &str) {
    let mut command: Command = inside.command("sh");
    assert!(command.args(["-ec", script]).status().unwrap().success(), "{script}");
}

fn no_ipv6(inside: &Namespace) {
    sh(inside, "for f in /proc/sys/net/ipv6/conf/*/disable_ipv6; do echo 1 > $f; done");
}

fn no_dns(inside: &Namespace) {
    sh(inside, "mount --bind /dev/null /etc/resolv.conf");
}

fn no_interface(inside: &Namespace) {
    inside.loopback(false).unwrap();
}

fn many_interfaces(inside: &Namespace) {
    sh(
        inside,
        "for n in $(seq 1 100); do
            echo link add a$n type veth peer name b$n
            echo address add 10.9.$n.1/24 dev a$n
            echo address add 10.10.$n.1/24 dev b$n
            echo link set a$n up
            echo link set b$n up
        done | ip -batch -",
    );
}
