//! Boards with odd files, little memory, a slow line, or in the middle of something.

use std::io::{Read as _, Write as _};

use boardwalk_tests::{Board, Builder, WebRepl};

use super::{asked, nowhere, offers, wifi};
use crate::{
    ask::about,
    table::{Expected::Cause, Row},
};

const STOPPED: &str = "import webrepl\nwebrepl.stop()\n";

pub(super) fn rows() -> Vec<Row> {
    let configured = |name, config: &'static str, says: &'static str| {
        Row::new(name, Cause("webrepl-not-running"), move || {
            let board = stopped(STOPPED).file("webrepl_cfg.py", config).start().unwrap();
            let answer = asked(&board, about(&board.webrepl_url()));
            assert!(answer.text.contains(says), "{}", answer.text);
            assert!(!answer.text.contains("hunter"), "a password is nobody's business");
            offers(&answer, "webrepl-not-running", "setup-webrepl");
            answer
        })
    };
    vec![
        configured("firmware: webrepl_cfg.py does not compile", "PASS = 'hunter2\n", "raises an error"),
        configured("firmware: webrepl_cfg.py without PASS", "BASE = '/'\n", "does not say PASS"),
        configured("firmware: a password that is too long", "PASS = 'hunter2hunter2'\n", "4 to 9 characters"),
        Row::new("firmware: boot.py breaks off before the start", Cause("webrepl-not-running"), || {
            let boot = format!("{STOPPED}import machine_of_mine\nwebrepl.start()\n");
            let board = stopped(&boot).file("webrepl_cfg.py", "PASS = 'secret'\n").start().unwrap();
            let answer = asked(&board, about(&board.webrepl_url()));
            assert!(answer.text.contains("it did not come to that"), "{}", answer.text);
            offers(&answer, "webrepl-not-running", "start-webrepl-over-usb");
            answer
        }),
        Row::new("firmware: WebREPL has another port", Cause("port-refused"), || {
            let board = Board::unix()
                .webrepl(WebRepl::new())
                .file("network.py", wifi(true, true, "127.0.0.1"))
                .file("main.py", "if 0:\n    webrepl.start(password='hunter2', port=8080)\n");
            let board = board.start().unwrap();
            let answer = asked(&board, about(&nowhere()));
            assert!(answer.text.contains("starts its WebREPL at port 8080"), "{}", answer.text);
            assert!(!answer.text.contains("hunter"), "a password is nobody's business");
            answer
        }),
        Row::new(
            "firmware: webrepl.py on the flash, and nothing behind it",
            Cause("webrepl-not-in-firmware"),
            || {
                let board = Board::unix().file("webrepl.py", "import _webrepl\n").start().unwrap();
                asked(&board, about(&nowhere()))
            },
        ),
        Row::new("firmware: the board is left in its raw REPL", Cause("webrepl-not-running"), || {
            let board = stopped(STOPPED).start().unwrap();
            let mut port = std::fs::File::options().read(true).write(true).open(board.path()).unwrap();
            port.write_all(b"\r\x01").unwrap();
            // Who leaves before the answer is there leaves it to the doctor, which takes it for what a program prints.
            let (mut seen, mut byte) = (Vec::new(), [0]);
            while !seen.ends_with(b"exit\r\n>") {
                port.read_exact(&mut byte).unwrap();
                seen.push(byte[0]);
            }
            drop(port);
            asked(&board, about(&board.webrepl_url()))
        }),
        Row::new("firmware: the line is slow", Cause("webrepl-not-running"), || {
            let board = stopped(STOPPED).baud(9600).start().unwrap();
            asked(&board, about(&board.webrepl_url()))
        }),
        Row::new("firmware: there is hardly any memory", Cause("webrepl-not-running"), || {
            let board = stopped(STOPPED).heap(48 * 1024).start().unwrap();
            asked(&board, about(&board.webrepl_url()))
        }),
    ]
}

fn stopped(boot: &str) -> Builder {
    Board::unix()
        .webrepl(WebRepl::new().started_by_program())
        .file("network.py", wifi(true, true, "127.0.0.1"))
        .file("boot.py", boot)
}
