//! Which program it is that answers for a board, by what it says for itself.

use boardwalk_protocol::search::find;

use crate::evidence::{ParsedReply, Part, Path};

/// How a program writes the names of headers in a request that it passes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Letters {
    /// as they came
    Kept,
    /// as Go's net/http: `Sec-Websocket-Key`
    Go,
    Lower,
    Unknown,
}

/// A program between us and the board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Program {
    /// as it calls itself, escaped: `nginx/1.22.1`
    pub(super) name: Option<String>,
    pub(super) letters: Letters,
    /// what its owner can do
    pub(super) advice: &'static str,
}

/// What somebody answered.
#[derive(Debug, Clone, Copy)]
pub(super) struct Answer<'a> {
    pub(super) head: &'a ParsedReply,
    body: &'a [u8],
}

/// A word of `Server` or `Via` in lower case, what is known of letters, and what its owner can do. What Debian has was put
/// before a board (tests/tests/doctor/proxies.rs); the others as their documentation says.
const KNOWN: &[(&[&str], Letters, &str)] = &[
    (&["nginx", "openresty", "tengine", "angie", "kong"], Letters::Kept, NGINX),
    (&["apache"], Letters::Kept, APACHE),
    (&["haproxy"], Letters::Lower, HAPROXY),
    (&["squid", "tinyproxy", "privoxy", "mitmproxy"], Letters::Kept, ""),
    (&["lighttpd", "varnish", "ats", "apachetrafficserver"], Letters::Kept, ""),
    (&["caddy", "traefik"], Letters::Go, GO),
    (&["nghttpx"], Letters::Go, BYTES),
    (&["envoy", "istio-envoy", "hypercorn", "uvicorn"], Letters::Lower, BYTES),
];

const NGINX: &str = "If the nginx is yours: proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $http_connection; (with $http_connection, not “upgrade”).";
const APACHE: &str = "If the Apache is yours: ProxyPass \"/\" \"ws://BOARD:8266/\" (mod_proxy_wstunnel), or upgrade=websocket behind http://.";
const HAPROXY: &str = "If the haproxy is yours: mode tcp; or option h1-case-adjust-bogus-server in its backend, and in its global section h1-case-adjust for host, connection, upgrade, sec-websocket-key and sec-websocket-version.";
const GO: &str = "If it is yours, update it: newer ones leave the letters of WebSocket headers as RFC 6455 has them (caddy#6621, traefik#5397). Or let it pass bytes instead of HTTP.";
const BYTES: &str =
    "If it is yours, let it pass bytes instead of HTTP, or keep the letters of headers as they are.";

impl<'a> Answer<'a> {
    /// What was answered by this way, as far as it was HTTP. `bytes` are all that came.
    pub(super) fn of(path: &'a Path, bytes: &'a [u8]) -> Option<Self> {
        let head = path.parsed.reply.as_ref()?;
        let body = find(bytes, b"\r\n\r\n").map_or(&[][..], |at| &bytes[at + 4..]);
        Some(Self { head, body })
    }

    /// The first of these headers, as it came: `Server: Caddy`.
    pub(super) fn mark(&self) -> Option<String> {
        let header =
            |name: &str| self.head.headers.iter().find(|(other, _)| other.eq_ignore_ascii_case(name));
        let named = ["via", "server", "x-cache", "x-squid-error"].iter().find_map(|name| header(name));
        let (name, value) = named.or(self.head.headers.first())?;
        Some(format!("{name}: {value}"))
    }

    fn has(&self, name: &str, value: &str) -> bool {
        self.head.headers.iter().any(|(other, got)| other.eq_ignore_ascii_case(name) && got == value)
    }

    /// As net/http refuses what it cannot read (server.go, `conn.serve`).
    fn is_go(&self) -> bool {
        self.head.status == 400
            && self.has("content-type", "text/plain; charset=utf-8")
            && self.has("connection", "close")
            && self.body.starts_with(b"400 Bad Request")
    }

    /// As Node's http does (`_http_server.js`, `badRequestResponse`).
    fn is_node(&self) -> bool {
        self.head.status == 400
            && self.head.headers.len() == 1
            && self.has("Connection", "close")
            && self.body.is_empty()
    }

    /// Its pages for 400 and 503 (`http-errors`).
    fn is_haproxy(&self) -> bool {
        find(self.body, b"Your browser sent an invalid request.\n</body>").is_some()
            || find(self.body, b"No server is available to handle this request.\n</body>").is_some()
    }

    fn is_lower(&self) -> bool {
        let headers = &self.head.headers;
        !headers.is_empty() && headers.iter().all(|(name, _)| !name.bytes().any(|b| b.is_ascii_uppercase()))
    }

    fn words(&self) -> impl Iterator<Item = String> {
        let headers = self.head.headers.iter();
        let naming = headers.filter(|(name, _)| {
            ["server", "via", "x-squid-error"].iter().any(|naming| name.eq_ignore_ascii_case(naming))
        });
        let split = |c: char| !(c.is_ascii_alphanumeric() || c == '-');
        naming.flat_map(move |(name, value)| {
            let squid = name.eq_ignore_ascii_case("x-squid-error").then(|| "squid".to_owned());
            value.split(split).map(str::to_ascii_lowercase).chain(squid).collect::<Vec<_>>()
        })
    }
}

impl Program {
    /// For the beginning of a sentence.
    pub(super) fn who(&self) -> String {
        match &self.name {
            Some(name) => format!("A program on the way ({name})"),
            None => "A program on the way".to_owned(),
        }
    }

    /// One of those that stand in front of others.
    pub(super) fn is_known(&self) -> bool {
        self.letters != Letters::Unknown
    }

    /// How one that keeps the letters takes the upgrade away.
    pub(super) fn strips(&self) -> &'static str {
        if self.advice == NGINX {
            "and did not pass on what asks for the upgrade as a board wants it: nginx leaves “Upgrade” and “Connection” out unless it is told otherwise, and the “upgrade” in small letters of its documentation is not what a board looks for"
        } else {
            "and did not pass on what asks for the upgrade as a board wants it"
        }
    }

    /// By what it says itself (`own`: in the place of the board; `beside`: the headers that it adds to the board's answer).
    pub(super) fn recognised(own: Option<Answer<'_>>, beside: Option<Answer<'_>>) -> Self {
        let both = || beside.into_iter().chain(own);
        let server = |answer: Answer<'_>| {
            let header = answer.head.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("server"));
            header.map(|(_, value)| value.clone()).filter(|value| !value.is_empty())
        };
        let said = both().find_map(server);
        for (words, letters, advice) in KNOWN {
            let word = both().find_map(|answer| answer.words().find(|word| words.contains(&word.as_str())));
            if let Some(word) = word {
                let name = said.clone().unwrap_or(word);
                return Self { name: Some(name), letters: *letters, advice };
            }
        }
        let of = |name: &str, letters, advice| Self {
            name: Some(said.clone().unwrap_or_else(|| name.to_owned())),
            letters,
            advice,
        };
        match own {
            Some(own) if own.is_haproxy() => of("haproxy", Letters::Lower, HAPROXY),
            Some(own) if own.is_go() => of("a program written in Go", Letters::Go, GO),
            // Its programs see the names in lower case, and pass them on so (`message.headers`).
            Some(own) if own.is_node() => of("a program on Node.js", Letters::Lower, BYTES),
            _ if both().any(|answer| answer.is_lower()) => {
                Self { name: said, letters: Letters::Lower, advice: BYTES }
            }
            _ => Self { name: said, letters: Letters::Unknown, advice: "" },
        }
    }
}

/// All that came as HTTP.
pub(super) fn received(path: &Path) -> Vec<u8> {
    let came = path.events.iter().filter(|event| !event.sent && event.what == Part::Http);
    came.flat_map(|event| event.bytes.iter().copied()).collect()
}

#[cfg(test)]
mod tests {
    use boardwalk_protocol::websocket::handshake::{ReplyReader, Request};

    use super::*;

    fn of(own: &str, beside: &str) -> (Option<String>, Letters) {
        let head = |text: &str| {
            let mut reader = ReplyReader::new(&Request::new("board", "/", [0; 16]));
            reader.feed(text.as_bytes());
            reader.head().map(ParsedReply::of)
        };
        let (own_head, beside_head) = (head(own), head(beside));
        let body = |text| find(text, b"\r\n\r\n").map_or(&b""[..], |at| &text[at + 4..]);
        let program = Program::recognised(
            own_head.as_ref().map(|head| Answer { head, body: body(own.as_bytes()) }),
            beside_head.as_ref().map(|head| Answer { head, body: body(beside.as_bytes()) }),
        );
        (program.name, program.letters)
    }

    fn named(name: &str, letters: Letters) -> (Option<String>, Letters) {
        (Some(name.to_owned()), letters)
    }

    #[test]
    fn programs_say_who_they_are_and_some_show_it() {
        let go = "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n400 Bad Request";
        assert_eq!(of(go, ""), named("a program written in Go", Letters::Go));
        assert_eq!(of(go, "HTTP/1.1 200 OK\r\nServer: Caddy\r\n\r\n<p>"), named("Caddy", Letters::Go));
        let node = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n";
        assert_eq!(of(node, ""), named("a program on Node.js", Letters::Lower));
        let haproxy = "HTTP/1.1 400 Bad request\r\nConnection: close\r\n\r\n<html><body><h1>400 Bad request</h1>\nYour browser sent an invalid request.\n</body></html>\n";
        assert_eq!(of(haproxy, ""), named("haproxy", Letters::Lower));
        let nginx = "HTTP/1.1 400 Bad Request\r\nServer: nginx/1.22.1\r\nConnection: close\r\n\r\n";
        assert_eq!(of(nginx, ""), named("nginx/1.22.1", Letters::Kept));
        assert_eq!(
            of("", "HTTP/1.1 200 OK\r\nVia: 1.1 x (squid/5.7)\r\n\r\n<p>"),
            named("squid", Letters::Kept)
        );
    }

    #[test]
    fn small_letters_give_themselves_away() {
        let hyper = "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\ndate: today\r\n\r\n";
        assert_eq!(of(hyper, ""), (None, Letters::Lower));
        assert_eq!(of("", "HTTP/1.1 200 OK\r\nserver: proxy\r\n\r\n<p>"), named("proxy", Letters::Lower));
        let other = "HTTP/1.1 400 No\r\nServer: Other\r\n\r\n";
        assert_eq!(of(other, ""), named("Other", Letters::Unknown));
        assert_eq!(of("", ""), (None, Letters::Unknown));
    }
}
