//! What stands between us and the board, when the board did not take our request.
//!
//! A board never reads the first line of a request (MicroPython's `webrepl.py` and, up to 1.19, `websocket_helper.py`:
//! "Skip HTTP GET line"); whoever reads HTTP has to, and has to refuse one that is none. So the whole handshake is sent
//! once more behind a first line that is no HTTP: a board, and everything that passes bytes, answers as before; a program
//! that writes requests anew answers for itself, and shows who it is and how it writes.

mod program;

use std::time::Duration;

use boardwalk_protocol::proxy::ProxyServer;

use super::trouble::Trouble;
use super::walk::{Oddity, Walk, Walked};
use crate::code::Code;
use crate::evidence::{ParsedReply, Path};

use program::{Answer, Letters, Program, received};

/// A program answers for itself at once; through an open tunnel even sooner, as the connection stands.
const AT_ONCE: Duration = Duration::from_millis(1500);
const IN_TUNNEL: Duration = Duration::from_millis(800);

/// What came of the handshake behind a first line that is no HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Second {
    /// as a board answers: 101
    Opened,
    /// the board's page
    Page,
    /// another answer
    Refused,
    HungUp,
    Silent,
    /// it did not come to that
    Nothing,
}

impl Walk<'_> {
    /// As [`Walk::by`]; where the board did not take the request, what is on the way is looked at as well. `known`:
    /// what a proxy does is proved by other means.
    pub(crate) async fn examined(self, proxy: Option<&ProxyServer>, known: bool) -> Walked {
        let mut walked = self.by(proxy).await;
        if let (Err(trouble), false) = (&walked.talk, known) {
            let first = walked.path();
            let found = match trouble.code {
                Some(Code::BoardServedPage | Code::HandshakeStripped) => {
                    self.behind_page(proxy, &first).await
                }
                Some(Code::SilentAfterRequest) => self.behind_silence(proxy).await,
                Some(Code::ClosedBeforeReply) => self.behind_closing(proxy, &first).await,
                _ => self.behind_status(proxy, &first).await,
            };
            if let Some(found) = found {
                walked.talk = Err(found);
            }
        }
        walked
    }

    /// The board's page: it is firmware 1.20 or newer, and missed one of three headers.
    async fn behind_page(self, proxy: Option<&ProxyServer>, first: &Path) -> Option<Trouble> {
        let page = received(first);
        let page = Answer::of(first, &page);
        let path = self.once_more(proxy, Oddity::FirstLine).await?;
        let (second, bytes) = (Second::of(&path), received(&path));
        let own = Answer::of(&path, &bytes).filter(|_| second == Second::Refused);
        let mark = page.and_then(|page| page.mark());
        let untouched = page.is_none_or(|page| page.head.headers.is_empty());
        // A board sends its page without a header, and it answers whatever the first line is.
        if mark.is_none() && matches!(second, Second::Page | Second::Silent | Second::Nothing) {
            return None;
        }
        // Whoever hung up may be gone: then it was not the line that it did not like.
        if second == Second::HungUp
            && Second::of(&self.once_more(proxy, Oddity::Nothing).await?) != Second::Page
        {
            return None;
        }
        let program = Program::recognised(own, page);
        let who = program.who();
        let proof = proof(second, own.map(|own| own.head), mark.as_deref());
        let (code, did) = match program.letters {
            Letters::Go => (
                Code::HandshakeRewritten,
                "and writes the names of headers as Go does: “Sec-WebSocket-Key” becomes “Sec-Websocket-Key”, which a board does not look for".to_owned(),
            ),
            Letters::Lower => (
                Code::HandshakeRewritten,
                "and writes the names of headers in small letters: “sec-websocket-key”, which a board does not look for".to_owned(),
            ),
            // One that takes out what holds for one connection (RFC 9110, 7.6.1) writes headers of its own on the way
            // back; one that passes answers as they come lets them switch protocols.
            _ if untouched => (
                Code::HandshakeRewritten,
                "and writes it anew: it passes answers on as they come, so it is not the upgrade that it took out; what a board looks for was written in another way, or left out".to_owned(),
            ),
            Letters::Kept => (Code::HandshakeStripped, program.strips().to_owned()),
            Letters::Unknown => (
                Code::HandshakeStripped,
                "and took the upgrade out of it, or renamed what asks for it: which of the two, the answer does not show".to_owned(),
            ),
        };
        Some(told(code, format!("{who} reads the request {did}. {proof}"), &program, mark))
    }

    /// Not a byte: a board that hangs, or firmware up to 1.19 that did not find `Sec-WebSocket-Key` in these letters.
    async fn behind_silence(self, proxy: Option<&ProxyServer>) -> Option<Trouble> {
        let path = self.once_more(proxy, Oddity::FirstLine).await?;
        let (second, bytes) = (Second::of(&path), received(&path));
        if !matches!(second, Second::Refused | Second::HungUp | Second::Opened) {
            return None;
        }
        let own = Answer::of(&path, &bytes).filter(|_| second == Second::Refused);
        let program = Program::recognised(own, None);
        let again = Second::of(&self.once_more(proxy, Oddity::Nothing).await?);
        let who = program.who();
        let proof = proof(second, own.map(|own| own.head), None);
        let (code, message) = match (program.letters, again) {
            // These pass the key on as it came. A board that took it, and whose 101 was dropped, has a client now.
            (Letters::Kept, Second::Refused | Second::HungUp) => (
                Code::HandshakeStripped,
                format!(
                    "{who} reads the request and took out of it what asks for the upgrade: it dropped the board's yes, and now the board has a client. {proof}"
                ),
            ),
            (Letters::Kept, _) => (
                Code::SilentAfterRequest,
                format!(
                    "{who} stands in front of the board, and nothing comes from there: the board hangs, or it is firmware up to 1.19 and its yes is dropped on the way. {proof}"
                ),
            ),
            (_, Second::Silent) => (
                Code::HandshakeRewritten,
                format!(
                    "{who} reads the request and writes it anew, and the board was silent: so is firmware up to 1.19 when “Sec-WebSocket-Key” arrives in other letters. (A board that hangs is silent as well.) {proof}"
                ),
            ),
            // It was busy and is not any more.
            _ => return None,
        };
        Some(told(code, message, &program, own.and_then(|own| own.mark()).or(program.name.clone())))
    }

    /// Closed without a byte. Firmware from 1.20 on does so only when a line of the request has no colon; that it is there,
    /// and has no other client, shows when it answers a plain request with its page.
    async fn behind_closing(self, proxy: Option<&ProxyServer>, first: &Path) -> Option<Trouble> {
        if first.parsed.reply.is_some() || !received(first).is_empty() {
            return None;
        }
        let path = self.once_more(proxy, Oddity::Plain).await?;
        let bytes = received(&path);
        let program = Program::recognised(None, Answer::of(&path, &bytes));
        let message = format!(
            "{} changes requests that ask for a WebSocket: the board hung up without a word, and to a plain request it answered with its page.",
            program.who()
        );
        (Second::of(&path) == Second::Page)
            .then(|| told(Code::HandshakeRewritten, message, &program, program.name.clone()))
    }

    /// An answer that no board gives: somebody answers in its place, perhaps to what a board said.
    async fn behind_status(self, proxy: Option<&ProxyServer>, first: &Path) -> Option<Trouble> {
        let bytes = received(first);
        let own = Answer::of(first, &bytes)?;
        let answered = format!("{} {}", own.head.status, own.head.reason);
        let program = Program::recognised(Some(own), None);
        let (who, mark) = (program.who(), own.mark());
        match own.head.status {
            // Nobody behind it; or a board up to 1.19, whose 101 comes as a surprise to a program that took the upgrade out
            // of the request. Such a board passes over in silence what has the key in small letters.
            500..=504 if at_once(first) && self.reaches_by(proxy, Oddity::SmallKey).await => {
                let message = format!(
                    "{who} reaches the board and took the upgrade out of the request: the board's yes came as “{}”, a request that such a board passes over in silence was met by silence.",
                    answered.trim()
                );
                Some(told(Code::HandshakeStripped, message, &program, mark))
            }
            500 | 503 if program.is_known() => {
                let message = format!(
                    "{who} stands in front of the board and does not reach it: it answered “{}”.",
                    answered.trim()
                );
                let help = "Check that the board is on, and that what stands in front of it leads to the board's address and port. Or connect to the board's own address.";
                let code = Some(Code::ProxyCannotReachBoard);
                Some(Trouble {
                    code,
                    message,
                    help: help.to_owned(),
                    detail: None,
                    mark,
                    of_the_proxy: false,
                    unspoken: false,
                })
            }
            400 | 403..=406 | 408..=499 | 501 | 505 if self.reaches_by(proxy, Oddity::Plain).await => {
                let message = format!(
                    "{who} does not let requests through that ask for a WebSocket: it answered “{}”, and with the board's page to a plain request.",
                    answered.trim()
                );
                Some(told(Code::HandshakeStripped, message, &program, mark))
            }
            _ => None,
        }
    }

    /// Whether a board answers, or is silent, to a request that asks for nothing.
    async fn reaches_by(self, proxy: Option<&ProxyServer>, oddity: Oddity) -> bool {
        let path = self.once_more(proxy, oddity).await;
        let second = path.map_or(Second::Nothing, |path| Second::of(&path));
        second == Second::Page || (second == Second::Silent && oddity == Oddity::SmallKey)
    }

    /// `None`: there is no time for it.
    async fn once_more(self, proxy: Option<&ProxyServer>, oddity: Oddity) -> Option<Path> {
        let most = if proxy.is_some() { IN_TUNNEL } else { AT_ONCE };
        let limits = self.limits.at_most(most);
        if limits.of(most) < most {
            return None;
        }
        Some(Walk { limits, oddity, ..self }.by(proxy).await.leave().await)
    }
}

/// A gateway that has waited has tried to connect.
fn at_once(path: &Path) -> bool {
    let asked = path.events.iter().filter(|event| event.sent).map(|event| event.at).max().unwrap_or_default();
    let answered = path.events.iter().filter(|event| !event.sent).map(|event| event.at).max();
    answered.is_some_and(|at| at.saturating_sub(asked) < AT_ONCE / 2)
}

impl Second {
    fn of(path: &Path) -> Self {
        let status = path.parsed.reply.as_ref().map(|reply| reply.status);
        match (Code::named(&path.code), status) {
            (_, Some(101)) => Self::Opened,
            (Some(Code::BoardServedPage | Code::HandshakeStripped), _) => Self::Page,
            (Some(Code::SilentAfterRequest), _) => Self::Silent,
            (Some(Code::ClosedBeforeReply | Code::ProxyAnswersBeforeDialling), None) => Self::HungUp,
            (_, Some(_)) | (Some(Code::NotHttp), _) => Self::Refused,
            _ => Self::Nothing,
        }
    }
}

fn proof(second: Second, own: Option<&ParsedReply>, mark: Option<&str>) -> String {
    let first_line = "a first line that no board reads";
    let said = match (second, own) {
        (Second::Refused, Some(own)) => {
            let reason = if own.reason.is_empty() { String::new() } else { format!(" {}", own.reason) };
            format!("It answered “{}{reason}” to {first_line}.", own.status)
        }
        (Second::Refused, None) => format!("It refused {first_line}."),
        (Second::HungUp, _) => format!("It hung up at {first_line}."),
        (Second::Opened, _) => {
            format!("Behind {first_line} the same headers went through: only HTTP is written anew.")
        }
        _ => String::new(),
    };
    match mark {
        Some(mark) if said.is_empty() => {
            format!("The board's page came with “{mark}”, which no board sends.")
        }
        Some(mark) => format!("{said} The board's page came with “{mark}”."),
        None => said,
    }
}

fn told(code: Code, message: String, program: &Program, mark: Option<String>) -> Trouble {
    let help = "Connect to the board's own address, past what stands in front of it. If that is a proxy, a VPN or a security program of this computer, let it leave the board's address alone.";
    let help = format!("{help} {}", program.advice).trim_end().to_owned();
    Trouble { code: Some(code), message, help, detail: None, mark, of_the_proxy: false, unspoken: false }
}
