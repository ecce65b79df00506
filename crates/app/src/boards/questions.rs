//! Questions that a connecting board raises and only a person can answer. They stand in the list of boards, so a page
//! that is loaded anew finds them; each is withdrawn when nobody waits for its answer any more.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use boardwalk_transport::{ProxyCredentials, Secret};
use tokio::sync::{Notify, oneshot};

use crate::app::lock;
use crate::wire::Question;

/// What a person answered.
pub(crate) enum Answer {
    /// A password, and whether to keep it.
    Password { secret: Secret, remember: bool },
    /// Who we are to the proxy, and whether to keep it.
    Proxy { credentials: ProxyCredentials, remember: bool },
    /// To believe the certificate that was shown.
    Trust,
}

/// The open questions, at most one for a board.
pub(crate) struct Questions {
    open: Mutex<Asked>,
    changed: Arc<Notify>,
}

#[derive(Default)]
struct Asked {
    last: u64,
    by_board: HashMap<String, (Question, oneshot::Sender<Answer>)>,
}

impl Questions {
    pub(crate) fn new(changed: Arc<Notify>) -> Self {
        Self { open: Mutex::default(), changed }
    }

    /// Asks, in the place of what was asked for this board before. `None`: the person does not want to answer.
    /// Dropping the future withdraws the question.
    pub(crate) async fn ask(&self, board: &str, question: impl FnOnce(u64) -> Question) -> Option<Answer> {
        let (answer, answered) = oneshot::channel();
        let id = {
            let mut asked = lock(&self.open);
            asked.last += 1;
            let id = asked.last;
            asked.by_board.insert(board.to_owned(), (question(id), answer));
            id
        };
        let _withdrawn = Withdraw { questions: self, board, id };
        self.changed.notify_one();
        answered.await.ok()
    }

    /// Answers the question with this number; one that is not open any more is no error. `false`: it fits no question.
    pub(crate) fn answer(&self, board: &str, id: u64, answer: Answer) -> bool {
        let mut asked = lock(&self.open);
        let fits = asked.by_board.get(board).is_some_and(|(question, _)| {
            question.id() == id
                && matches!(
                    (question, &answer),
                    (Question::Password { .. }, Answer::Password { .. })
                        | (Question::Proxy { .. }, Answer::Proxy { .. })
                        | (Question::Certificate { .. }, Answer::Trust)
                )
        });
        let sender = if fits { asked.by_board.remove(board) } else { None };
        drop(asked);
        self.changed.notify_one();
        sender.is_some_and(|(_, sender)| sender.send(answer).is_ok())
    }

    /// Nobody will answer.
    pub(crate) fn decline(&self, board: &str) {
        lock(&self.open).by_board.remove(board);
        self.changed.notify_one();
    }

    /// Nobody will answer this one.
    pub(crate) fn decline_one(&self, board: &str, id: u64) {
        let mut asked = lock(&self.open);
        if asked.by_board.get(board).is_some_and(|(question, _)| question.id() == id) {
            asked.by_board.remove(board);
        }
        drop(asked);
        self.changed.notify_one();
    }

    /// What is asked for a board.
    pub(crate) fn of(&self, board: &str) -> Option<Question> {
        lock(&self.open).by_board.get(board).map(|(question, _)| question.clone())
    }
}

struct Withdraw<'a> {
    questions: &'a Questions,
    board: &'a str,
    id: u64,
}

impl Drop for Withdraw<'_> {
    fn drop(&mut self) {
        self.questions.decline_one(self.board, self.id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn certificate(id: u64) -> Question {
        Question::Certificate {
            id,
            host: "lab".into(),
            fingerprint: "AB".into(),
            trusted: None,
            distrust: crate::wire::CertificateFault::UnknownIssuer,
        }
    }

    #[tokio::test]
    async fn an_answer_reaches_only_the_question_it_was_given_to() {
        let questions = Arc::new(Questions::new(Arc::default()));
        let asking = Arc::clone(&questions);
        let asked = tokio::spawn(async move { asking.ask("b", certificate).await.is_some() });
        while questions.of("b").is_none() {
            tokio::task::yield_now().await;
        }
        let password = Answer::Password { secret: Secret::new("secret"), remember: false };
        assert!(!questions.answer("b", 1, password), "another kind");
        assert!(!questions.answer("b", 2, Answer::Trust), "another number");
        assert!(!questions.answer("a", 1, Answer::Trust), "another board");
        assert!(questions.answer("b", 1, Answer::Trust));
        assert!(asked.await.unwrap());
        assert!(questions.of("b").is_none());
    }

    #[tokio::test]
    async fn who_stops_waiting_withdraws_the_question() {
        let questions = Questions::new(Arc::default());
        let nobody = tokio::time::timeout(std::time::Duration::ZERO, questions.ask("b", certificate)).await;
        assert!(nobody.is_err() && questions.of("b").is_none());
    }
}
