//! The interpreter behind the line answers as a board does.

use boardwalk_tests::Board;
use tokio::time::timeout;

use crate::client::{Client, PATIENCE};

#[test]
fn the_friendly_prompt_echoes_and_evaluates() {
    let board = Board::unix().start().unwrap();
    let mut client = Client::at_prompt(&board);
    client.send(b"1+1\r");
    client.expect(b"1+1\r\n2\r\n>>> ");
}

#[tokio::test]
async fn it_tells_when_main_py_has_ended() {
    let board = Board::unix().file("main.py", "input()").start().unwrap();
    let mut client = Client::open(&board);
    assert!(board.stats().up && !board.stats().at_prompt);
    client.send(b"\r");
    timeout(PATIENCE, board.until(|s| s.at_prompt)).await.expect("the prompt");
    client.expect(b">>> ");
}

#[test]
fn raw_paste_has_a_window_of_128() {
    let board = Board::unix().start().unwrap();
    let mut client = Client::in_raw(&board);
    client.send(b"\x05A\x01");
    assert_eq!(client.take(5), [0x52, 0x01, 0x80, 0x00, 0x01]);
    client.send(b"print(6*7)\x04");
    client.expect(b"\x0442\r\n\x04\x04>");
}

#[test]
fn ctrl_c_stops_a_loop_and_a_sleep() {
    let board = Board::unix().start().unwrap();
    let mut client = Client::in_raw(&board);
    for code in
        ["while True: pass", "import time; time.sleep(50)", "import sys; sys.stdin.read(1)", "input()"]
    {
        client.send(format!("print('go'); {code}\x04").replace("; while", "\nwhile").as_bytes());
        client.expect(b"OKgo\r\n");
        client.send(b"\x03");
        client.expect(b"KeyboardInterrupt");
        client.expect(b"\x04>");
    }
}

#[test]
fn a_soft_reboot_runs_main_py_but_not_in_the_raw_repl() {
    let board = Board::unix()
        .file("boot.py", "print('boot')")
        .file("main.py", "print('main'); x = 5")
        .start()
        .unwrap();
    let mut client = Client::at_prompt(&board);
    client.send(b"x\r");
    client.expect(b"x\r\n5\r\n");
    client.send(b"\x04");
    client.expect(b"MPY: soft reboot\r\nboot\r\nmain\r\nMicroPython ");
    client.expect(b">>> ");
    client.send(b"\x01");
    client.expect(b"raw REPL; CTRL-B to exit\r\n>");
    client.send(b"\x04");
    client.expect(b"OK\r\nMPY: soft reboot\r\nboot\r\nraw REPL; CTRL-B to exit\r\n>");
    assert_eq!(client.exec("print('x' in dir())"), ("False\r\n".into(), String::new()));
}

#[cfg(target_os = "linux")]
#[test]
fn text_is_cooked_and_bytes_are_not() {
    let board = Board::unix().start().unwrap();
    let mut client = Client::in_raw(&board);
    let (out, _) = client.exec("import sys; print('a\\nb'); _ = sys.stdout.buffer.write(b'c\\nd\\n')");
    assert_eq!(out, "a\r\nb\r\nc\nd\n");
}
