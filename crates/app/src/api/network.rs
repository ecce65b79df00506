use boardwalk_protocol::proxy::{ProxyUrl, ProxyUrlError};
use boardwalk_protocol::webrepl::login::check_password;
use boardwalk_transport::{NetworkError, ProxyCredentials, TransportError};

use crate::AppError;
use crate::app::App;
use crate::boards::{Answer, target_of};
use crate::wire::*;

impl App {
    /// The canonical target of what was typed: `192.168.4.1` is `ws://192.168.4.1:8266`.
    ///
    /// # Errors
    /// `address-invalid`.
    pub async fn target_complete(&self, request: OpenBoard) -> Result<String, AppError> {
        Ok(target_of(&request.target)?.to_string())
    }

    /// Answers the question for a password. One that is not open any more is no error.
    ///
    /// # Errors
    /// `password-impossible`: no board can have it; the question stays open.
    pub async fn password_answer(&self, request: AnswerPassword) -> Result<(), AppError> {
        let AnswerPassword { board, question, password, remember } = request;
        let impossible = |because| TransportError::from(NetworkError::PasswordImpossible { because });
        check_password(password.0.reveal()).map_err(impossible)?;
        self.0.boards.questions.answer(&board, question, Answer::Password { secret: password.0, remember });
        Ok(())
    }

    /// Answers a proxy's question for a name and a password. One that is not open any more is no error.
    ///
    /// # Errors
    /// `proxy-auth-rejected`: no proxy can be told them; the question stays open.
    pub async fn proxy_answer(&self, request: AnswerProxy) -> Result<(), AppError> {
        let AnswerProxy { board, question, user, password, remember } = request;
        let password = password.0;
        let Some(Question::Proxy { proxy, .. }) = self.0.boards.questions.of(&board) else { return Ok(()) };
        if !can_be_told(&proxy, &user, password.reveal()) {
            let (message, help) = (
                "This proxy cannot be told this user name and password.",
                "The name must not be empty, neither may have line ends, and a SOCKS proxy takes at most 255 bytes of each.",
            );
            return Err(AppError::new("proxy-auth-rejected", message, help));
        }
        let credentials = ProxyCredentials { user, password };
        self.0.boards.questions.answer(&board, question, Answer::Proxy { credentials, remember });
        Ok(())
    }

    /// Does not answer a proxy's question. The board stays as it is, and is not asked about until it is opened anew or
    /// goes another way.
    ///
    /// # Errors
    /// None: a question that is not open any more changes nothing.
    pub async fn proxy_decline(&self, request: QuestionRef) -> Result<(), AppError> {
        self.0.boards.questions.decline_one(&request.board, request.question);
        Ok(())
    }

    /// Takes a board's password from the key store.
    ///
    /// # Errors
    /// `key-store-unavailable`, `address-invalid`.
    pub async fn password_forget(&self, request: BoardRef) -> Result<(), AppError> {
        self.0.world.secrets.delete(&target_of(&request.board)?).await?;
        self.board_settings(&request.board, |settings| settings.password_kept = false).await;
        Ok(())
    }

    /// Takes a proxy's name and password from the key store.
    ///
    /// # Errors
    /// `key-store-unavailable`, `address-invalid`.
    pub async fn proxy_forget(&self, request: ProxyRef) -> Result<(), AppError> {
        let wrong = |error: ProxyUrlError| AppError::new(error.code(), error.to_string(), error.help());
        let proxy = request.proxy.parse::<ProxyUrl>().map_err(wrong)?.server;
        self.0.world.secrets.delete_proxy(&proxy).await
    }

    /// Trusts the certificate that a question shows, for this board and from now on.
    ///
    /// # Errors
    /// None: a question that is not open any more changes nothing.
    pub async fn certificate_trust(&self, request: QuestionRef) -> Result<(), AppError> {
        self.0.boards.questions.answer(&request.board, request.question, Answer::Trust);
        Ok(())
    }

    /// Gives a board a name that holds until the board is forgotten.
    ///
    /// # Errors
    /// When it cannot be saved.
    pub async fn board_rename(&self, request: RenameBoard) -> Result<(), AppError> {
        let name: String = request.name.trim().chars().filter(|c| !c.is_control()).take(NAME_MOST).collect();
        self.board_settings(&request.board, |settings| settings.name = (!name.is_empty()).then_some(name))
            .await;
        Ok(())
    }
}

/// RFC 7617 has no control characters in either; RFC 1929 has one byte for each length, and no empty name.
fn can_be_told(proxy: &str, user: &str, password: &str) -> bool {
    let long = proxy.starts_with("socks") && user.len().max(password.len()) > 255;
    !(user.is_empty() || long || user.chars().chain(password.chars()).any(char::is_control))
}

/// The longest name of a board, in characters.
const NAME_MOST: usize = 80;
