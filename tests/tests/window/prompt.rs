//! From the first start to an answer at the board's prompt.

use boardwalk_tests::{Board, Identity, PortsFile};

use crate::driver::Launch;
use crate::page::By;

#[tokio::test]
async fn types_at_the_prompt_of_the_demo_board() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let ports = PortsFile::create(folder.path().join("ports.json")).expect("a ports file");
    let identity = Identity::pico("e660").named("Demo board").demo();
    let _board = Board::unix().samples().listed(&ports, identity).start().expect("the board starts");
    let window = Launch::new().env("BOARDWALK_EXTRA_PORTS", folder.path().join("ports.json")).start().await;

    window.click(By::Role("button", "Connect: Demo board")).await;
    window.wait_for_text(By::TestId("status-state"), "Ready").await;
    window.click(By::Css(".xterm")).await;
    window.type_text("6*7\n").await;
    window.wait_for_text(By::Css(".xterm-rows"), "42").await;
    window.close().await;
}
