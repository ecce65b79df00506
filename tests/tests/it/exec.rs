//! `exec`: what the program prints arrives as it is, and how it ended is told.

use std::iter;

use boardwalk_tests::Board;
use serde_json::Value;

use crate::{
    board::{both_ways, by_air, every_way, fast, is_left_well, networks, slow, start},
    child::{boardwalk, on},
};

#[tokio::test]
async fn output_arrives_as_the_board_sends_it() {
    for board in every_way() {
        assert_eq!(on(&board, &["exec", "print('1')"]).ok().await, b"1\r\n");
        assert_eq!(on(&board, &["exec", "print('no end', end='')"]).ok().await, b"no end");
        assert_eq!(on(&board, &["exec", "print('温度 23 °C 😀')"]).text().await, "温度 23 °C 😀\r\n");
        assert_eq!(on(&board, &["exec", "x = 1"]).ok().await, b"");
        is_left_well(&board).await;
    }
}

#[tokio::test]
async fn every_byte_value_arrives() {
    // 0x04 is also how the raw REPL ends a program's output.
    let all: Vec<u8> = (0..=255).collect();
    for board in every_way() {
        let code = "import sys; o = sys.stdout.buffer\nfor i in range(256): o.write(bytes([i]))";
        assert_eq!(on(&board, &["exec", code]).ok().await, all);
        let code = "import sys; o = sys.stdout.buffer\no.write(bytes(range(256)) * 3); 1/0";
        let done = on(&board, &["exec", code]).run().await;
        assert_eq!((done.code(), done.out.clone()), (1, all.repeat(3)));
        assert!(done.err_text().ends_with("ZeroDivisionError: divide by zero\n"), "{}", done.err_text());
        is_left_well(&board).await;
    }
}

#[tokio::test]
async fn a_megabyte_arrives_whole() {
    let code = "for i in range(16384): print('%062d' % i)";
    let wanted: String = (0..16384).map(|i| format!("{i:062}\r\n")).collect();
    for board in both_ways(Board::unix().unthrottled()) {
        assert!(on(&board, &["exec", code]).text().await == wanted, "the output differs");
        is_left_well(&board).await;
    }
}

#[tokio::test]
async fn an_exception_is_told_on_standard_error() {
    for board in every_way() {
        let done = on(&board, &["exec", "print('before')\n1/0"]).run().await;
        assert_eq!((done.code(), &done.out[..]), (1, &b"before\r\n"[..]));
        let traceback = "Traceback (most recent call last):\n  File \"<stdin>\", line 2, in <module>\n\
                         ZeroDivisionError: divide by zero\n";
        assert_eq!(done.err_text(), traceback);
        let done = on(&board, &["exec", "this is no Python"]).run().await;
        assert_eq!(done.code(), 1);
        assert!(done.err_text().contains("SyntaxError"), "{}", done.err_text());
        is_left_well(&board).await;
    }
}

#[tokio::test]
async fn json_holds_both_streams_and_the_exception() {
    for board in both_ways(Board::unix().unthrottled()) {
        let done = on(&board, &["exec", "print('温 \"q\"')\nraise ValueError('bad')", "--json"]).run().await;
        assert_eq!(done.code(), 1);
        let document: Value = serde_json::from_slice(&done.out).unwrap();
        assert_eq!(document["stdout"], "温 \"q\"\r\n");
        assert_eq!(document["exception"]["kind"], "ValueError");
        assert_eq!(document["exception"]["message"], "bad");
        assert_eq!(document["exception"]["line"], 2);
        assert!(document["stderr"].as_str().unwrap().starts_with("Traceback"));
        assert_eq!(done.err_text(), "");

        let document: Value =
            serde_json::from_slice(&on(&board, &["exec", "print(1)", "--json"]).ok().await).unwrap();
        assert_eq!(document, serde_json::json!({"stdout": "1\r\n", "stderr": "", "exception": null}));
    }
}

#[tokio::test]
async fn code_arrives_as_it_was_written() {
    for board in every_way() {
        for text in ["it's", "a \"b\"", "back\\slash \\n", "温度 😀 ñ", "tab\there", "\u{7f}\u{80}"] {
            let code = format!("print({}, end='')", python(text));
            assert_eq!(on(&board, &["exec", &code]).text().await, text);
        }
        let code = "def f(n):\n    if n:\n\n        return n * f(n - 1)\n    return 1\nprint(f(5))\n";
        assert_eq!(on(&board, &["exec", code]).ok().await, b"120\r\n");
        assert_eq!(on(&board, &["exec", "-1"]).ok().await, b"");
        assert_eq!(on(&board, &["exec", ""]).ok().await, b"");
    }
}

#[tokio::test]
async fn a_dash_reads_the_code_from_standard_input() {
    let board = slow();
    let code = "print('from a pipe 温')\n";
    assert_eq!(on(&board, &["exec", "-"]).input(code).text().await, "from a pipe 温\r\n");
    assert_eq!(on(&board, &["exec", "-"]).ok().await, b"", "nothing to read is an empty program");
}

#[tokio::test]
async fn code_of_200_kb_runs() {
    let mut code = String::from("n = 0\n");
    while code.len() < 200_000 {
        code.push_str("n += 1  # a line that only has to be long enough to fill what is sent\n");
    }
    let lines = code.lines().count() - 1;
    code.push_str("print(n)\n");
    let roomy = || Board::unix().unthrottled().heap(16 << 20);
    for board in iter::once(start(roomy())).chain(networks().map(|network| by_air(roomy(), network))) {
        assert_eq!(on(&board, &["exec", "-"]).input(code.clone()).text().await, format!("{lines}\r\n"));
        is_left_well(&board).await;
    }
}

#[tokio::test]
async fn every_form_of_the_target_leads_to_the_board() {
    let board = fast();
    for target in [board.path(), board.target(), format!("SERIAL:{}", board.path())] {
        assert_eq!(boardwalk(["exec", &target, "print(1)"]).ok().await, b"1\r\n", "{target}");
    }
}

/// A Python literal of a text without control characters other than a tab.
fn python(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}
