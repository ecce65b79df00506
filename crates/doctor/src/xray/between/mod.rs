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

/// A program answers for itself at once.
const AT_ONCE: Duration = Duration::from_millis(1500);

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
                _ if refused_by_gateway(&first) => self.behind_gateway(proxy, &first).await,
                _ => None,
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
                "and writes it anew: it passes answers on as they come, so it did not take the upgrade out but wrote headers in other letters".to_owned(),
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
        // These pass the key on as it came: it is the board that is silent.
        if program.letters == Letters::Kept {
            return None;
        }
        // It may be that the board was busy and is not any more.
        let again = self.once_more(proxy, Oddity::Nothing).await?;
        if Second::of(&again) != Second::Silent {
            return None;
        }
        let who = program.who();
        let proof = proof(second, own.map(|own| own.head), None);
        let message = format!(
            "{who} reads the request and writes it anew, and the board was silent: so is firmware up to 1.19 when “Sec-WebSocket-Key” arrives in other letters. {proof}"
        );
        Some(told(Code::HandshakeRewritten, message, &program, None))
    }

    /// 502 and the like: nobody behind it, or a board up to 1.19, whose 101 comes as a surprise to a program that took the
    /// upgrade out of the request. The same with the key in small letters, which such a board passes over in silence.
    async fn behind_gateway(self, proxy: Option<&ProxyServer>, first: &Path) -> Option<Trouble> {
        let path = self.once_more(proxy, Oddity::SmallKey).await?;
        if !matches!(Second::of(&path), Second::Silent | Second::Page) {
            return None;
        }
        let bytes = received(first);
        let own = Answer::of(first, &bytes);
        let program = Program::recognised(own, None);
        let (who, head) = (program.who(), own.map(|own| own.head));
        let answered = head.map(|head| format!("{} {}", head.status, head.reason)).unwrap_or_default();
        let message = format!(
            "{who} reaches the board and took the upgrade out of the request: to the board's yes it said “{answered}”; a request that such a board passes over in silence was met by silence."
        );
        Some(told(Code::HandshakeStripped, message, &program, own.and_then(|own| own.mark())))
    }

    /// `None`: there is no time for it.
    async fn once_more(self, proxy: Option<&ProxyServer>, oddity: Oddity) -> Option<Path> {
        let limits = self.limits.at_most(AT_ONCE);
        if limits.of(AT_ONCE) < AT_ONCE {
            return None;
        }
        Some(Walk { limits, oddity, ..self }.by(proxy).await.leave().await)
    }
}

/// Only what comes at once: a gateway that has waited has tried to connect.
fn refused_by_gateway(path: &Path) -> bool {
    let asked = path.events.iter().filter(|event| event.sent).map(|event| event.at).max().unwrap_or_default();
    let took = path.events.last().map(|event| event.at.saturating_sub(asked)).unwrap_or_default();
    path.parsed.reply.as_ref().is_some_and(|reply| (500..=504).contains(&reply.status)) && took < AT_ONCE / 2
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
    Trouble { code: Some(code), message, help, detail: None, mark }
}
