//! `testboard`, as a script drives it.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

struct Program {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
}

impl Program {
    fn start(arguments: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_testboard"));
        let mut child = command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (stdin, stdout) = (child.stdin.take(), BufReader::new(child.stdout.take().unwrap()));
        Self { child, stdin, stdout }
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.stdout.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    fn ask(&mut self, command: &str) -> String {
        writeln!(self.stdin.as_mut().unwrap(), "{command}").unwrap();
        self.line()
    }
}

#[test]
fn it_says_where_it_is_and_obeys() {
    let mut program = Program::start(&["--sample", "--baud", "none"]);
    let target = program.line();
    let path = target.strip_prefix("serial:").expect("a target").to_owned();
    assert!(Path::new(&path).exists());
    assert_eq!(program.ask("inject 414g"), "error: invalid digit found in string");
    assert_eq!(program.ask("garbage 20"), "ok");
    assert_eq!(program.ask("unplug"), "ok");
    let other = program.ask("plug elsewhere");
    assert!(other.starts_with("serial:") && other != target, "{other}");
    assert_eq!(program.ask("cut 10"), "ok");
    assert_eq!(program.ask("reset"), "ok");
    assert!(program.ask("stats").contains("\"boots\":2"));
    assert_eq!(program.ask("dance"), "error: unknown command: dance");
    program.stdin = None;
    assert!(program.child.wait().unwrap().success());
}

#[test]
fn it_speaks_json() {
    let mut program = Program::start(&["--json", "--board", "silent"]);
    let ready: serde_json::Value = serde_json::from_str(&program.line()).unwrap();
    assert_eq!(ready["target"], format!("serial:{}", ready["path"].as_str().unwrap()));
    assert_eq!(program.ask("unplug"), "{\"ok\":true}");
    writeln!(program.stdin.as_mut().unwrap(), "quit").unwrap();
    assert!(program.child.wait().unwrap().success());
}

#[cfg(target_os = "linux")]
#[test]
fn it_has_a_network() {
    let mut program = Program::start(&["--webrepl", "--webrepl-password", "other", "--generation", "old"]);
    assert!(program.line().starts_with("serial:"));
    let url = program.line();
    let address = url.strip_prefix("ws://").expect("a second target");
    assert_eq!(program.ask("network half-open"), "ok");
    assert_eq!(program.ask("network restore"), "ok");
    drop(std::net::TcpStream::connect(address).expect("somebody listens"));
    assert!(program.ask("clients").contains("\"listening\":true"));
    program.stdin = None;
    assert!(program.child.wait().unwrap().success());
}
