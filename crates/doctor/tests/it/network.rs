use std::io;
use std::sync::Arc;

use boardwalk_doctor::{Code, InterfaceKind, Neighbour, Os, Verdict, World};

use crate::built::{Names, Nets, Refuses, Silent, blocked, interface, report, world};

#[tokio::test]
async fn macos_refuses_the_local_network_at_once() {
    let dialler = Arc::new(Refuses(io::ErrorKind::HostUnreachable));
    let refused = World { os: Os::MacOs, dialler: dialler.clone(), ..world() };
    blocked(&report(refused, "ws://192.168.1.7").await, Code::LocalNetworkPermission);
    // Elsewhere the same error means what it says.
    blocked(&report(World { dialler, ..world() }, "ws://192.168.1.7").await, Code::HostUnreachable);
}

#[tokio::test(start_paused = true)]
async fn nobody_in_this_network_has_the_address() {
    let networks = Arc::new(Nets { neighbour: Neighbour::Missing, ..Nets::default() });
    let dialler = Arc::new(Silent);
    let missing = World { networks, dialler: dialler.clone(), ..world() };
    blocked(&report(missing, "ws://192.168.1.7").await, Code::HostUnreachable);
    blocked(&report(World { dialler, ..world() }, "ws://192.168.1.7").await, Code::NoAnswer);
}

#[tokio::test]
async fn a_machine_without_any_network() {
    let networks = Arc::new(Nets { interfaces: Vec::new(), source: Err(101), ..Nets::default() });
    blocked(&report(World { networks, ..world() }, "ws://10.0.0.7").await, Code::HostUnreachable);
}

#[tokio::test]
async fn a_machine_without_dns() {
    let report = report(World { resolver: Arc::new(Names(Vec::new())), ..world() }, "ws://esp32.local").await;
    blocked(&report, Code::NameNotFound);
}

#[tokio::test]
async fn two_hundred_interfaces() {
    let mut interfaces: Vec<_> = (0..200)
        .map(|n| interface(&format!("veth{n}"), InterfaceKind::Other, &format!("10.7.{n}.1")))
        .collect();
    interfaces.push(interface("eth0", InterfaceKind::Wired, "192.168.1.10"));
    let networks = Arc::new(Nets { interfaces, ..Nets::default() });
    blocked(&report(World { networks, ..world() }, "ws://192.168.1.7").await, Code::PortRefused);
}

#[tokio::test(start_paused = true)]
async fn a_check_that_hangs_leaves_the_cause_open() {
    struct Hangs;
    impl boardwalk_transport::Routes for Hangs {
        fn route<'a>(
            &'a self,
            _: &'a boardwalk_transport::WebReplUrl,
        ) -> futures::future::BoxFuture<'a, boardwalk_transport::Routed> {
            Box::pin(std::future::pending())
        }
    }
    let routes = Arc::new(Hangs);
    let dialler = Arc::new(Refuses(io::ErrorKind::Other));
    let report = report(World { routes, dialler, ..world() }, "ws://192.168.1.7").await;
    assert_eq!((report.verdict, report.cause), (Verdict::Unknown, None));
    assert!(report.explanation.contains("Route"), "{}", report.explanation);
}
