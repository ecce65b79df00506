use std::time::Duration;

use super::*;
use crate::check::Outcome;

fn check(id: &'static str, findings: &[(Code, Weight)]) -> CheckReport {
    let outcome = findings.iter().fold(Outcome::pass("seen"), |outcome, &(code, weight)| {
        outcome.and(Finding::blocks(code, format!("saw {code}"), "why").weighing(weight))
    });
    CheckReport { id, title: id, outcome, took: Duration::ZERO }
}

fn judged(findings: &[(Code, Weight)]) -> (Verdict, Option<Code>) {
    let judgement = judge(&[check("all", findings)], true);
    (judgement.verdict, judgement.cause)
}

use Weight::{Blocks, Suspect, Warns};

#[test]
fn a_cause_explains_its_consequences() {
    for (findings, cause) in [
        (&[(NoAnswer, Blocks), (NotOnBoardNetwork, Suspect)][..], NotOnBoardNetwork),
        (&[(BoardServedPage, Blocks), (HandshakeRewritten, Blocks)], HandshakeRewritten),
        (&[(PortRefused, Suspect), (ProxyCannotReachBoard, Blocks)], PortRefused),
        (&[(PortRefused, Blocks), (WebreplNotRunning, Blocks), (WifiNotConnected, Blocks)], WifiNotConnected),
        (&[(NoPort, Blocks), (DriverMissing, Blocks), (BrlttyClaimsPort, Suspect)], BrlttyClaimsPort),
    ] {
        assert_eq!(judged(findings), (Verdict::Blocked, Some(cause)), "{findings:?}");
    }
}

#[test]
fn of_two_causes_the_earlier_on_the_way_is_named_and_the_other_is_said() {
    let findings = [(WrongPassword, Blocks), (ProxyAuthRequired, Blocks)];
    let judgement = judge(&[check("all", &findings)], false);
    assert_eq!(judgement.cause, Some(ProxyAuthRequired));
    assert!(judgement.explanation.contains(WrongPassword.title()), "{}", judgement.explanation);
}

#[test]
fn a_suspect_alone_is_no_alarm() {
    assert_eq!(judged(&[(TunRoute, Suspect), (NotOnBoardNetwork, Suspect)]), (Verdict::Ok, None));
    // It explains nothing of what happened.
    assert_eq!(judged(&[(TunRoute, Suspect), (WrongPassword, Blocks)]).1, Some(WrongPassword));
    assert_eq!(judged(&[(SlowWifi, Warns)]), (Verdict::Warning, Some(SlowWifi)));
}

#[test]
fn what_was_not_found_says_what_was_ruled_out() {
    let mut silent = check("Handshake", &[]);
    silent.outcome = Outcome::crashed("No answer within 8 s.");
    let judgement = judge(&[check("Name", &[]), silent], false);
    assert_eq!((judgement.verdict, judgement.cause), (Verdict::Unknown, None));
    assert!(judgement.explanation.contains("Name") && judgement.explanation.contains("Handshake"));
}

#[test]
fn a_check_that_failed_without_a_cause_is_said() {
    let mut bytes = check("Every byte", &[]);
    bytes.outcome.status = Status::Fail;
    let judgement = judge(&[check("Name", &[]), bytes], true);
    assert_eq!((judgement.verdict, judgement.cause), (Verdict::Ok, None));
    assert_eq!(judgement.summary, "The board connects, but “Every byte” did not go well.");
}

/// The answer must not depend on the order of findings, so no two causes may explain each other.
#[test]
fn explanations_do_not_go_in_circles() {
    fn reaches(from: Code, to: Code, depth: usize) -> bool {
        depth > 0
            && EXPLAINS
                .iter()
                .filter(|(of, _)| *of == from)
                .flat_map(|(_, effects)| *effects)
                .any(|&effect| effect == to || reaches(effect, to, depth - 1))
    }
    for &code in Code::ALL {
        assert!(!reaches(code, code, 12), "{code} explains itself in the end");
        assert!(EXPLAINS.iter().filter(|(of, _)| *of == code).count() <= 1, "{code} stands twice");
    }
}
