//! Networks of our own: a TUN as Clash makes it, a network that cannot be reached, one that swallows.

use std::process::{Command, Output};

use boardwalk_tests::proxies::{Namespace, ProxyError};

use crate::rows::Row;

/// Connects to the address in its argument; prints the name of the error, or the own address.
const CONNECT: &str = "import errno, socket, sys
s = socket.socket()
s.settimeout(float(sys.argv[2]))
try:
    s.connect((sys.argv[1], 8266))
    print(s.getsockname()[0])
except TimeoutError:
    print('silence')
except OSError as e:
    print(errno.errorcode[e.errno])
";
/// Which own address the kernel would use; nothing is sent.
const ROUTE: &str = "import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.connect((sys.argv[1], 8266))
print(s.getsockname()[0])
";

pub(super) fn rows() -> Vec<Row> {
    let available: Result<(), ProxyError> = Namespace::new().map(drop);
    let row = |name: &str, run: fn()| Row::new(format!("namespace/{name}"), &available, run);
    vec![
        row("nothing is there", || {
            let space = Namespace::new().unwrap();
            assert_eq!(python(&space, CONNECT, &["192.168.4.1", "5"]), "ENETUNREACH");
            assert_eq!(python(&space, CONNECT, &["127.0.0.1", "5"]), "ECONNREFUSED");
        }),
        row("a TUN takes what is not on a network of ours, and swallows it", || {
            let space = Namespace::new().unwrap();
            space.tun("Meta").unwrap();
            space.address("192.168.1.10/24").unwrap();
            assert_eq!(python(&space, ROUTE, &["10.1.2.3"]), "198.18.0.1");
            assert_eq!(python(&space, ROUTE, &["192.168.1.20"]), "192.168.1.10");
            assert_eq!(python(&space, CONNECT, &["10.1.2.3", "0.5"]), "silence");
        }),
        row("an unreachable network", || {
            let space = Namespace::new().unwrap();
            space.tun("Meta").unwrap();
            space.unreachable("10.8.0.0/16").unwrap();
            assert_eq!(python(&space, CONNECT, &["10.8.1.2", "5"]), "EHOSTUNREACH");
        }),
        row("loopback goes", || {
            let space = Namespace::new().unwrap();
            space.loopback(false).unwrap();
            assert_eq!(python(&space, CONNECT, &["127.0.0.1", "0.5"]), "silence");
        }),
        row("the machine's own network stays as it was", || {
            let space = Namespace::new().unwrap();
            space.tun("BoardwalkTun").unwrap();
            let outside = Command::new("ip").args(["link", "show", "BoardwalkTun"]).output().unwrap();
            assert!(!outside.status.success());
        }),
    ]
}

fn python(space: &Namespace, program: &str, arguments: &[&str]) -> String {
    let output: Output =
        space.command("python3").args(["-I", "-S", "-c", program]).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}
