//! Attaches to the board's USB and asks it, before it is tried over the network: afterwards we were its client.

use std::time::Duration;

use boardwalk_device::{Attach, Consent, DeviceError, Output, Session, SessionOptions, State, Terminal};
use boardwalk_transport::{SerialDial, SerialOptions, Target};
use futures::future::{BoxFuture, FutureExt as _};
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::questions::SCRIPTS;
use super::{Answers, Cable, Plugged, Recorder};
use crate::case::Case;
use crate::check::{Check, Need, Outcome};

pub(crate) struct Ask;

const OPEN: Duration = Duration::from_secs(3);
/// A session knows by then what the board does; a board that is booting gets 2.5 s from it.
const ATTACH: Duration = Duration::from_secs(4);
/// An ESP8266 needs the better part of a second to compile and run the questions.
const ANSWER: Duration = Duration::from_secs(4);
const BACK: Duration = Duration::from_secs(2);
/// More than this no board has to say, in bytes.
const ANSWER_MOST: usize = 4 * 1024;

impl Check for Ask {
    fn id(&self) -> &'static str {
        "usb-console"
    }

    fn title(&self) -> &'static str {
        "USB cable"
    }

    fn needs(&self) -> &'static [Need] {
        &[Need::Passed("address")]
    }

    fn deadline(&self) -> Duration {
        Duration::from_secs(14)
    }

    fn run<'a>(&'a self, case: &'a Case) -> BoxFuture<'a, Outcome> {
        look(case).boxed()
    }
}

async fn look(case: &Case) -> Outcome {
    let Some(cable) = &case.options.cable else {
        return Outcome::skipped("Not run before there is a reason to: no USB cable of this board is known.");
    };
    if case.is_open() {
        return Outcome::skipped("Not run, because the board is connected already.");
    }
    let (outcome, plugged) = plug(case, cable, "usb-console").await;
    *case.facts.cable.lock().await = plugged;
    outcome
}

/// Attaches to a cable and asks the board behind it. From then on what it prints is kept, also when it could not be asked.
pub(super) async fn plug(case: &Case, cable: &Cable, check: &'static str) -> (Outcome, Option<Plugged>) {
    let (session, port, recorder, own) = match cable {
        Cable::Open { session, port, says } => (session.clone(), port.clone(), Recorder::beside(says), false),
        Cable::Port(target) => {
            let port = target.serial_path().unwrap_or_default().to_owned();
            case.waiting(check, format!("{port} to open"));
            match open(case, target).await {
                Ok((session, terminal)) => (session, port, Recorder::of_terminal(terminal), true),
                Err(error) => {
                    let because = format!("The board at {port} could not be asked: {error}");
                    return (Outcome::crashed(because), None);
                }
            }
        }
    };
    case.waiting(check, "the board's answers over USB");
    let (outcome, answers) = match ask(case, &session).await {
        Ok(answers) => {
            let said = answers.sentence();
            let said = if said.is_empty() { "it did not say much".to_owned() } else { said };
            (Outcome::pass(format!("The board at {port} answered: {said}.")), Some(answers))
        }
        Err(DeviceError::ProgramRunning) => {
            let because =
                format!("A program runs on the board at {port}, so it was not asked, only listened to.");
            (Outcome::skipped(because), None)
        }
        Err(error) => (Outcome::crashed(format!("The board at {port} gave no answer: {error}")), None),
    };
    if answers.is_some() {
        recorder.clear();
    }
    let own = own.then_some(session);
    (outcome, Some(Plugged { port, answers, recorder, own }))
}

async fn open(case: &Case, target: &Target) -> Result<(Session, Terminal), DeviceError> {
    let options =
        SerialOptions { memory: case.world.lines.clone(), open_timeout: OPEN, ..SerialOptions::default() };
    let dial = SerialDial::new(target.clone(), case.world.ports.clone(), options);
    Session::open(dial, SessionOptions { attach: Attach::Gently, reconnect: false }).await
}

/// Asks a board at its prompt; one that runs a program only with consent.
async fn ask(case: &Case, session: &Session) -> Result<Answers, DeviceError> {
    let known = session.wait_for(|state| !matches!(state, State::Connecting(_)));
    let state = timeout(ATTACH, known).await.ok().flatten();
    let consent = match state {
        Some(State::Running { .. }) if case.options.may_interrupt => {
            session.stop().await?;
            Consent::MayInterrupt
        }
        Some(State::Running { .. }) => return Err(DeviceError::ProgramRunning),
        _ => Consent::LeaveRunning,
    };
    let mut heard = String::new();
    for script in SCRIPTS {
        match put(session, script, consent).await {
            Ok(said) => heard.push_str(&said),
            // What it has said already counts.
            Err(error) if heard.is_empty() => return Err(error),
            Err(_) => break,
        }
    }
    // Until it is back at its prompt for people, the session takes what is printed for a part of its own work.
    let back = session.wait_for(|state| !matches!(state, State::Busy { .. }));
    let _ = timeout(BACK, back).await;
    Answers::parse(&heard).ok_or_else(|| DeviceError::Timeout {
        what: "the board's answers",
        waited: ANSWER,
        got: heard.into_bytes(),
    })
}

/// Runs one script and gives what it printed. One that raises has said what it said.
async fn put(session: &Session, script: &'static str, consent: Consent) -> Result<String, DeviceError> {
    let (output, mut said) = mpsc::channel(16);
    let exec = session.exec(script, output, Some(ANSWER), consent, CancellationToken::new());
    let heard = async {
        let mut heard = Vec::new();
        while let Some(piece) = said.recv().await {
            if let Output::Stdout(bytes) = piece {
                let room = ANSWER_MOST.saturating_sub(heard.len());
                heard.extend_from_slice(&bytes[..bytes.len().min(room)]);
            }
        }
        heard
    };
    let (end, heard) = tokio::join!(exec, heard);
    end?;
    Ok(String::from_utf8_lossy(&heard).into_owned())
}
