//! A board at USB that nobody named, asked when the network has failed.

use boardwalk_doctor::{Code, Event, Options, Verdict, World, diagnose};
use boardwalk_tests::{Board, Identity, PortsFile};
use boardwalk_transport::PortSource;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::built;
use crate::cable::PATIENCE;

/// Nobody listens there.
const TARGET: &str = "ws://127.0.0.1:1";

struct Plugged {
    board: Board,
    world: World,
    _folder: tempfile::TempDir,
}

/// A Pico without WebREPL at the only port.
fn plugged() -> Plugged {
    let folder = tempfile::tempdir().unwrap();
    let ports = PortsFile::create(folder.path().join("ports.json")).unwrap();
    let board =
        Board::unix().unique_id("aa01").listed(&ports, Identity::pico("A").named("Pico")).start().unwrap();
    let world = World { ports: PortSource::none().with_extra_file(ports.path()), ..built::world() };
    Plugged { board, world, _folder: folder }
}

#[tokio::test]
async fn by_its_id_it_is_this_board_or_another_one() {
    let plugged = plugged();
    let seen = async |unique_id: Option<&str>| {
        let options = Options { unique_id: unique_id.map(str::to_owned), ..Options::default() };
        let report = built::with(plugged.world.clone(), TARGET, options).await;
        assert_eq!(report.verdict, Verdict::Blocked);
        timeout(PATIENCE, plugged.board.until(|stats| stats.open == 0)).await.unwrap();
        (report.cause, boardwalk_doctor::text(&report))
    };
    assert_eq!(seen(Some("AA01")).await.0, Some(Code::WebreplNotInFirmware));
    let (cause, text) = seen(Some("bb02")).await;
    assert!(cause == Some(Code::PortRefused) && text.contains("is another one"), "{text}");
    // Nobody ever reached a board without WebREPL at an address.
    let (cause, text) = seen(None).await;
    assert!(cause == Some(Code::PortRefused) && text.contains("no WebREPL"), "{text}");
}

#[tokio::test]
async fn a_cancel_while_it_is_asked_gives_the_port_back() {
    let Plugged { board, world, _folder } = plugged();
    let (events, mut told) = mpsc::channel(64);
    let cancel = CancellationToken::new();
    let asked = tokio::spawn({
        let cancel = cancel.clone();
        async move { diagnose(Some(TARGET), world, Options::default(), Some(events), cancel).await }
    });
    // It is told in the moment before the board is asked: its answers are some round trips away.
    let asks = |event: &Option<Event>| match event {
        Some(Event::Waiting { what, .. }) => what.contains("answers over USB"),
        _ => false,
    };
    timeout(PATIENCE, async { while !asks(&told.recv().await) {} }).await.unwrap();
    cancel.cancel();
    let read = async { while told.recv().await.is_some() {} };
    let (report, ()) = tokio::join!(asked, read);
    assert!(report.unwrap().checks.iter().any(|check| check.outcome.because.contains("cancelled")));
    timeout(PATIENCE, board.until(|stats| stats.opened > 0 && stats.open == 0)).await.unwrap();
    // It can be used at once.
    let target = board.target();
    let again = built::report(World::system(), &target);
    let again = timeout(PATIENCE, again).await.unwrap();
    assert_eq!(again.verdict, Verdict::Ok, "{}", boardwalk_doctor::text(&again));
}
