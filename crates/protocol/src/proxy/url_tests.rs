use proptest::prelude::*;

use super::*;

fn shown(text: &str) -> String {
    match text.parse::<ProxyUrl>() {
        Ok(ProxyUrl { server, user: None }) => server.to_string(),
        Ok(ProxyUrl { server, user: Some(user) }) => format!("{server} {} {:?}", user.name, user.password),
        Err(error) => format!("{error:?}"),
    }
}

#[test]
fn every_way_to_write_a_proxy() {
    for (text, expected) in [
        ("http://127.0.0.1:7890", "http://127.0.0.1:7890"),
        (" http://P.Test:3128/ ", "http://p.test:3128"),
        ("p.test:3128", "http://p.test:3128"),
        ("p.test", "http://p.test:80"),
        ("p.test:", "http://p.test:80"),
        ("HTTPS://p.test", "https://p.test:443"),
        ("socks://s.test", "socks5://s.test:1080"),
        ("socks5h://s.test:7891", "socks5h://s.test:7891"),
        ("socks4a://s.test", "socks4://s.test:1080"),
        ("http://[::1]:7890", "http://[::1]:7890"),
        ("http://[::1]", "http://[::1]:80"),
        ("::1", "http://[::1]:80"),
        ("http://bücher.test:1", "http://xn--bcher-kva.test:1"),
        ("http://p.test:3128/path?x#y", "http://p.test:3128"),
        ("http://me@p.test:1", "http://p.test:1 me None"),
        ("http://me:@p.test:1", "http://p.test:1 me Some(\"\")"),
        ("http://me:p@ss:w%40rd%25@p.test:1", "http://p.test:1 me Some(\"p@ss:w@rd%\")"),
        ("http://m%C3%A9:100%@p.test:1", "http://p.test:1 mé Some(\"100%\")"),
        ("me:pw@p.test:1", "http://p.test:1 me Some(\"pw\")"),
        ("http://p.test:3128/@evil.test:1", "http://p.test:3128"),
    ] {
        assert_eq!(shown(text), expected, "{text}");
    }
}

#[test]
fn what_is_no_proxy_says_why_without_its_text() {
    let long = format!("http://{}", "a".repeat(3000));
    for (text, expected) in [
        ("ftp://p.test:1", "Scheme"),
        ("://p.test:1", "Scheme"),
        ("http://p.test:0", "Port"),
        ("http://p.test:65536", "Port"),
        ("http://p.test:+1", "Port"),
        ("http://p.test:port", "Port"),
        ("http://", "Host"),
        ("", "Host"),
        ("http://:3128", "Host"),
        ("http://me:secret@:3128", "Host"),
        ("http://[::1:3128", "Host"),
        ("http://[::1]3128", "Host"),
        ("http://1::2::3:80", "Host"),
        ("http://a b:1", "Host"),
        ("http://<p>:1", "Host"),
        ("http://me:%0d%0aX@p.test:1", "Broken"),
        ("http://me:%ff@p.test:1", "Broken"),
        ("http://p.test\r\n:1", "Broken"),
        (&long, "Broken"),
    ] {
        assert_eq!(shown(text), expected, "{text}");
    }
    let error = "http://me:secret@p.test:x".parse::<ProxyUrl>().err().unwrap();
    assert_eq!(error.code(), "address-invalid");
    assert!(!format!("{error} {error:?} {}", error.help()).contains("secret"));
}

proptest! {
    #[test]
    fn any_text_is_a_proxy_or_an_error(text in ".{0,80}") {
        if let Ok(url) = text.parse::<ProxyUrl>() {
            let again = url.server.to_string().parse::<ProxyUrl>().unwrap();
            prop_assert!(again.server == url.server && again.user.is_none());
        }
    }

    #[test]
    fn a_name_and_a_password_survive_their_encoding(name in "[^\\p{Cc}]{1,20}", password in "[^\\p{Cc}]{0,20}") {
        let encoded = |text: &str| text.bytes().map(|b| format!("%{b:02X}")).collect::<String>();
        let text = format!("http://{}:{}@p.test:1", encoded(&name), encoded(&password));
        let user = text.parse::<ProxyUrl>().ok().unwrap().user.unwrap();
        prop_assert_eq!((user.name, user.password), (name, Some(password)));
    }
}
