//! The app: boards, files, settings, and the operations under way.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use boardwalk_transport::PortWatch;
use tokio_util::sync::CancellationToken;

use crate::boards::Boards;
use crate::connect::World;
use crate::doctor::Doctors;
use crate::host::Host;
use crate::proxy::ProxyChoices;
use crate::store::Store;
use crate::wire::Settings;

/// Everything a front end may ask, as methods in `api/`. Cheap to clone.
#[derive(Clone)]
pub struct App(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) host: Arc<dyn Host>,
    pub(crate) world: World,
    pub(crate) boards: Boards,
    pub(crate) store: Store,
    pub(crate) settings: Mutex<Settings>,
    pub(crate) folder: Mutex<Option<PathBuf>>,
    pub(crate) proxies: Mutex<ProxyChoices>,
    pub(crate) doctors: Doctors,
    operations: Mutex<HashMap<String, CancellationToken>>,
}

impl App {
    /// Starts: reads what was saved in `config`, looks at the ports, and begins to tell `host` about boards. Needs a
    /// tokio runtime.
    pub async fn start(host: Arc<dyn Host>, world: World, config: PathBuf) -> Self {
        let store = Store::new(config);
        let saved = store.load().await;
        let ports = PortWatch::start(world.ports.clone()).await;
        let boards = Boards::new(ports, saved.boards, saved.board_settings);
        let folder = saved.folder.filter(|folder| folder.is_dir());
        if let Some(proxies) = &world.proxies {
            saved.proxies.apply(proxies);
        }
        boards.chosen(saved.proxies.boards.clone());
        let app = Self(Arc::new(Inner {
            host,
            world,
            boards,
            store,
            settings: Mutex::new(saved.settings),
            folder: Mutex::new(folder),
            proxies: Mutex::new(saved.proxies),
            doctors: Doctors::default(),
            operations: Mutex::new(HashMap::new()),
        }));
        app.clone().publish_boards();
        app
    }

    /// Closes every board, so that each is left as it should be. Bounded by a second or two.
    pub async fn shut_down(&self) {
        self.0.doctors.cancel_all();
        self.0.boards.close_all().await;
    }

    /// Begins an operation that its caller may cancel by the id it chose.
    pub(crate) fn operation(&self, id: Option<&String>) -> Operation {
        let cancel = CancellationToken::new();
        if let Some(id) = id {
            lock(&self.0.operations).insert(id.clone(), cancel.clone());
        }
        Operation { app: self.clone(), id: id.cloned(), cancel }
    }

    pub(crate) fn cancel_operation(&self, id: &str) {
        if let Some(cancel) = lock(&self.0.operations).get(id) {
            cancel.cancel();
        }
    }
}

/// An operation under way; it can be cancelled until it is dropped.
pub(crate) struct Operation {
    app: App,
    id: Option<String>,
    pub(crate) cancel: CancellationToken,
}

impl Drop for Operation {
    fn drop(&mut self) {
        if let Some(id) = &self.id {
            lock(&self.app.0.operations).remove(id);
        }
    }
}

/// No code panics while it holds one of these locks; if it ever does, the value is still whole.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
