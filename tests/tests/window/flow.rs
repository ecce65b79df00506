//! What a person does on the first day, in the real window with a real MicroPython behind it.

use std::path::Path;

use boardwalk_tests::{Board, Builder, Identity, PortsFile};

use crate::driver::{Launch, Window};
use crate::page::By;

const SERIAL: &str = "E6614C311B7E6F35";
const ROW: By<'static> = By::Css("[data-testid=board-row][data-board-id='usb:2E8A:0005:E6614C311B7E6F35']");
const DEVICE: By<'static> = By::TestId("device-connect");

/// A window with one board plugged in, at its connect page.
async fn with_board(board: Builder, folder: Option<&Path>) -> (Window, Board, tempfile::TempDir) {
    let scratch = tempfile::tempdir().expect("a folder for the list of ports");
    let ports = PortsFile::create(scratch.path().join("ports.json")).expect("a list of ports");
    let board = board.listed(&ports, Identity::pico(SERIAL).named("Raspberry Pi Pico W")).start();
    let board = board.expect("a board");
    let mut launch = Launch::new().env("BOARDWALK_EXTRA_PORTS", ports.path());
    if let Some(folder) = folder {
        launch = launch.arg(folder.to_str().expect("a UTF-8 path"));
    }
    (launch.start().await, board, scratch)
}

async fn connected(board: Builder, folder: Option<&Path>) -> (Window, Board, tempfile::TempDir) {
    let (window, board, scratch) = with_board(board, folder).await;
    window.click(DEVICE).await;
    state(&window, "ready").await;
    (window, board, scratch)
}

/// Waits for the state of the board, as the list shows it.
pub(crate) async fn state(window: &Window, wanted: &str) {
    let row = format!("document.querySelector('[data-testid=board-row]')?.dataset.state === {wanted:?}");
    window.wait_for_script(&format!("the board is {wanted}"), &row).await;
}

/// Waits until the terminal shows a line.
pub(crate) async fn terminal_shows(window: &Window, line: &str) {
    let script = format!(
        "[...document.querySelectorAll('[data-testid=terminal] .xterm-rows > div')].some((row) => row.textContent.trimEnd() === {line:?})"
    );
    window.wait_for_script(&format!("the terminal shows the line {line:?}"), &script).await;
}

pub(crate) async fn type_in_terminal(window: &Window, text: &str) {
    window.click(By::Css("[data-testid=terminal] .xterm-screen")).await;
    window.type_text(text).await;
}

/// Replaces what is in the editor.
pub(crate) async fn write_in_editor(window: &Window, text: &str) {
    window.click(By::Css(".cm-content")).await;
    window.press("Control+a").await;
    window.press("Delete").await;
    for (number, line) in text.lines().enumerate() {
        if number > 0 {
            // The editor indents by itself; a new line begins at its left edge here.
            window.press("Enter").await;
            window.press("Shift+Home").await;
            window.press("Delete").await;
        }
        window.type_text(line).await;
        window.press("Escape").await;
    }
}

#[tokio::test]
async fn types_at_the_prompt() {
    let (window, _board, _scratch) = connected(Board::unix(), None).await;
    type_in_terminal(&window, "1+1\n").await;
    terminal_shows(&window, "2").await;
    window.close().await;
}

#[tokio::test]
async fn runs_a_program_that_reads_input_and_stops_one_that_never_ends() {
    let (window, _board, _scratch) = connected(Board::unix(), None).await;
    window.click(By::TestId("tab-new")).await;
    write_in_editor(&window, "name = input('who? ')\nprint('hello ' + name)").await;
    window.press("F5").await;
    terminal_shows(&window, "who?").await;
    type_in_terminal(&window, "ada\n").await;
    terminal_shows(&window, "hello ada").await;
    state(&window, "ready").await;

    write_in_editor(&window, "print('begun')\nwhile True: pass").await;
    window.press("F5").await;
    terminal_shows(&window, "begun").await;
    state(&window, "running").await;
    window.click(By::TestId("stop")).await;
    state(&window, "ready").await;
    terminal_shows(&window, "KeyboardInterrupt:").await;
    type_in_terminal(&window, "6*7\n").await;
    terminal_shows(&window, "42").await;
    window.close().await;
}

#[tokio::test]
async fn survives_unplugging() {
    let (window, board, _scratch) = connected(Board::unix(), None).await;
    board.unplug();
    state(&window, "lost").await;
    board.plug_elsewhere().expect("the board comes back");
    state(&window, "ready").await;
    type_in_terminal(&window, "20+3\n").await;
    terminal_shows(&window, "23").await;
    assert!(window.find_now(ROW).await.is_some(), "the same board, by its serial number");
    window.close().await;
}

/// Waits until the board itself, read without its prompt, holds the file (or does not).
pub(crate) async fn board_holds(window: &Window, board: &Board, name: &str, content: Option<&str>) {
    window
        .wait_for(&format!("{name} on the board is {content:?}"), async || {
            board.read_file(name).expect("the board's files") == content.map(|text| text.as_bytes().to_vec())
        })
        .await;
}

#[tokio::test]
async fn creates_edits_saves_renames_and_deletes_a_file_on_the_board() {
    let (window, board, _scratch) = connected(Board::unix(), None).await;
    window.click(By::TestId("board-new")).await;
    window.click(By::TestId("new-file")).await;
    window.fill(By::TestId("name-field"), "温度 sensor.py\n").await;
    window.find(By::Css("[data-testid=tab][data-path='/温度 sensor.py']")).await;
    board_holds(&window, &board, "温度 sensor.py", Some("")).await;

    write_in_editor(&window, "print('21 °C')").await;
    window.find(By::Css("[data-testid=tab][data-unsaved=true]")).await;
    window.press("Control+s").await;
    window.find(By::Css("[data-testid=tab][data-unsaved=false]")).await;
    board_holds(&window, &board, "温度 sensor.py", Some("print('21 °C')")).await;

    window.click(By::Css("[data-testid=tree-row][data-path='/温度 sensor.py']")).await;
    window.press("F2").await;
    window.fill(By::TestId("name-field"), "main.py\n").await;
    window.find(By::Css("[data-testid=tree-row][data-path='/main.py']")).await;
    window.find(By::Css("[data-testid=tab][data-path='/main.py']")).await;
    board_holds(&window, &board, "main.py", Some("print('21 °C')")).await;
    board_holds(&window, &board, "温度 sensor.py", None).await;

    window.click(By::Css("[data-testid=tree-row][data-path='/main.py']")).await;
    window.press("Delete").await;
    window.click(By::TestId("answer-delete")).await;
    window.gone(By::Css("[data-testid=tree-row][data-path='/main.py']")).await;
    board_holds(&window, &board, "main.py", None).await;
    window.close().await;
}

#[tokio::test]
async fn opens_saves_and_copies_between_folder_and_board() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("blink.py"), "print('on')\n").expect("a file");
    let (window, board, _scratch) = connected(Board::unix(), Some(folder.path())).await;
    window.double_click(By::Css("[data-testid=tree-row][data-side=folder][data-path='/blink.py']")).await;
    window.find(By::Css("[data-testid=tab][data-side=folder][data-path='/blink.py']")).await;
    window.click(By::Css(".cm-content")).await;
    window.press("Control+End").await;
    window.type_text("print('off')").await;
    window.press("Control+s").await;
    window.find(By::Css("[data-testid=tab][data-unsaved=false]")).await;
    let saved = std::fs::read_to_string(folder.path().join("blink.py")).expect("the saved file");
    assert_eq!(saved, "print('on')\nprint('off')");

    window.context_click(By::Css("[data-testid=tree-row][data-side=folder][data-path='/blink.py']")).await;
    window.click(By::TestId("entry-copy")).await;
    window.find(By::Css("[data-testid=tree-row][data-side=board][data-path='/blink.py']")).await;
    board_holds(&window, &board, "blink.py", Some(&saved)).await;
    window.close().await;
}

#[tokio::test]
async fn asks_before_unsaved_work_is_lost() {
    let (window, _board, _scratch) = connected(Board::unix(), None).await;
    window.click(By::TestId("tab-new")).await;
    write_in_editor(&window, "x = 1").await;
    window.click(By::TestId("tab-close")).await;
    window.find(By::Role("dialog", "")).await;
    window.press("Escape").await;
    window.gone(By::Role("dialog", "")).await;
    window.find(By::Css("[data-testid=tab][data-unsaved=true]")).await;
    window.close().await;
}

#[tokio::test]
async fn a_running_program_is_not_disturbed() {
    let running = "import time\nn = 0\nwhile True:\n    n += 1\n    print('tick', n)\n    time.sleep(0.05)\n";
    let (window, board, _scratch) = with_board(Board::unix().file("main.py", running), None).await;
    window.click(DEVICE).await;
    state(&window, "running").await;
    window.wait_for_text(By::Css("[data-testid=terminal] .xterm-rows"), "tick").await;
    window.click(By::TestId("files-stop")).await;
    state(&window, "ready").await;
    window.find(By::Css("[data-testid=tree-row][data-path='/main.py']")).await;
    board_holds(&window, &board, "main.py", Some(running)).await;
    window.close().await;
}
