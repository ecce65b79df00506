//! The line is cut at many bytes of a write, in both directions, with and without the board's power: the file is the old
//! one or the new one, as somebody sees who reads the flash and not the REPL.

use boardwalk_device::State;
use boardwalk_tests::{Board, Builder, Direction};

use crate::desk::{Desk, soon};

const POINTS: u64 = 6;

fn old() -> Vec<u8> {
    b"the old file\n".repeat(40)
}

fn new() -> Vec<u8> {
    (0..9000u32).map(|i| (i % 256) as u8).collect()
}

async fn cut_everywhere(way: Direction, board: Builder) {
    let desk = Desk::lasting(board.file("a.bin", old())).await;
    desk.is_ready().await;
    desk.works().await;
    desk.write("/b.bin", &old()).await.unwrap();
    let passed = |desk: &Desk| {
        let stats = desk.board.stats();
        if way == Direction::ToBoard { stats.to_board } else { stats.from_board }
    };
    let start = passed(&desk);
    desk.write("/b.bin", &new()).await.unwrap();
    let length = passed(&desk) - start;
    let (mut olds, mut news) = (0, 0);
    for i in 0..POINTS {
        // The last point lies at the very end, behind the rename.
        let at = length * i / (POINTS - 1) + i % 3;
        desk.board.cut_after(way, at);
        let end = desk.write("/a.bin", &new()).await;
        if end.is_ok() {
            // The end of it came in fewer bytes than the first time; the cut comes with the next work.
            let _ =
                desk.session.space(boardwalk_device::Consent::MayInterrupt, crate::desk::no_cancel()).await;
        }
        let stored = desk.board.read_file("a.bin").unwrap().expect("the file is there");
        if stored == new() {
            news += 1;
        } else {
            assert_eq!(stored, old(), "cut at {at} of {length}");
            assert!(end.is_err());
            olds += 1;
        }
        desk.board.unplug();
        desk.is("lost", |s| matches!(s, State::Reconnecting { .. })).await;
        desk.board.plug().unwrap();
        desk.is("back", State::is_connected).await;
        soon(desk.session.stop()).await.unwrap();
        desk.is_ready().await;
        desk.write("/a.bin", &old()).await.unwrap();
        let files = desk.board.files().unwrap();
        let names: Vec<&str> = files.keys().map(String::as_str).collect();
        assert_eq!(names, ["a.bin", "b.bin"], "no temporary file stays");
        assert_eq!(files["a.bin"], old());
    }
    assert!(olds >= 3, "{olds} old, {news} new");
}

#[tokio::test]
async fn on_the_way_to_the_board() {
    cut_everywhere(Direction::ToBoard, Board::unix().unthrottled()).await;
}

#[tokio::test]
async fn on_the_way_from_the_board() {
    cut_everywhere(Direction::FromBoard, Board::unix().unthrottled()).await;
}

#[tokio::test]
async fn on_the_way_to_the_board_together_with_its_power() {
    cut_everywhere(Direction::ToBoard, Board::unix().unthrottled().cut_takes_power()).await;
}
