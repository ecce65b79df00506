//! What stands in for the page of the window, and for the key store of the system.

use std::{
    collections::{HashMap, VecDeque},
    ffi::OsString,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use boardwalk_app::{App, Host, Secrets, Vault, World, wire::*};
use futures::{FutureExt as _, future::BoxFuture};
use tokio::sync::{Notify, watch};

/// An app, and what its page hears.
pub(crate) struct Page {
    pub(crate) app: App,
    pub(crate) keys: Arc<Keys>,
    boards: watch::Receiver<Vec<Board>>,
    heard: Arc<Heard>,
}

/// What was told of a diagnosis, and not yet looked at.
#[derive(Default)]
struct Heard {
    diagnoses: Mutex<VecDeque<Diagnosis>>,
    more: Notify,
}

impl Page {
    /// As the desktop starts it, but with an empty key store. `variables` are those in which proxies may stand.
    pub(crate) async fn open(
        config: &Path,
        variables: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Self {
        let mut world = World::system(std::env::var_os("BOARDWALK_EXTRA_PORTS"));
        let keys = Arc::new(Keys::default());
        world.secrets = Secrets::kept_in(Arc::<Keys>::clone(&keys));
        world.use_proxies(variables);
        let (told, boards) = watch::channel(Vec::new());
        let heard = Arc::new(Heard::default());
        let listener = Listener { boards: told, heard: Arc::clone(&heard) };
        let app = App::start(Arc::new(listener), world, config.to_owned()).await;
        Self { app, keys, boards, heard }
    }

    /// What the page hears next of a diagnosis; all of it each time.
    pub(crate) async fn diagnosis(&mut self) -> Diagnosis {
        loop {
            if let Some(diagnosis) = self.heard.diagnoses.lock().unwrap().pop_front() {
                return diagnosis;
            }
            self.heard.more.notified().await;
        }
    }

    /// Waits until a board is as wanted.
    pub(crate) async fn board(&mut self, wanted: impl Fn(&Board) -> bool) -> Board {
        let boards =
            self.boards.wait_for(|boards| boards.iter().any(&wanted)).await.expect("the app is there");
        boards.iter().find(|board| wanted(board)).cloned().expect("it was there")
    }
}

struct Listener {
    boards: watch::Sender<Vec<Board>>,
    heard: Arc<Heard>,
}

impl Host for Listener {
    fn event(&self, event: AppEvent) {
        match event {
            AppEvent::Boards { boards } => drop(self.boards.send_replace(boards)),
            AppEvent::Doctor { diagnosis } => {
                self.heard.diagnoses.lock().unwrap().push_back(*diagnosis);
                self.heard.more.notify_one();
            }
            _ => {}
        }
    }

    fn choose_folder(&self) -> BoxFuture<'_, Option<PathBuf>> {
        std::future::ready(None).boxed()
    }

    fn choose_save(&self, _: String) -> BoxFuture<'_, Option<PathBuf>> {
        std::future::ready(None).boxed()
    }

    fn close_window(&self) {}

    fn language(&self) -> Option<String> {
        None
    }
}

/// Passwords by account.
#[derive(Default)]
pub(crate) struct Keys(Mutex<HashMap<String, String>>);

impl Vault for Keys {
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
