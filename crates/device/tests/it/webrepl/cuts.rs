//! The connection is cut at many bytes of a write: the file is the old one or the new one, and the session that comes back
//! leaves no temporary file.

use boardwalk_device::{Consent, State};
use boardwalk_tests::{Board, Direction, Generation, WebRepl};

use super::{lasting, noise};
use crate::desk::{Desk, no_cancel, soon};

const POINTS: u64 = 9;

async fn cut_everywhere(way: Direction, generation: Generation) {
    let (old, new) = (b"the old file\n".repeat(40), noise(20_000));
    let desk = lasting(Board::unix().file("a.bin", old.clone()), WebRepl::new().generation(generation)).await;
    let net = desk.board.webrepl();
    let passed = |desk: &Desk| {
        let stats = desk.board.webrepl().stats();
        if way == Direction::ToBoard { stats.from_client } else { stats.to_client }
    };
    desk.write("/b.bin", &old).await.unwrap();
    let start = passed(&desk);
    desk.write("/b.bin", &new).await.unwrap();
    let length = passed(&desk) - start;
    let (mut olds, mut news) = (0, 0);
    for i in 0..POINTS {
        let logins = net.stats().logins;
        // The last point lies behind the end, so that the cut comes with the next work.
        let at = length * i / (POINTS - 1) + if i == POINTS - 1 { 40 } else { i % 3 };
        net.close_after(way, at);
        let end = desk.write("/a.bin", &new).await;
        if end.is_ok() {
            // Which comes now, if it has not come behind the rename.
            let _ = desk.session.space(Consent::MayInterrupt, no_cancel()).await;
        }
        soon(net.until(|s| s.logins > logins)).await;
        desk.is("back", State::is_connected).await;
        let stored = desk.board.read_file("a.bin").unwrap().expect("the file is there");
        if stored == new {
            news += 1;
        } else {
            assert!(stored == old && end.is_err(), "cut at {at} of {length}: {end:?}");
            olds += 1;
        }
        soon(desk.session.stop()).await.unwrap();
        desk.is_ready().await;
        // The first work on files tidies up.
        assert_eq!(desk.names("/").await, ["a.bin", "b.bin"], "cut at {at} of {length}");
        desk.write("/a.bin", &old).await.unwrap();
    }
    assert!(olds >= 2 && news >= 1, "{olds} old, {news} new");
}

#[tokio::test]
async fn on_the_way_to_a_new_board() {
    cut_everywhere(Direction::ToBoard, Generation::New).await;
}

#[tokio::test]
async fn on_the_way_to_an_old_board() {
    cut_everywhere(Direction::ToBoard, Generation::Old).await;
}

#[tokio::test]
async fn on_the_way_from_the_board() {
    cut_everywhere(Direction::FromBoard, Generation::New).await;
}
