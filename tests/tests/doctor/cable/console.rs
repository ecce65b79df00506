//! What the board prints at its console while it is tried, and what that proves.

use std::{
    io::{Read as _, Write as _},
    net::{Shutdown, TcpListener, TcpStream},
    thread,
};

use boardwalk_tests::{
    Board, Generation, WebRepl,
    proxies::{Forward, Program, Reverse},
};

use super::{asked, nowhere, wifi};
use crate::{
    ask::{Answer, about},
    network::Client,
    table::{Expected::Cause, Row},
};

const NOT_A_REQUEST: &str = "OSError: Not a websocket request";

pub(super) fn rows() -> Vec<Row> {
    let mut rows = vec![
        Row::new("console: an inspecting proxy, 1.19 and older", Cause("handshake-rewritten"), || {
            let board = old();
            let proxy = Forward::new(Program::Inspecting).start().unwrap();
            let answer = asked(&board, about(&board.webrepl_url()).proxy(&proxy.url()));
            printed(answer, NOT_A_REQUEST)
        })
        .needs(Program::Inspecting.available()),
        Row::new("console: a second client, 1.19 and older", Cause("busy-other-client"), || {
            let board = old();
            let _first = Client::connect(board.webrepl().port());
            printed(asked(&board, about(&board.webrepl_url()).secret()), "Concurrent WebREPL connection")
        }),
        Row::new(
            "console: a line without a colon gets in, 1.19 and older",
            Cause("handshake-rewritten"),
            || {
                let board = old();
                let front = front(board.webrepl().port(), |head| {
                    let at = head.find("\r\n").unwrap() + 2;
                    format!("{}X-Scanned by gateway\r\n{}", &head[..at], &head[at..])
                });
                printed(asked(&board, about(&front)), "need more than 1 values to unpack")
            },
        ),
        Row::new("console: the request loses its end, 1.19 and older", Cause("handshake-stripped"), || {
            let board = old();
            let front = front(board.webrepl().port(), |head| head.split("Sec-").next().unwrap().to_owned());
            printed(asked(&board, about(&front)), "EOF in headers")
        }),
        Row::new("console: the supply gives way", Cause("brownout"), || {
            printing("Brownout detector was triggered")
        }),
        Row::new("console: the firmware crashes", Cause("watchdog-resets"), || {
            printing("Guru Meditation Error: Core  0 panic'ed (LoadProhibited). Exception was unhandled.")
        }),
    ];
    for (name, reverse) in [
        ("console: a Go program in front, 1.19 and older", Reverse::GoTcp),
        ("console: haproxy in lower case, 1.19 and older", Reverse::HaproxyHttp),
    ] {
        let row = Row::new(name, Cause("handshake-rewritten"), move || {
            let board = old();
            let front = reverse.start(board.webrepl().port()).unwrap();
            printed(asked(&board, about(&front.ws_url())), NOT_A_REQUEST)
        });
        rows.push(row.needs(reverse.available()));
    }
    rows
}

/// A board with firmware of before 1.20 that has a Wi-Fi.
pub(super) fn old() -> Board {
    let webrepl = WebRepl::new().generation(Generation::Old);
    let network = wifi(true, true, "127.0.0.1");
    Board::unix().webrepl(webrepl).file("network.py", network).start().unwrap()
}

/// The line is shown, and is said to be the proof.
pub(super) fn printed(answer: Answer, line: &str) -> Answer {
    assert!(answer.document["console"]["lines"].to_string().contains(line), "{}", answer.text);
    let checks = answer.document["checks"].as_array().unwrap().iter();
    let mut findings = checks.flat_map(|check| check["findings"].as_array().into_iter().flatten());
    let said = findings.any(|finding| finding["saw"].as_str().is_some_and(|saw| saw.contains(line)));
    assert!(said, "{}", answer.text);
    answer
}

/// A board that prints this again and again, and is not in the network.
fn printing(line: &str) -> Answer {
    let main = format!("import time\nwhile True:\n    print(\"{line}\")\n    time.sleep(0.1)\n");
    let board = Board::unix().file("main.py", main).start().unwrap();
    printed(asked(&board, about(&nowhere())), line)
}

/// Stands in front of a board and writes the head of each request in its own way; what it makes of it ends there.
fn front(board: u16, change: fn(&str) -> String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("ws://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for client in listener.incoming() {
            let Ok(client) = client else { return };
            thread::spawn(move || drop(pass(client, board, change)));
        }
    });
    url
}

fn pass(mut client: TcpStream, board: u16, change: fn(&str) -> String) -> std::io::Result<()> {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") {
        client.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    let mut server = TcpStream::connect(("127.0.0.1", board))?;
    server.write_all(change(&String::from_utf8_lossy(&head)).as_bytes())?;
    server.shutdown(Shutdown::Write)?;
    std::io::copy(&mut server, &mut client)?;
    Ok(())
}
