//! The order of what decides: the person, the local network, the environment, the desktop.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use boardwalk_protocol::proxy::{OnLink, Settings};
use boardwalk_transport::{ReadSettings, RouteChoice, Routes as _, SystemRoutes, Way};

use super::world::{Desktop, World, route, routes, shown, url};

const CLASH: &[(&str, &str)] =
    &[("http_proxy", "http://127.0.0.1:7890"), ("all_proxy", "socks5://127.0.0.1:7891")];

fn home() -> World {
    let network = "192.168.1.0/24".parse().unwrap();
    World {
        networks: vec![OnLink { network, interface: "wlan0".to_owned(), tunnel: false }],
        ..World::default()
    }
}

fn choice(text: &str) -> RouteChoice {
    RouteChoice::parse(text).unwrap().0
}

async fn reason(routes: &SystemRoutes, text: &str) -> String {
    route(routes, text).await.decision.reason
}

#[tokio::test]
async fn boards_on_the_local_network_go_direct_until_somebody_says_otherwise() {
    let routes = routes(CLASH, Vec::new(), &home());
    for (board, sentence) in [
        ("ws://127.0.0.1:9000", "The board is on this computer, so no proxy is used."),
        ("ws://localhost:9000", "The board is on this computer, so no proxy is used."),
        ("ws://192.168.1.7", "The board is on this network (192.168.1.0/24, wlan0), so no proxy is used."),
        ("ws://10.1.2.3", "The board is in a private network (10.0.0.0/8), so no proxy is used."),
        ("ws://[fe80::8]", "The board is on this link (fe80::/10), so no proxy is used."),
        ("ws://[fd00::42]", "The board is in a private network (fc00::/7), so no proxy is used."),
    ] {
        let near = route(&routes, board).await;
        assert_eq!(
            (shown(&near.decision.route).as_str(), near.decision.source),
            ("direct", "lan"),
            "{board}"
        );
        assert_eq!(near.decision.reason, sentence);
        assert!(near.addresses.is_empty());
    }
    assert_eq!(
        reason(&routes, "ws://203.0.113.5").await,
        "http_proxy in the environment is http://127.0.0.1:7890."
    );
    routes.set_lan_bypass(false);
    for board in ["ws://127.0.0.1:9000", "ws://localhost:9000", "ws://192.168.1.7"] {
        assert_eq!(shown(&route(&routes, board).await.decision.route), "http://127.0.0.1:7890", "{board}");
    }
    routes.set_lan_bypass(true);
    assert_eq!(shown(&route(&routes, "ws://127.0.0.1:9000").await.decision.route), "direct");
}

#[tokio::test]
async fn names_are_decided_by_their_addresses() {
    let ip = |text: &str| vec![text.parse().unwrap()];
    let world = World {
        mdns: [("esp32.local".to_owned(), ip("192.168.1.7")), ("far.local".to_owned(), ip("2001:db8::7"))]
            .into(),
        system: [
            ("esp32.local".to_owned(), ip("198.18.0.4")),
            ("wild.local".to_owned(), ip("203.0.113.9")),
            ("os.local".to_owned(), ip("192.168.1.8")),
            ("board".to_owned(), ip("192.168.1.9")),
            ("b.test".to_owned(), ip("203.0.113.5")),
            ("fake.test".to_owned(), ip("198.18.0.5")),
        ]
        .into(),
        ..home()
    };
    let routes = routes(CLASH, Vec::new(), &world);
    for (board, way, said, address) in [
        (
            "esp32.local",
            "direct",
            "esp32.local (192.168.1.7) is on this network (192.168.1.0/24, wlan0)",
            "192.168.1.7:8266",
        ),
        ("far.local", "direct", "far.local (2001:db8::7) answers on this network", "[2001:db8::7]:8266"),
        ("os.local", "direct", "os.local (192.168.1.8) is on this network", "192.168.1.8:8266"),
        ("gone.local", "direct", "gone.local is a name of the local network, where nothing answers", ""),
        ("board", "direct", "board (192.168.1.9) is on this network", "192.168.1.9:8266"),
        // A resolver that answers everything says nothing of the local network, and a proxy is given the name.
        ("wild.local", "http://127.0.0.1:7890", "http_proxy in the environment", ""),
        ("b.test", "http://127.0.0.1:7890", "http_proxy in the environment", ""),
        ("fake.test", "http://127.0.0.1:7890", "http_proxy in the environment", ""),
        ("nobody.test", "http://127.0.0.1:7890", "http_proxy in the environment", ""),
    ] {
        let routed = route(&routes, &format!("ws://{board}")).await;
        assert_eq!(shown(&routed.decision.route), way, "{board}");
        assert!(routed.decision.reason.starts_with(said), "{}", routed.decision.reason);
        let addresses: Vec<String> = routed.addresses.iter().map(ToString::to_string).collect();
        assert_eq!(addresses.join(" "), address, "{board}");
    }
    // What only this computer can resolve, a proxy is given as an address.
    routes.choose(choice("http://p.test:3128"));
    let chosen = route(&routes, "ws://esp32.local").await;
    assert_eq!(shown(&chosen.decision.route), "http://p.test:3128");
    assert_eq!(chosen.addresses, ["192.168.1.7:8266".parse().unwrap()]);
}

#[tokio::test(start_paused = true)]
async fn resolvers_that_never_answer_do_not_stop_a_decision() {
    let routes = routes(CLASH, Vec::new(), &World { silent: true, ..home() });
    let began = tokio::time::Instant::now();
    for board in ["ws://gone.local", "ws://b.test", "ws://127.0.0.1"] {
        let _ = route(&routes, board).await;
        routes.choose(choice("direct"));
        let _ = route(&routes, board).await;
        routes.choose(choice("system"));
    }
    assert!(began.elapsed() < Duration::from_secs(30), "{:?}", began.elapsed());
}

#[tokio::test]
async fn what_a_person_chose_is_obeyed_and_counts_at_once() {
    let routes = routes(CLASH, Vec::new(), &home());
    routes.choose(choice("socks5://s.test:1080"));
    for board in ["ws://127.0.0.1:9000", "ws://192.168.1.7", "ws://b.test"] {
        let decision = route(&routes, board).await.decision;
        assert_eq!(
            (shown(&decision.route).as_str(), decision.source),
            ("socks5://s.test:1080", "option"),
            "{board}"
        );
    }
    let one = url("ws://192.168.1.7");
    routes.choose_for(&one, Some(RouteChoice::Direct));
    let own = route(&routes, "ws://192.168.1.7").await.decision;
    assert_eq!(
        (shown(&own.route).as_str(), own.source, own.reason.as_str()),
        ("direct", "option", "A direct connection was chosen.")
    );
    assert_eq!(shown(&route(&routes, "ws://192.168.1.8").await.decision.route), "socks5://s.test:1080");
    routes.choose_for(&one, None);
    assert_eq!(shown(&route(&routes, "ws://192.168.1.7").await.decision.route), "socks5://s.test:1080");
    routes.choose(RouteChoice::System);
    assert_eq!(route(&routes, "ws://192.168.1.7").await.decision.source, "lan");
}

#[tokio::test]
async fn the_desktop_counts_when_the_environment_says_nothing_and_its_changes_are_seen() {
    let proxy = Arc::new(Mutex::new("manual".to_owned()));
    let mode = Arc::clone(&proxy);
    let read = move || {
        let mode = mode.lock().unwrap().clone();
        let text = format!(
            "org.gnome.system.proxy mode '{mode}'\norg.gnome.system.proxy.http host 'p.test'\norg.gnome.system.proxy.http port 1\n"
        );
        Settings::from_gsettings(&text).ok_or_else(|| "it is broken".to_owned())
    };
    let desktop: Arc<dyn ReadSettings> = Arc::new(Desktop(Box::new(read)));
    let routes = routes(&[("no_proxy", "*")], vec![Arc::clone(&desktop)], &home());
    assert_eq!(
        reason(&routes, "ws://b.test").await,
        "http.host in the settings of GNOME is http://p.test:1."
    );
    "none".clone_into(&mut proxy.lock().unwrap());
    assert_eq!(reason(&routes, "ws://b.test").await, "No proxy is set.");
    "broken\norg.gnome.system.proxy mode broken".clone_into(&mut proxy.lock().unwrap());
    let broken = routes.all(&url("ws://b.test")).await;
    assert_eq!(broken[0].says, ["nothing is set"]);
    assert_eq!((broken[1].source, broken[1].says[0].as_str()), ("gnome", "not readable: it is broken"));
    assert_eq!(
        reason(&routes, "ws://b.test").await,
        "No proxy is set. The settings (gnome) could not be read: it is broken."
    );
    let both = super::world::routes(CLASH, vec![desktop], &home());
    assert_eq!(route(&both, "ws://b.test").await.decision.source, "environment");
    assert_eq!(both.all(&url("ws://b.test")).await.len(), 2);
}

#[tokio::test]
async fn tunnels_and_made_up_addresses_are_told() {
    let way = Some(Way { interface: "Meta".to_owned(), tunnel: true });
    let system = [("fake.test".to_owned(), vec!["198.18.0.5".parse().unwrap()])].into();
    let routes = routes(&[], Vec::new(), &World { way, system, ..home() });
    let remark = "The system sends it through Meta, a VPN or a proxy in TUN mode.";
    assert_eq!(reason(&routes, "ws://192.168.9.7").await, format!("No proxy is set. {remark}"));
    assert_eq!(
        reason(&routes, "ws://fake.test").await,
        format!("No proxy is set. Its address 198.18.0.5 is made up by a proxy in TUN mode. {remark}")
    );
    assert_eq!(reason(&routes, "ws://127.0.0.1").await, "No proxy is set.");
}

#[tokio::test]
async fn a_list_with_nonsense_is_used_and_its_nonsense_told() {
    let variables = [CLASH[0], ("no_proxy", "<x>, 10.0.0.0/99, b.test, \u{1b}[2J")];
    let routes = routes(&variables, Vec::new(), &home());
    assert_eq!(reason(&routes, "ws://b.test").await, "no_proxy in the environment names b.test.");
    let says = routes.all(&url("ws://b.test")).await.remove(0).says;
    assert_eq!(says.len(), 4, "{says:?}");
    assert!(says[3].contains("\\u{1b}[2J"), "{says:?}");
}

#[tokio::test]
async fn a_desktop_that_hangs_is_given_up() {
    struct Stuck(AtomicBool);
    impl ReadSettings for Stuck {
        fn name(&self) -> &'static str {
            "portal"
        }
        fn read<'a>(
            &'a self,
            _: &'a boardwalk_protocol::proxy::Endpoint,
        ) -> futures::future::BoxFuture<'a, Result<Settings, String>> {
            self.0.store(true, Ordering::Relaxed);
            Box::pin(std::future::pending())
        }
    }
    tokio::time::pause();
    let stuck = Arc::new(Stuck(AtomicBool::new(false)));
    let routes = routes(&[], vec![Arc::<Stuck>::clone(&stuck)], &home());
    let routed = routes.route(&url("ws://b.test")).await;
    assert!(stuck.0.load(Ordering::Relaxed));
    assert_eq!(
        routed.decision.reason,
        "No proxy is set. The settings (portal) could not be read: no answer in time."
    );
}
