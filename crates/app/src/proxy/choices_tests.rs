use std::path::PathBuf;
use std::sync::Arc;

use futures::future::BoxFuture;

use super::*;
use crate::connect::World;
use crate::host::Host;
use crate::secrets::Secrets;
use crate::secrets::tests::Memory;
use crate::wire::{AppEvent, NoArgs};

/// A front end in which nobody looks.
struct Nobody;

impl Host for Nobody {
    fn event(&self, _: AppEvent) {}

    fn choose_folder(&self) -> BoxFuture<'_, Option<PathBuf>> {
        Box::pin(std::future::ready(None))
    }

    fn choose_save(&self, _: String) -> BoxFuture<'_, Option<PathBuf>> {
        Box::pin(std::future::ready(None))
    }

    fn close_window(&self) {}

    fn language(&self) -> Option<String> {
        None
    }
}

async fn start(config: &std::path::Path) -> App {
    let mut world = World::system(None);
    world.secrets = Secrets::kept_in(Arc::new(Memory::default()));
    world.use_proxies([("http_proxy".into(), "http://env.test:1".into())]);
    App::start(Arc::new(Nobody), world, config.to_owned()).await
}

async fn route(app: &App, url: &str) -> String {
    let document = app.proxy_route(ProxyRouteOf { url: url.to_owned(), all: false }).await.unwrap();
    format!("{} {}", document.source, document.proxy.unwrap_or(document.route))
}

async fn choose(app: &App, url: Option<&str>, choice: Option<&str>) -> Result<ProxyChoices, AppError> {
    let (url, choice) = (url.map(str::to_owned), choice.map(str::to_owned));
    app.proxy_choose(ChooseProxy { url, choice }).await
}

#[tokio::test]
async fn choices_hold_at_once_and_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let (near, far) = ("ws://127.0.0.1:9000", "ws://203.0.113.5");
    let app = start(folder.path()).await;
    assert_eq!(app.proxy_choices(NoArgs {}).await.unwrap(), ProxyChoices::default());
    assert_eq!(route(&app, near).await, "lan direct");
    assert_eq!(route(&app, far).await, "environment http://env.test:1");
    choose(&app, None, Some("socks5://me@s.test")).await.unwrap();
    choose(&app, Some(near), Some("direct")).await.unwrap();
    for app in [&app, &start(folder.path()).await] {
        assert_eq!(route(app, near).await, "option direct");
        assert_eq!(route(app, far).await, "option socks5://s.test:1080");
        let proxies = app.0.world.proxies.as_ref().unwrap();
        let RouteChoice::Proxy(server) = RouteChoice::parse("socks5://s.test").unwrap().0 else { panic!() };
        assert_eq!(proxies.users.name_at(&server).await.as_deref(), Some("me"));
    }
    choose(&app, Some(near), None).await.unwrap();
    choose(&app, None, None).await.unwrap();
    assert_eq!(route(&app, near).await, "lan direct");
    assert_eq!(route(&app, far).await, "environment http://env.test:1");
    let choices = app.proxy_lan_bypass(SetLanBypass { on: false }).await.unwrap();
    assert_eq!(choices, ProxyChoices { lan_bypass: false, ..ProxyChoices::default() });
    assert_eq!(route(&start(folder.path()).await, near).await, "environment http://env.test:1");
    app.shut_down().await;
}

#[tokio::test]
async fn what_cannot_be_chosen_changes_nothing_and_is_kept_nowhere() {
    let folder = tempfile::tempdir().unwrap();
    let app = start(folder.path()).await;
    for (url, choice) in [
        (None, "http://me:secret@p.test:1"),
        (None, "gopher://p.test"),
        (None, "http://p.test:x"),
        (Some("/dev/ttyACM0"), "direct"),
        (Some("ws://"), "direct"),
    ] {
        let error = choose(&app, url, Some(choice)).await.unwrap_err();
        assert_eq!(error.code, "address-invalid");
        assert!(!format!("{error:?}").contains("secret"));
    }
    assert_eq!(app.proxy_choices(NoArgs {}).await.unwrap(), ProxyChoices::default());
    std::fs::write(
        folder.path().join("proxy.json"),
        br#"{"default": "gopher://x", "boards": {"ws://": "direct"}}"#,
    )
    .unwrap();
    assert_eq!(route(&start(folder.path()).await, "ws://203.0.113.5").await, "environment http://env.test:1");
}
