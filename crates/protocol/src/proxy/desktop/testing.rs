//! What the tests of all desktops ask.

use crate::proxy::host::{Endpoint, Host};
use crate::proxy::route::Route;
use crate::proxy::settings::{Said, Settings};

fn said(settings: &Settings, url: &str) -> Said {
    let (scheme, host) = url.split_once("://").unwrap();
    settings.decide(&Endpoint { host: Host::parse(host), port: 8266, secure: scheme == "wss" })
}

pub(super) fn reason(settings: &Settings, url: &str) -> String {
    match said(settings, url) {
        Said::Nothing => "nothing".to_owned(),
        Said::Decision(decision) => decision.reason,
        Said::Script(place) => format!("script {place}"),
    }
}

pub(super) fn route(settings: &Settings, url: &str) -> String {
    match said(settings, url) {
        Said::Decision(decision) => match &decision.route {
            Route::Direct => "direct".to_owned(),
            Route::Proxies(_) => decision.route.proxy().map_or("direct".to_owned(), ToString::to_string),
        },
        other => format!("{other:?}"),
    }
}
