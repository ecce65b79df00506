//! `rescue`: a board whose program swallows Ctrl-C is at its prompt afterwards, and nothing is lost.

use boardwalk_tests::{Board, Builder};
use serde_json::Value;

use crate::{
    board::{Reached, fast, is_left_well, start},
    child::on,
};

/// Half a second in which it can be caught, as imports and the start of Wi-Fi take.
const START: &str = "import time\ntime.sleep(0.5)\n";

/// Rescues the board while somebody presses its reset button, and gives what was said.
async fn rescued(board: &Reached) -> Value {
    let before = board.stats().to_board;
    let (said, ()) = tokio::join!(on(board, &["rescue", "--json"]).ok(), async {
        // Not before Ctrl-C is on its way; Enter and Ctrl-B only ask what the board does.
        board.until(|stats| stats.to_board > before + 20).await;
        board.reset().unwrap();
    });
    serde_json::from_slice(&said).unwrap()
}

fn running(name: &str, rest: &str) -> Builder {
    Board::unix().unthrottled().file(name, format!("{START}{rest}"))
}

#[tokio::test]
async fn each_way_to_swallow_ctrl_c_is_shown_and_set_aside() {
    for (rest, line, text) in [
        ("while True:\n  try:\n    time.sleep(0.05)\n  except:\n    print('not now')\n", 6, "except:"),
        (
            "import micropython\nmicropython.kbd_intr(-1)\nwhile True:\n  time.sleep(0.1)\n",
            4,
            "micropython.kbd_intr(-1)",
        ),
    ] {
        let board = start(running("main.py", rest));
        let said = rescued(&board).await;
        assert_eq!(said["culprit"], serde_json::json!({"line": line, "text": text}));
        assert_eq!((&said["program"], &said["renamed"]), (&"main.py".into(), &"main.py.off".into()));
        is_left_well(&board).await;
        let program = format!("{START}{rest}");
        assert!(board.read_file("main.py").unwrap().is_none());
        assert_eq!(board.read_file("main.py.off").unwrap().as_deref(), Some(program.as_bytes()));
        // Another run of the program finds on the board what to undo.
        let told = on(&board, &["rescue", "--undo"]).text().await;
        assert!(told.contains("main.py.off is called main.py again"), "{told}");
        assert_eq!(board.read_file("main.py").unwrap().as_deref(), Some(program.as_bytes()));
    }
}

#[tokio::test]
async fn a_boot_py_that_swallows_it_is_the_one_set_aside() {
    let hangs = "while True:\n  try:\n    time.sleep(0.05)\n  except BaseException:\n    pass\n";
    let board = start(running("boot.py", hangs).file("main.py", "print('innocent')\n"));
    let said = rescued(&board).await;
    assert_eq!(said["renamed"], "boot.py.off");
    assert!(board.read_file("main.py").unwrap().is_some());
    is_left_well(&board).await;
}

#[tokio::test]
async fn nothing_is_overwritten_and_nothing_made_up() {
    let board =
        start(Board::unix().unthrottled().file("main.py", "print(1)\n").file("main.py.off", "print(0)\n"));
    let said = on(&board, &["rescue"]).text().await;
    assert!(said.contains("main.py.off-2") && said.contains("boardwalk rescue --undo"), "{said}");
    assert_eq!(board.read_file("main.py.off").unwrap().as_deref(), Some(&b"print(0)\n"[..]));
    on(&board, &["exec", "with open('main.py', 'w') as f: f.write('print(2)\\n')"]).ok().await;
    on(&board, &["rescue", "--undo", "--json"]).run().await.failed("file-exists");
    assert_eq!(board.read_file("main.py").unwrap().as_deref(), Some(&b"print(2)\n"[..]));

    let board = fast();
    on(&board, &["rescue", "--undo", "--json"]).run().await.failed("nothing-to-undo");
    assert!(on(&board, &["rescue"]).text().await.contains("There is no main.py"));
    is_left_well(&board).await;
}
