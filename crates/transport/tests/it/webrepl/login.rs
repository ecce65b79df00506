//! The password, and everything that may come in its place.

use std::sync::Arc;

use boardwalk_transport::{AskReason, Dial, LinkKind, WebReplOptions};

use super::script::{CLOSE, Far, Person, Server, TEXT, frame, hasty, options, reply_to};

#[tokio::test]
async fn logged_in_by_a_prompt_that_comes_with_the_reply() {
    let server = Server::new().await;
    let mut dial = server.dial(options());
    let script = async {
        let mut far = Far::plain(server.accept().await);
        let request = far.request().await;
        let both = [reply_to(&request).into_bytes(), frame(TEXT, b"Password: ")].concat();
        far.sends(&both).await;
        assert_eq!(far.hears().await, Some((TEXT, b"micropyt\r".to_vec())));
        far.says(b"\r\nWebREPL connected\r\n>>> hello").await;
        far
    };
    let (link, _far) = futures::join!(dial.dial(), script);
    let mut link = link.unwrap();
    assert_eq!(
        link.recv().await.unwrap(),
        "hello",
        "the greeting's prompt says nothing and is not delivered"
    );
    let info = link.info();
    assert_eq!((info.kind, info.fake_prompt, info.line_resets), (LinkKind::WebRepl, true, false));
    assert_eq!(info.target, server.target());
    assert!(dial.is_present().await);
}

#[tokio::test]
async fn logged_in_one_byte_at_a_time() {
    let server = Server::new().await;
    let mut dial = server.dial(options());
    let script = async {
        let mut far = server.shaken().await;
        for byte in frame(TEXT, b"Password: ") {
            far.sends(&[byte]).await;
        }
        far.hears().await.unwrap();
        for byte in b"\r\nWebREPL connected\r\n>>> " {
            far.says(&[*byte]).await;
        }
        far
    };
    let (link, _far) = futures::join!(dial.dial(), script);
    link.unwrap();
}

#[tokio::test]
async fn a_password_is_asked_for_once_and_used_again() {
    let server = Server::new().await;
    let person = Person::who_says(&["micropyt"]);
    let mut dial = server.dial(WebReplOptions { password: person.clone(), ..options() });
    for _ in 0..2 {
        let script = async {
            let mut far = server.shaken().await;
            far.logs_in().await;
            far
        };
        let (link, _far) = futures::join!(dial.dial(), script);
        link.unwrap();
    }
    assert_eq!(*person.asked.lock().unwrap(), [AskReason::Needed]);
    assert_eq!(*person.accepted.lock().unwrap(), ["micropyt", "micropyt"]);
}

async fn denies(server: &Server) {
    let mut far = server.shaken().await;
    far.says(b"Password: ").await;
    far.hears().await.unwrap();
    far.says(b"\r\nAccess denied\r\n").await;
}

#[tokio::test]
async fn after_a_refusal_another_password_is_asked_for() {
    let server = Server::new().await;
    let person = Person::who_says(&["wrong", "micropyt"]);
    let mut dial = server.dial(WebReplOptions { password: person.clone(), ..options() });
    let script = async {
        denies(&server).await;
        let mut far = server.shaken().await;
        far.logs_in().await;
        far
    };
    let (link, _far) = futures::join!(dial.dial(), script);
    link.unwrap();
    assert_eq!(*person.asked.lock().unwrap(), [AskReason::Needed, AskReason::Rejected]);
    assert_eq!(*person.accepted.lock().unwrap(), ["micropyt"]);
}

#[tokio::test]
async fn a_wrong_password_nobody_corrects() {
    let server = Server::new().await;
    let (error, ()) = server.refusal(options(), denies(&server)).await;
    assert_eq!(error.code(), "wrong-password");
    assert!(!format!("{error} {error:?} {}", error.help()).contains("micropyt"), "{error:?}");
}

#[tokio::test]
async fn what_cannot_be_a_password_is_not_sent_and_the_board_is_left() {
    for (answers, code) in
        [(["abc", "much-too-long"].as_slice(), "password-impossible"), (&[], "password-needed")]
    {
        let server = Server::new().await;
        let person = Person::who_says(answers);
        let options = WebReplOptions { password: person.clone(), ..options() };
        let script = async {
            let mut far = server.shaken().await;
            far.says(b"Password: ").await;
            far.hears().await
        };
        let (error, heard) = server.refusal(options, script).await;
        assert_eq!(error.code(), code);
        assert_eq!(heard, Some((CLOSE, Vec::new())));
        assert_eq!(person.asked.lock().unwrap().len(), answers.len() + 1);
    }
}

#[tokio::test]
async fn what_comes_in_the_place_of_the_prompt() {
    let server = Server::new().await;
    let (error, _) = server.refusal(options(), async { drop(server.shaken().await) }).await;
    assert_eq!(error.code(), "busy-other-client", "101 and the end");

    let (error, heard) = server
        .refusal(hasty(), async {
            let mut far = server.shaken().await;
            far.hears().await
        })
        .await;
    assert_eq!((error.code(), heard), ("no-password-prompt", Some((CLOSE, Vec::new()))));

    let (error, _) = server
        .refusal(options(), async {
            let mut far = server.shaken().await;
            far.says(b"{\"hello\": 1}").await;
            far
        })
        .await;
    assert_eq!(error.code(), "not-webrepl");

    let (error, _) = server
        .refusal(hasty(), async {
            let mut far = server.shaken().await;
            far.says(b"Password: ").await;
            far.hears().await;
            far
        })
        .await;
    assert!(["proxy-half-relay", "link-silent"].contains(&error.code()), "{error}");
}

/// Pings and records without end in the place of a prompt do not move the deadline.
#[tokio::test]
async fn noise_is_no_prompt() {
    let server = Server::new().await;
    let script = async {
        let mut far = server.shaken().await;
        let noise = [frame(9, b"?"), frame(2, &[0; 100])].concat();
        while tokio::io::AsyncWriteExt::write_all(&mut far.stream, &noise).await.is_ok() {}
    };
    let (error, ()) = server.refusal(hasty(), script).await;
    assert_eq!(error.code(), "no-password-prompt");
}

/// Whoever waits for a person does not hold on to a board that has gone.
#[tokio::test]
async fn the_board_goes_while_the_person_thinks() {
    struct Thinker;
    impl boardwalk_transport::AskPassword for Thinker {
        fn ask<'a>(
            &'a self,
            _: &'a boardwalk_transport::Target,
            _: AskReason,
        ) -> futures::future::BoxFuture<'a, Option<boardwalk_transport::Secret>> {
            Box::pin(std::future::pending())
        }
    }
    let server = Server::new().await;
    let script = async {
        let mut far = server.shaken().await;
        far.says(b"Password: ").await;
    };
    let options = WebReplOptions { password: Arc::new(Thinker), ..options() };
    let (error, ()) = server.refusal(options, script).await;
    assert_eq!(error.code(), "link-silent", "{error}");
}
