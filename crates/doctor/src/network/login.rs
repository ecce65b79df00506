//! Does the board take the password?

use std::time::Duration;

use boardwalk_protocol::webrepl::login::Password;
use boardwalk_transport::AskReason;
use futures::future::{BoxFuture, FutureExt as _};

use super::explain::{Way, explain};
use super::talk::{Live, Trouble};
use super::words::{remedies, why};
use crate::case::Case;
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
        Duration::from_secs(6)
    }

    fn run<'a>(&'a self, case: &'a Case) -> BoxFuture<'a, Outcome> {
        look(case).boxed()
    }
}

async fn look(case: &Case) -> Outcome {
    if case.options.open.as_ref().is_some_and(|session| session.state().borrow().is_connected()) {
        return Outcome::skipped("Not run, because the board is connected already.");
    }
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
        Err(because) => {
            let code = Code::PasswordImpossible;
            let finding = Finding::blocks(code, because.to_string(), why(code));
            return Outcome::found(remedies(code, because.help()).into_iter().fold(finding, Finding::remedy));
        }
    };
    case.waiting("login", "the board's answer to the password");
    let way = case.proxy_used().map_or(Way::Direct, Way::Through);
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

/// Without a proxy there is nobody who relays one way only: the connection died.
fn half_or_dead(trouble: Trouble, way: Way<'_>) -> Trouble {
    match (trouble.code, way) {
        (Some(Code::ProxyHalfRelay), Way::Direct) => Trouble { code: Some(Code::LinkSilent), ..trouble },
        _ => trouble,
    }
}
