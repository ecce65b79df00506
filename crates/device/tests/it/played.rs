//! Far ends that do what no board here can be made to do.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use boardwalk_device::{Attach, Consent, DeviceError, Session, SessionOptions, State};

use crate::desk::{exec, no_cancel, soon};
use crate::far_end::{FarEnd, Lines, is_ready, session};

const BANNER: &[u8] = b"raw REPL; CTRL-B to exit\r\n>";
const GREETING: &[u8] =
    b"\r\nMicroPython v1.27.0 on 2025-12-09; Pico\r\nType \"help()\" for more information.\r\n>>> ";

/// More than may go without flow control.
fn long(code: &str) -> String {
    format!("{code} # {}", "long ".repeat(60))
}

/// Answers one exec by raw-paste, and gives the code.
async fn runs(end: &mut FarEnd, prints: &[u8]) -> Vec<u8> {
    end.hears(b"\x05A\x01").await;
    end.says(b"R\x01\x80\x00\x01\x01").await;
    let code = end.hears(b"\x04").await;
    end.says(&[b"\x04", prints, b"\x04\x04>"].concat()).await;
    code
}

async fn leaves(end: &mut FarEnd) {
    end.hears(b"\x02").await;
    end.says(GREETING).await;
}

#[tokio::test]
async fn the_other_line_policy_is_tried_when_nothing_comes() {
    let (lines, mut ends) = Lines::new(2);
    let swaps = Arc::clone(&lines.swaps);
    let options = SessionOptions { attach: Attach::Gently, reconnect: false };
    let (session, _terminal) = Session::open(lines, options).await.unwrap();
    let mut second = ends.pop().unwrap();
    second.greets().await;
    is_ready(&session).await;
    assert_eq!(swaps.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_board_that_is_gone_when_the_other_policy_is_tried() {
    let (lines, _ends) = Lines::new(1);
    let options = SessionOptions { attach: Attach::Gently, reconnect: false };
    let (session, _terminal) = Session::open(lines, options).await.unwrap();
    assert!(soon(session.wait_for(|s| *s == State::Closed)).await.is_some());
    let late = soon(session.list("/", Consent::LeaveRunning, no_cancel())).await;
    assert_eq!(late.unwrap_err().code(), "no-port");
}

#[tokio::test]
async fn a_board_that_refuses_raw_paste_with_and_without_a_prompt() {
    for refusal in [&b"R\x00"[..], b"R\x00>"] {
        let (session, _terminal, mut ends) = session(1, false).await;
        let mut end = ends.pop().unwrap();
        end.greets().await;
        is_ready(&session).await;
        let play = async {
            end.hears(b"\x01").await;
            end.says(BANNER).await;
            end.hears(b"\x05A\x01").await;
            end.says(refusal).await;
            assert_eq!(end.hears(b"\x04").await, long("print(6*7)").as_bytes());
            end.says(b"OK42\r\n\x04\x04>").await;
            leaves(&mut end).await;
        };
        let code = long("print(6*7)");
        let run = exec(&session, &code, None, no_cancel());
        let ((result, out), ()) = tokio::join!(run, play);
        assert_eq!(result.unwrap().exception, None);
        assert_eq!(out, b"42\r\n");
        is_ready(&session).await;
    }
}

/// A timer prints in front of the answer to the raw-paste request.
#[tokio::test]
async fn what_a_timer_prints_before_the_answer_is_no_answer() {
    let (session, _terminal, mut ends) = session(1, false).await;
    let mut end = ends.pop().unwrap();
    end.greets().await;
    is_ready(&session).await;
    let play = async {
        end.hears(b"\x01").await;
        end.says(BANNER).await;
        end.hears(b"\x05A\x01").await;
        end.says(b"tick\r\nR\x01\x80\x00\x01\x01").await;
        end.hears(b"\x04").await;
        end.says(b"\x0442\r\n\x04\x04>").await;
        leaves(&mut end).await;
    };
    let code = long("print(6*7)");
    let run = exec(&session, &code, None, no_cancel());
    let ((result, out), ()) = tokio::join!(run, play);
    assert_eq!((result.unwrap().exception, out), (None, b"42\r\n".to_vec()));
    is_ready(&session).await;
}

/// Noise before the program has begun ends in a typed error, and the next work finds its way.
#[tokio::test]
async fn noise_ends_in_an_error_and_the_next_work_works() {
    let noise: Vec<u8> = (0..400).map(|i| 128 + (i % 100) as u8).collect();
    for place in 0..3 {
        let (session, _terminal, mut ends) = session(1, false).await;
        let mut end = ends.pop().unwrap();
        end.greets().await;
        is_ready(&session).await;
        let play = async {
            end.hears(b"\x01").await;
            end.says(BANNER).await;
            end.hears(b"\x05A\x01").await;
            if place > 0 {
                end.says(b"R\x01\x80\x00\x01\x01").await;
            }
            if place > 1 {
                end.hears(b"\x04").await;
            }
            end.says(&noise).await;
            // It is asked for the raw REPL again, with a word that tells old answers from new ones.
            end.hears(b"\x03\x01").await;
            end.says(BANNER).await;
            end.hears(b"\x03print('board'+'walk')\x04").await;
            end.says(b"OKboardwalk\r\n\x04\x04>").await;
            leaves(&mut end).await;
            end.hears(b"\x01").await;
            end.says(BANNER).await;
            assert_eq!(runs(&mut end, b"ok\r\n").await, long("print('ok')").as_bytes());
            leaves(&mut end).await;
        };
        let work = async {
            let (first, _) = exec(&session, &long("print(6*7)"), None, no_cancel()).await;
            assert!(matches!(first, Err(DeviceError::Garbled { .. })), "{place}: {first:?}");
            is_ready(&session).await;
            let (second, out) = exec(&session, &long("print('ok')"), None, no_cancel()).await;
            assert_eq!((second.unwrap().exception, out), (None, b"ok\r\n".to_vec()), "{place}");
        };
        tokio::join!(work, play);
        is_ready(&session).await;
    }
}

/// A firmware that leaves the raw REPL without a greeting, as forks do.
#[tokio::test]
async fn a_prompt_without_a_greeting() {
    let (session, _terminal, mut ends) = session(1, false).await;
    let mut end = ends.pop().unwrap();
    end.greets().await;
    is_ready(&session).await;
    let play = async {
        end.hears(b"\x01").await;
        end.says(BANNER).await;
        runs(&mut end, b"1\r\n").await;
        end.hears(b"\x02").await;
        end.says(b"\r\n>>> ").await;
    };
    let code = long("print(1)");
    let run = exec(&session, &code, None, no_cancel());
    let ((result, _), ()) = tokio::join!(run, play);
    assert_eq!(result.unwrap().exception, None);
    is_ready(&session).await;
}

/// A prompt that a program printed: it is asked, does not answer, and is left alone.
#[tokio::test]
async fn a_prompt_that_is_none() {
    let (session, mut terminal, mut ends) = session(1, false).await;
    let mut end = ends.pop().unwrap();
    end.hears(b"\r").await;
    end.says(b"\r\n>>> ").await;
    is_ready(&session).await;
    let refused = soon(session.list("/", Consent::LeaveRunning, no_cancel())).await;
    assert_eq!(refused.unwrap_err(), DeviceError::ProgramRunning);
    // Neither Ctrl-C nor Ctrl-D; and the way back, in case it was a late board.
    assert!(end.hears(b"\x02").await.iter().all(|&key| key == 0x01));
    end.says(GREETING).await;
    is_ready(&session).await;
    let mut seen = Vec::new();
    while let Some(bytes) = terminal.try_next() {
        seen.extend_from_slice(&bytes);
    }
    assert!(seen.starts_with(b"\r\n>>> "), "{seen:?}");
}

/// An aborted paste that was asked for by Stop is no soft reset: not one 0x04 goes out.
#[tokio::test]
async fn a_cancelled_paste_ends_with_ctrl_c_alone() {
    let (session, _terminal, mut ends) = session(1, false).await;
    let mut end = ends.pop().unwrap();
    end.greets().await;
    is_ready(&session).await;
    let long = "x = 1 # 0123456789\n".repeat(100);
    let cancel = no_cancel();
    let play = async {
        end.hears(b"\x01").await;
        end.says(BANNER).await;
        end.hears(b"\x05A\x01").await;
        end.says(b"R\x01\x80\x00\x01").await;
        end.hears(&long.as_bytes()[..256]).await;
        cancel.cancel();
        let keys = end.hears(b"\x01").await;
        assert_eq!(keys, b"\x03");
        end.says(b"\x04\x04Traceback (most recent call last):\r\nKeyboardInterrupt: \r\n\x04>").await;
        end.says(BANNER).await;
        assert_eq!(end.hears(b"\x04").await, b"\x03print('board'+'walk')");
        end.says(b"OKboardwalk\r\n\x04\x04>").await;
        leaves(&mut end).await;
    };
    let run = exec(&session, &long, None, cancel.clone());
    let ((result, _), ()) = tokio::join!(run, play);
    assert_eq!(result.unwrap_err(), DeviceError::Cancelled);
    is_ready(&session).await;
}

/// The line ends in every phase: the work ends at once with its cause, and the next line is served.
#[tokio::test]
async fn the_line_ends_in_every_phase() {
    for phase in 0..5 {
        let (session, _terminal, mut ends) = session(2, true).await;
        let (mut second, mut first) = (ends.pop().unwrap(), ends.pop().unwrap());
        first.greets().await;
        is_ready(&session).await;
        let play = async {
            first.hears(b"\x01").await;
            if phase > 0 {
                first.says(BANNER).await;
                first.hears(b"\x05A\x01").await;
            }
            if phase > 1 {
                first.says(b"R\x01\x80\x00\x01\x01").await;
                first.hears(b"\x04").await;
            }
            if phase > 2 {
                first.says(b"\x04some").await;
            }
            if phase > 3 {
                first.says(b" output\x04").await;
            }
            first.ends();
        };
        let code = long("print('some output')");
        let run = exec(&session, &code, None, no_cancel());
        let ((result, _), ()) = tokio::join!(run, play);
        assert_eq!(result.unwrap_err().code(), "lost", "{phase}");
        second.greets().await;
        is_ready(&session).await;
        soon(session.close()).await;
    }
}

/// What was typed at a board that was away does not reach the one that comes.
#[tokio::test]
async fn typing_at_a_lost_board_is_dropped() {
    let (lines, mut ends) = Lines::new(1);
    let options = SessionOptions { attach: Attach::Gently, reconnect: true };
    let (session, _terminal) = Session::open(lines, options).await.unwrap();
    let mut end = ends.pop().unwrap();
    end.greets().await;
    is_ready(&session).await;
    end.ends();
    let lost = |s: &State| matches!(s, State::Reconnecting { because, .. } if because.code() == "lost");
    soon(session.wait_for(lost)).await.unwrap();
    soon(session.type_in("rm -rf\r")).await.unwrap();
    for _ in 0..3 {
        let refused = soon(session.list("/", Consent::MayInterrupt, no_cancel())).await;
        assert_eq!(refused.unwrap_err(), DeviceError::NotConnected);
    }
    assert_eq!(soon(session.stop()).await, Err(DeviceError::NotConnected));
    soon(session.close()).await;
    assert_eq!(*session.state().borrow(), State::Closed);
}
