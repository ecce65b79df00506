//! The board's files: genuine LittleFS on a small flash, read past the REPL.

use boardwalk_tests::{Board, BoardError};

use crate::client::Client;

#[test]
fn files_are_there_from_the_start_and_can_be_read_past_the_repl() {
    let board = Board::unix().file("lib/a b'\"\\.py", "x = 1\n").file("中文🙂.txt", "").start().unwrap();
    let mut client = Client::in_raw(&board);
    client.exec("import os; os.mkdir('d'); f = open('d/new', 'wb'); f.write(b'\\x00\\xff'); f.close()");
    let files = board.files().unwrap();
    let names: Vec<&str> = files.keys().map(String::as_str).collect();
    assert_eq!(names, ["d/", "d/new", "lib/", "lib/a b'\"\\.py", "中文🙂.txt"]);
    assert_eq!(files["d/new"], [0, 0xff]);
    assert_eq!(files["lib/a b'\"\\.py"], b"x = 1\n");
    assert_eq!(files["中文🙂.txt"], b"");
}

#[test]
fn ilistdir_gives_sizes() {
    let board = Board::unix().file("a.txt", "12345").start().unwrap();
    let (out, err) = Client::in_raw(&board).exec("import os; print(list(os.ilistdir('/')))");
    assert_eq!((out.as_str(), err.as_str()), ("[('a.txt', 32768, 0, 5)]\r\n", ""));
}

#[test]
fn a_full_disk_says_enospc_and_statvfs_knows() {
    let board = Board::unix().flash_kb(64).start().unwrap();
    let mut client = Client::in_raw(&board);
    let (out, _) = client.exec("import os; print(os.statvfs('/')[:4])");
    assert_eq!(out, "(4096, 4096, 16, 14)\r\n");
    let (_, err) = client.exec("f = open('big', 'wb')\nwhile True: f.write(bytes(1000))");
    assert!(err.contains("OSError: [Errno 28] ENOSPC") || err.contains("OSError: 28"), "{err}");
}

#[test]
fn flash_outlives_soft_and_hard_resets_and_power() {
    let board = Board::unix().start().unwrap();
    let mut client = Client::in_raw(&board);
    client.exec("f = open('kept', 'w'); f.write('yes'); f.close()");
    client.send(b"\x04");
    client.expect(b"soft reboot\r\nraw REPL; CTRL-B to exit\r\n>");
    assert_eq!(client.exec("print(open('kept').read())").0, "yes\r\n");
    drop(client);
    board.reset().unwrap();
    board.power_off();
    assert_eq!(board.read_file("kept").unwrap().unwrap(), b"yes");
    board.power_on().unwrap();
    assert_eq!(Client::in_raw(&board).exec("print(open('/kept').read())").0, "yes\r\n");
}

#[test]
fn what_was_not_closed_is_not_on_the_flash() {
    let board = Board::unix().file("a", "old").start().unwrap();
    let mut client = Client::in_raw(&board);
    client.exec("f = open('a', 'w'); f.write('new')");
    assert_eq!(board.read_file("a").unwrap().unwrap(), b"old");
    client.exec("f.close()");
    assert_eq!(board.read_file("a").unwrap().unwrap(), b"new");
}

#[test]
fn interrupts_never_tear_the_file_system() {
    let board = Board::unix().unthrottled().start().unwrap();
    let mut client = Client::in_raw(&board);
    let code = "i = 0\nwhile True:\n with open('f%d' % (i % 5), 'wb') as f: f.write(b'x' * 6000)\n i += 1\n if i == 3: print('go')";
    for _ in 0..40 {
        client.send(code.as_bytes());
        client.send(b"\x04");
        client.expect(b"OKgo\r\n");
        client.send(b"\x03\x03");
        client.expect(b"KeyboardInterrupt");
        client.expect(b"\x04>");
    }
    let check =
        "import os\nfor n in os.listdir(): assert set(open(n, 'rb').read()) <= {120}, n\nprint('sound')";
    assert_eq!(client.exec(check), ("sound\r\n".into(), String::new()));
    assert_eq!(board.stats().crashes, 0);
    assert_eq!(board.files().unwrap().len(), 5);
}

#[test]
fn a_folder_can_be_changed_from_outside_at_any_time() {
    let board = Board::unix().folder().file("a.txt", "1").start().unwrap();
    let mut client = Client::in_raw(&board);
    board.write_file("b.txt", b"22").unwrap();
    assert_eq!(client.exec("import os; print(sorted(os.listdir('/')))").0, "['a.txt', 'b.txt']\r\n");
    assert_eq!(board.folder().unwrap().join("b.txt").metadata().unwrap().len(), 2);
}

#[test]
fn flash_can_be_changed_from_outside_without_power() {
    let board = Board::unix().file("a.txt", "1").start().unwrap();
    assert!(matches!(board.write_file("b.txt", b"22"), Err(BoardError::NotPossible(_))));
    board.power_off();
    board.write_file("/b.txt", b"22").unwrap();
    board.power_on().unwrap();
    assert_eq!(
        Client::in_raw(&board).exec("import os; print(sorted(os.listdir()))").0,
        "['a.txt', 'b.txt']\r\n"
    );
}
