//! Passwords in the key store of the system, one for each board and each proxy, if the user wants that.
//!
//! Where there is no key store, everything here fails quickly, and the password is asked for each time: it is never
//! written to a file of ours.

use std::sync::Arc;
use std::time::Duration;

use boardwalk_protocol::proxy::ProxyServer;
use boardwalk_transport::{ProxyCredentials, Secret, Target};
use tokio::sync::oneshot;

use crate::AppError;

/// Under this name the entries stand in the system's key store.
const SERVICE: &str = "dev.boardwalk.ide";
/// A locked key store asks the person to unlock it; so long we wait.
const PATIENCE: Duration = Duration::from_secs(20);

/// A place that keeps passwords. Its calls may block.
pub trait Vault: Send + Sync + 'static {
    /// The password of an account, if there is one.
    ///
    /// # Errors
    /// What the key store said.
    fn get(&self, account: &str) -> Result<Option<String>, String>;
    /// Keeps it in the place of the one before.
    ///
    /// # Errors
    /// What the key store said.
    fn set(&self, account: &str, password: &str) -> Result<(), String>;
    /// Forgets it; one that is not there is forgotten already.
    ///
    /// # Errors
    /// What the key store said.
    fn delete(&self, account: &str) -> Result<(), String>;
}

/// The passwords of boards, by target, and of proxies, by address. Cheap to clone.
#[derive(Clone)]
pub struct Secrets {
    vault: Arc<dyn Vault>,
    patience: Duration,
}

impl Secrets {
    /// The key store of this system: Keychain, Credential Manager, Secret Service.
    #[must_use]
    pub fn system() -> Self {
        Self::kept_in(Arc::new(System))
    }

    /// Another key store.
    #[must_use]
    pub fn kept_in(vault: Arc<dyn Vault>) -> Self {
        Self { vault, patience: PATIENCE }
    }

    /// The password that was kept for this board.
    ///
    /// # Errors
    /// `key-store-unavailable`: there is none, or it is locked, or it did not answer within 20 s.
    pub async fn get(&self, target: &Target) -> Result<Option<Secret>, AppError> {
        let account = target.to_string();
        Ok(self.ask(move |vault| vault.get(&account)).await?.map(Secret::new))
    }

    /// Keeps the password for this board.
    ///
    /// # Errors
    /// `key-store-unavailable`, as for [`get`](Self::get).
    pub async fn set(&self, target: &Target, password: Secret) -> Result<(), AppError> {
        let account = target.to_string();
        self.ask(move |vault| vault.set(&account, password.reveal())).await
    }

    /// Forgets the password of this board.
    ///
    /// # Errors
    /// `key-store-unavailable`, as for [`get`](Self::get).
    pub async fn delete(&self, target: &Target) -> Result<(), AppError> {
        let account = target.to_string();
        self.ask(move |vault| vault.delete(&account)).await
    }

    /// The name and the password that were kept for this proxy.
    ///
    /// # Errors
    /// `key-store-unavailable`, as for [`get`](Self::get).
    pub async fn get_proxy(&self, proxy: &ProxyServer) -> Result<Option<ProxyCredentials>, AppError> {
        let account = proxy.to_string();
        let kept = self.ask(move |vault| vault.get(&account)).await?;
        Ok(kept.and_then(|kept| {
            let (user, password) = kept.split_once('\n')?;
            Some(ProxyCredentials { user: user.to_owned(), password: Secret::new(password) })
        }))
    }

    /// Keeps a name and a password for this proxy.
    ///
    /// # Errors
    /// `key-store-unavailable`, as for [`get`](Self::get).
    pub async fn set_proxy(&self, proxy: &ProxyServer, kept: &ProxyCredentials) -> Result<(), AppError> {
        let account = proxy.to_string();
        // Neither can hold a line end: a proxy could not be told it.
        let text = Secret::new(format!("{}\n{}", kept.user, kept.password.reveal()));
        self.ask(move |vault| vault.set(&account, text.reveal())).await
    }

    /// Forgets what was kept for this proxy.
    ///
    /// # Errors
    /// `key-store-unavailable`, as for [`get`](Self::get).
    pub async fn delete_proxy(&self, proxy: &ProxyServer) -> Result<(), AppError> {
        let account = proxy.to_string();
        self.ask(move |vault| vault.delete(&account)).await
    }

    /// On a thread of its own: one that is stuck must not keep the runtime from ending.
    async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&dyn Vault) -> Result<T, String> + Send + 'static,
    ) -> Result<T, AppError> {
        let (answer, answered) = oneshot::channel();
        let vault = Arc::clone(&self.vault);
        let asking = move || {
            let _ = answer.send(question(&*vault));
        };
        let started = std::thread::Builder::new().name("key-store".into()).spawn(asking);
        started.map_err(|error| unavailable(error.to_string()))?;
        match tokio::time::timeout(self.patience, answered).await {
            Ok(Ok(answer)) => answer.map_err(unavailable),
            Ok(Err(_)) => Err(unavailable("it ended without an answer")),
            Err(_) => Err(unavailable(format!("no answer within {} s", self.patience.as_secs()))),
        }
    }
}

fn unavailable(detail: impl Into<String>) -> AppError {
    let (message, help) = (
        "The key store of this system could not be used.",
        "Unlock it, or give the password when you are asked for it.",
    );
    AppError::new("key-store-unavailable", message, help).with_detail(detail)
}

struct System;

impl System {
    fn entry(account: &str) -> Result<keyring::Entry, String> {
        keyring::Entry::new(SERVICE, account).map_err(|error| error.to_string())
    }
}

impl Vault for System {
    fn get(&self, account: &str) -> Result<Option<String>, String> {
        match Self::entry(account)?.get_password() {
            Ok(password) => Ok(Some(password)),
            Err(keyring::Error::NoEntry) => Ok(None),
            Err(error) => Err(error.to_string()),
        }
    }

    fn set(&self, account: &str, password: &str) -> Result<(), String> {
        Self::entry(account)?.set_password(password).map_err(|error| error.to_string())
    }

    fn delete(&self, account: &str) -> Result<(), String> {
        match Self::entry(account)?.delete_credential() {
            Ok(()) | Err(keyring::Error::NoEntry) => Ok(()),
            Err(error) => Err(error.to_string()),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::collections::HashMap;
    use std::sync::{Mutex, mpsc};

    use super::*;

    #[derive(Default)]
    pub(crate) struct Memory(Mutex<HashMap<String, String>>);

    impl Vault for Memory {
        fn get(&self, account: &str) -> Result<Option<String>, String> {
            Ok(self.0.lock().unwrap().get(account).cloned())
        }

        fn set(&self, account: &str, password: &str) -> Result<(), String> {
            self.0.lock().unwrap().insert(account.into(), password.into());
            Ok(())
        }

        fn delete(&self, account: &str) -> Result<(), String> {
            self.0.lock().unwrap().remove(account);
            Ok(())
        }
    }

    fn target(text: &str) -> Target {
        text.parse().unwrap()
    }

    #[tokio::test]
    async fn a_password_is_kept_for_one_board_however_its_address_is_written() {
        let secrets = Secrets::kept_in(Arc::new(Memory::default()));
        secrets.set(&target("ws://192.168.4.1"), Secret::new("micropyt")).await.unwrap();
        let kept = secrets.get(&target("WS://192.168.4.1:8266/")).await.unwrap();
        assert_eq!(kept.unwrap().reveal(), "micropyt");
        assert!(secrets.get(&target("ws://192.168.4.2")).await.unwrap().is_none());
        secrets.delete(&target("ws://192.168.4.1")).await.unwrap();
        assert!(secrets.get(&target("ws://192.168.4.1")).await.unwrap().is_none());
    }

    /// A key store whose dialogue nobody answers, until the test ends.
    struct Stuck(Mutex<mpsc::Receiver<()>>);

    impl Vault for Stuck {
        fn get(&self, _: &str) -> Result<Option<String>, String> {
            let _ = self.0.lock().unwrap().recv();
            Ok(None)
        }

        fn set(&self, _: &str, _: &str) -> Result<(), String> {
            Err("locked".into())
        }

        fn delete(&self, _: &str) -> Result<(), String> {
            panic!("broken")
        }
    }

    #[tokio::test]
    async fn a_key_store_that_does_not_work_is_an_error_and_not_a_wait() {
        let (_release, stuck) = mpsc::sync_channel(0);
        let mut secrets = Secrets::kept_in(Arc::new(Stuck(Mutex::new(stuck))));
        let board = target("ws://192.168.4.1");
        let refused = secrets.set(&board, Secret::new("micropyt")).await.unwrap_err();
        assert_eq!((refused.code.as_str(), refused.detail.as_str()), ("key-store-unavailable", "locked"));
        assert!(secrets.delete(&board).await.is_err(), "a crash is an error too");
        secrets.patience = Duration::from_millis(20);
        let late = secrets.get(&board).await.err().unwrap();
        assert_eq!(late.code, "key-store-unavailable");
    }
}
