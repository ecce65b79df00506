//! Status line and headers of a reply, read with the tolerance that HTTP asks for.

use super::Verdict;
use super::escape::shown;

/// More header lines than this are no reply but an attack.
const MAX_HEADERS: usize = 128;

/// The head of a reply, for people to look at. Its texts are escaped and cut ([`shown`]).
#[derive(Debug)]
pub struct Head {
    /// The status code.
    pub status: u16,
    /// The reason phrase.
    pub reason: String,
    headers: Vec<(String, Vec<u8>)>,
}

/// Where the head in `bytes` ends: behind its first empty line. Looks at nothing before `from`.
pub(super) fn end(bytes: &[u8], from: usize) -> Option<usize> {
    // RFC 9112 2.2: a lone LF may be taken for a line's end.
    (from..bytes.len())
        .find(|&at| bytes[at] == b'\n' && (bytes[..at].ends_with(b"\n") || bytes[..at].ends_with(b"\n\r")))
        .map(|at| at + 1)
}

impl Head {
    /// Parses a whole head, its empty line included.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, Verdict> {
        let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
        let mut reply = httparse::Response::new(&mut headers);
        let mut config = httparse::ParserConfig::default();
        // RFC 9112 5.2: a user agent takes a folded line as one with blanks in it.
        config.allow_obsolete_multiline_headers_in_responses(true);
        match config.parse_response(&mut reply, bytes) {
            Ok(httparse::Status::Complete(_)) => {}
            Err(httparse::Error::TooManyHeaders) => return Err(Verdict::HeadTooLong),
            Ok(httparse::Status::Partial) => return Err(malformed("the headers do not end", bytes)),
            Err(error) => return Err(malformed(what(error), bytes)),
        }
        Ok(Self {
            status: reply.code.unwrap_or_default(),
            reason: shown(reply.reason.unwrap_or_default().as_bytes()),
            headers: reply
                .headers
                .iter()
                .map(|header| (header.name.to_owned(), header.value.to_vec()))
                .collect(),
        })
    }

    /// Names and values in the order and the case in which they came.
    pub fn headers(&self) -> impl Iterator<Item = (&str, String)> {
        self.headers.iter().map(|(name, value)| (name.as_str(), shown(value)))
    }

    /// All values of a header, in any case of its name, trimmed.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> + 'a {
        let same = move |other: &str| other.eq_ignore_ascii_case(name);
        self.headers.iter().filter(move |(other, _)| same(other)).map(|(_, value)| value.trim_ascii())
    }

    /// The values of a header as text for people.
    pub(super) fn shown(&self, name: &str) -> Option<String> {
        let joined = self.all(name).collect::<Vec<_>>().join(&b", "[..]);
        self.all(name).next().map(|_| shown(&joined))
    }

    /// Whether a list header holds `token`, in any case.
    pub(super) fn has_token(&self, name: &str, token: &str) -> bool {
        self.all(name)
            .flat_map(|value| value.split(|&byte| byte == b','))
            .any(|item| item.trim_ascii().eq_ignore_ascii_case(token.as_bytes()))
    }

    /// The announced length of the body, in bytes.
    pub(super) fn content_length(&self) -> Option<usize> {
        std::str::from_utf8(self.all("content-length").next()?).ok()?.parse().ok()
    }
}

fn what(error: httparse::Error) -> &'static str {
    match error {
        httparse::Error::HeaderName => "a header line without a proper name and colon",
        httparse::Error::HeaderValue => "a control character in a header",
        httparse::Error::Status => "no status code",
        httparse::Error::Version => "no HTTP version",
        _ => "a stray line end",
    }
}

fn malformed(what: &'static str, bytes: &[u8]) -> Verdict {
    let lines = || bytes.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii);
    let folded = |line: &[u8]| line.is_empty() || line.contains(&b':');
    let line =
        if what.starts_with("a header line") { lines().skip(1).find(|line| !folded(line)) } else { None };
    let line = line.or_else(|| lines().find(|line| !line.is_empty())).unwrap_or_default();
    Verdict::MalformedHttp { what, line: shown(line) }
}
