//! Does the board take the password?

use std::time::Duration;

use boardwalk_protocol::webrepl::login::{Password, PasswordImpossible};
use boardwalk_transport::AskReason;
use futures::future::{BoxFuture, FutureExt as _};

use super::explain::{Way, explain};
use super::talk::{Live, Trouble};
use super::way;
use super::words::{remedies, why};
use crate::case::{Case, lock};
use crate::check::{Check, Need, Outcome};
use crate::code::Code;
use crate::finding::Finding;

pub(super) struct LogIn;

impl Check for LogIn {
    fn id(&self) -> &'static str {
        "login"
    }

    fn title(&self) -> &'static str {
        "Password"
    }

    fn needs(&self) -> &'static [Need] {
        &[Need::Over("direct"), Need::Over("tunnel")]
    }

    fn deadline(&self) -> Duration {
        Duration::from_secs(9)
    }

    fn run<'a>(&'a self, case: &'a Case) -> BoxFuture<'a, Outcome> {
        look(case).boxed()
    }
}

async fn look(case: &Case) -> Outcome {
    if case.is_open() {
        return Outcome::skipped("Not run, because the board is connected already.");
    }
    let tunnelled = matches!(*case.facts.live.lock().await, Some(Live::Talking(_)));
    if tunnelled || case.proxy_used().is_none() {
        let way = case.proxy_used().map_or(Way::Direct, Way::Through);
        let outcome = log_in(case, way).await;
        let halved = outcome.findings.iter().any(|finding| finding.code == Code::ProxyHalfRelay);
        if !halved || !by_the_direct_way(case).await {
            return outcome;
        }
        // The proxy keeps the password from the board: that is told, and what the board says to it as well.
        let beside = log_in(case, Way::Direct).await;
        return beside.findings.into_iter().fold(outcome, Outcome::and);
    }
    if !by_the_direct_way(case).await {
        return Outcome::skipped("Not run, because no handshake came about.");
    }
    let mut outcome = log_in(case, Way::Direct).await;
    outcome.because.push_str(" This was tried without the proxy.");
    outcome
}

/// The proxy leads nowhere and the direct way works: by that one it is seen whether something else is wrong as well.
async fn by_the_direct_way(case: &Case) -> bool {
    let works = lock(&case.facts.paths).iter().any(|path| path.through.is_none() && path.is_ok());
    let Some(url) = case.url().filter(|_| works) else { return false };
    for _ in 0..AGAIN {
        case.waiting("login", "the board, without the proxy");
        match way::again(case, url).await {
            Ok(conversation) => {
                *case.facts.live.lock().await = Some(Live::Talking(Box::new(conversation)));
                return true;
            }
            // The board has not noticed yet that the other connection is over.
            Err(trouble) if matches!(trouble.code, Some(Code::BusyOtherClient | Code::ClosedBeforeReply)) => {
                tokio::time::sleep(NOTICE).await;
            }
            Err(_) => return false,
        }
    }
    false
}

/// How often, and after how long, a board is asked again that still has its last client.
const AGAIN: usize = 3;
const NOTICE: Duration = Duration::from_millis(200);

async fn log_in(case: &Case, way: Way<'_>) -> Outcome {
    let mut live = case.facts.live.lock().await;
    let Some(Live::Talking(conversation)) = live.as_mut() else {
        return Outcome::skipped("Not run, because no handshake came about.");
    };
    let Some(target) = &case.target else { return Outcome::skipped("There is no address.") };
    // Asked only now: the board shows its prompt meanwhile.
    case.waiting("login", "the password that is kept for this board");
    let Some(secret) = case.world.passwords.ask(target, AskReason::Needed).await else {
        return Outcome::skipped(
            "Not run, because no password is known for this board: give one to have the rest looked at.",
        );
    };
    let password = match Password::new(secret.reveal()) {
        Ok(password) => password,
        Err(because) => return impossible(&because, secret.reveal()),
    };
    case.waiting("login", "the board's answer to the password");
    match conversation.log_in(&password).await {
        Ok(true) => Outcome::pass("The board took the password."),
        Ok(false) => {
            *live = None;
            let code = Code::WrongPassword;
            let finding = Finding::blocks(code, "The board did not accept the password.", why(code));
            Outcome::found(remedies(code, "").into_iter().fold(finding, Finding::remedy))
        }
        Err(trouble) => {
            *live = None;
            drop(live);
            explain(case, half_or_dead(trouble, way), way)
        }
    }
}

fn impossible(because: &PasswordImpossible, password: &str) -> Outcome {
    let code = Code::PasswordImpossible;
    let mut finding = Finding::blocks(code, because.to_string(), why(code));
    if !password.is_ascii() {
        finding = finding.advice(
            "A board counts bytes: a letter with an accent is two of its nine, a Chinese character three.",
        );
    }
    Outcome::found(remedies(code, because.help()).into_iter().fold(finding, Finding::remedy))
}

/// Without a proxy there is nobody who relays one way only: the connection died.
fn half_or_dead(trouble: Trouble, way: Way<'_>) -> Trouble {
    match (trouble.code, way) {
        (Some(Code::ProxyHalfRelay), Way::Direct) => Trouble { code: Some(Code::LinkSilent), ..trouble },
        _ => trouble,
    }
}
