use std::time::Duration;

use boardwalk_app::AppError;
use boardwalk_app::proxy::{ProxyDocument, proxy_document};
use boardwalk_transport::Target;

use crate::context::{Context, Failure, late};
use crate::output;

/// Twice what a decision and all sources may take.
const LIMIT: Duration = Duration::from_secs(20);

pub(crate) async fn proxy(context: &Context, url: &str, all: bool) -> Result<(), Failure> {
    let Target::WebRepl { url } = context.target(url)? else {
        return Err(Failure::Usage(AppError {
            code: "address-invalid".to_owned(),
            message: format!("{url} is a serial port, and there are no proxies on a cable."),
            help: "Give an address such as ws://192.168.4.1.".to_owned(),
            detail: String::new(),
        }));
    };
    let limit = context.common.timeout.unwrap_or(LIMIT);
    let document = tokio::select! {
        document = tokio::time::timeout(limit, proxy_document(&context.routes, &url, all)) => document,
        () = context.cancel.cancelled() => return Err(Failure::Told),
    };
    let document = document.map_err(|_| late("the route", limit))?;
    if context.common.json {
        output::json(&document);
    } else {
        output::line(&text(&document));
    }
    Ok(())
}

/// The document for people.
fn text(document: &ProxyDocument) -> String {
    let way = match (&document.proxy, &document.via) {
        (Some(proxy), Some(via)) => format!("through {proxy} ({via})"),
        _ => "directly".to_owned(),
    };
    let mut lines = vec![format!("{} goes {way}.", document.url), format!("  {}", document.reason)];
    for source in document.all.iter().flatten() {
        lines.extend(source.says.iter().map(|says| format!("  {:12} {says}", source.source)));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use boardwalk_app::proxy::SourceDocument;

    use super::*;

    #[test]
    fn the_way_comes_first_and_the_reason_after_it() {
        let mut document = ProxyDocument {
            url: "ws://b.test:8266".to_owned(),
            route: "proxy".to_owned(),
            proxy: Some("http://p.test:3128".to_owned()),
            via: Some("connect".to_owned()),
            source: "environment".to_owned(),
            reason: "http_proxy is it.".to_owned(),
            rule: "http_proxy".to_owned(),
            all: None,
        };
        assert_eq!(
            text(&document),
            "ws://b.test:8266 goes through http://p.test:3128 (connect).\n  http_proxy is it."
        );
        let says = vec!["nothing is set".to_owned()];
        let source = SourceDocument { source: "gnome".to_owned(), route: None, proxy: None, says };
        document.all = Some(vec![source]);
        (document.proxy, document.via) = (None, None);
        let shown = text(&document);
        assert!(
            shown.starts_with("ws://b.test:8266 goes directly.\n")
                && shown.ends_with("gnome        nothing is set")
        );
    }
}
