//! `repl`: by a pipe, and in a terminal as a person has it.

use std::{
    fs::File,
    process::{Command, Stdio},
};

use boardwalk_tests::Board;
use rustix::{
    fs::{Mode, OFlags},
    pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt},
    termios::{LocalModes, tcgetattr},
};
use tokio::time::timeout;

use crate::{
    board::{Reached, both_ways, every_way, fast, is_free, is_left_well, start},
    child::{PATIENCE, on},
    port::Port,
    program,
};

#[tokio::test]
async fn lines_from_a_pipe_are_typed_and_answered() {
    for board in every_way() {
        let text = on(&board, &["repl"]).input("1+1\r'a' * 3\r").text().await;
        assert!(text.contains(">>> 1+1\r\n2\r\n>>> 'a' * 3\r\n'aaa'\r\n>>> "), "{text:?}");
        is_left_well(&board).await;
    }
}

#[tokio::test]
async fn the_end_of_the_pipe_waits_for_the_last_answer() {
    for board in both_ways(Board::unix().unthrottled()) {
        let typed = "import time; time.sleep(0.6); print('do' + 'ne')\r";
        let text = on(&board, &["repl"]).input(typed).text().await;
        assert!(text.contains("\r\ndone\r\n>>> "), "{text:?}");
        is_left_well(&board).await;
    }
}

#[tokio::test]
async fn the_end_of_the_pipe_waits_behind_a_block() {
    let board = fast();
    let typed = "import time\rfor i in range(2): time.sleep(0.4); print('t' + str(i))\r\rinput()\rabc\r7*6\r";
    let text = on(&board, &["repl"]).input(typed).text().await;
    for answer in ["t0\r\nt1\r\n", "'abc'\r\n", "42\r\n>>> "] {
        assert!(text.contains(answer), "{answer:?} is not in {text:?}");
    }
    is_left_well(&board).await;
}

#[tokio::test]
async fn a_deadline_ends_a_pipe_whose_program_goes_on() {
    let board = fast();
    let done = on(&board, &["repl", "--timeout", "1.5"]).input("while True: pass\r\r").run().await;
    assert_eq!(done.code(), 1);
    assert!(done.err_text().contains("[timeout]"), "{}", done.err_text());
    is_free(&board).await;
    assert_eq!(on(&board, &["exec", "print(1)"]).ok().await, b"1\r\n");
}

#[tokio::test]
async fn a_person_types_sees_and_leaves() {
    let board = fast();
    let mut person = Person::at(&board);
    person.screen.expect(b"Ctrl-] leaves");
    person.screen.expect(b">>> ");
    person.screen.send(b"1+1\r");
    person.screen.expect(b"1+1\r\n2\r\n>>> ");
    person.screen.send(b"while True: pass\r\r");
    person.screen.expect(b"... ");
    // Ctrl-C is for the board, not for the program.
    person.screen.send(b"\x03");
    person.screen.expect(b"KeyboardInterrupt");
    person.screen.expect(b">>> ");
    person.screen.send(b"\x1d");
    assert_eq!(person.leaves().await, 0);
    is_left_well(&board).await;
}

#[tokio::test]
async fn a_running_program_is_watched_not_interrupted() {
    let board = start(Board::unix().unthrottled().running());
    let mut person = Person::at(&board);
    person.screen.expect(b"count ");
    person.screen.send(b"\x1d");
    assert_eq!(person.leaves().await, 0);
    is_free(&board).await;
    let mut port = Port::open(&board);
    port.expect(b"count ");
}

#[tokio::test]
async fn it_says_when_the_board_goes_and_when_it_is_back() {
    let folder = tempfile::tempdir().unwrap();
    let board = start(Board::unix().unthrottled().link(folder.path().join("board")));
    let mut person = Person::at(&board);
    person.screen.expect(b">>> ");
    board.unplug();
    person.screen.expect(b"unplugged");
    board.plug().unwrap();
    person.screen.expect(b"is back");
    person.screen.send(b"20 + 3\r");
    person.screen.expect(b"23\r\n>>> ");
    person.screen.send(b"\x1d");
    assert_eq!(person.leaves().await, 0);
}

/// Somebody at a terminal in which `boardwalk repl` runs.
struct Person {
    screen: Port,
    program: tokio::process::Child,
    terminal: File,
    cooked: LocalModes,
}

impl Person {
    fn at(board: &Reached) -> Self {
        let screen = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
        grantpt(&screen).unwrap();
        unlockpt(&screen).unwrap();
        let path = ptsname(&screen, Vec::new()).unwrap();
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
        let terminal = File::from(rustix::fs::open(path, flags, Mode::empty()).unwrap());
        let cooked = tcgetattr(&terminal).unwrap().local_modes;
        let end = || Stdio::from(terminal.try_clone().unwrap());
        let mut command = Command::new(program::boardwalk());
        command.args(["repl", &board.target()]).stdin(end()).stdout(end()).stderr(end());
        let program = tokio::process::Command::from(command).kill_on_drop(true).spawn().unwrap();
        rustix::io::ioctl_fionbio(&screen, true).unwrap();
        Self { screen: Port::of(screen.into()), program, terminal, cooked }
    }

    /// The program ends, and the terminal is as it was.
    async fn leaves(&mut self) -> i32 {
        let status = timeout(PATIENCE, self.program.wait()).await.expect("it leaves").unwrap();
        assert_eq!(tcgetattr(&self.terminal).unwrap().local_modes, self.cooked);
        status.code().unwrap()
    }
}
