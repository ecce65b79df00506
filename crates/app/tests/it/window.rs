//! What stands in for the window, and for the key store of the system.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use boardwalk_app::wire::*;
use boardwalk_app::{App, AppError, Host, Secrets, Vault, World};
use boardwalk_transport::PortSource;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use tokio::sync::watch;

/// Only used up when a test fails.
const PATIENCE: Duration = Duration::from_secs(30);

/// Puts an end to what should not take long.
pub(crate) async fn in_time<T>(waiting: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, waiting).await.expect("it happens in time")
}

/// A window that listens.
pub(crate) struct Window {
    pub(crate) app: App,
    boards: watch::Receiver<Vec<Board>>,
    notices: watch::Receiver<Vec<AppError>>,
}

struct Listener {
    boards: watch::Sender<Vec<Board>>,
    notices: watch::Sender<Vec<AppError>>,
}

impl Window {
    pub(crate) async fn open(config: &Path, keys: &Arc<Keys>) -> Self {
        Self::open_with(config, keys, |_| {}).await
    }

    /// One whose network connections know proxies: from these variables, and from what is chosen.
    pub(crate) async fn open_proxied(config: &Path, keys: &Arc<Keys>, variables: &[(&str, &str)]) -> Self {
        let variables: Vec<_> = variables.iter().map(|(name, value)| (name.into(), value.into())).collect();
        Self::open_with(config, keys, |world| drop(world.use_proxies(variables))).await
    }

    /// One on a computer whose only ports are those that a file lists.
    pub(crate) async fn open_with_ports(config: &Path, keys: &Arc<Keys>, ports: &Path) -> Self {
        let ports = PortSource::none().with_extra_file(ports);
        Self::open_with(config, keys, |world| world.ports = ports).await
    }

    async fn open_with(config: &Path, keys: &Arc<Keys>, change: impl FnOnce(&mut World)) -> Self {
        let (boards, heard) = watch::channel(Vec::new());
        let (notices, told) = watch::channel(Vec::new());
        let mut world = World::system(None);
        world.secrets = Secrets::kept_in(Arc::<Keys>::clone(keys));
        change(&mut world);
        let app = App::start(Arc::new(Listener { boards, notices }), world, config.to_owned()).await;
        Self { app, boards: heard, notices: told }
    }

    /// Opens a board and waits for the answer in the background.
    pub(crate) fn connect(&self, target: &str) -> tokio::task::JoinHandle<Result<Board, AppError>> {
        let (app, target) = (self.app.clone(), target.to_owned());
        tokio::spawn(async move { app.board_open(OpenBoard { target }).await })
    }

    /// The one board, once it is as wanted.
    pub(crate) async fn board(&mut self, wanted: impl Fn(&Board) -> bool) -> Board {
        let here = |boards: &Vec<Board>| boards.iter().any(|board| board.network.is_some() && wanted(board));
        let found = match tokio::time::timeout(PATIENCE, self.boards.wait_for(here)).await {
            Ok(boards) => boards.unwrap().iter().find(|board| board.network.is_some()).cloned(),
            Err(_) => None,
        };
        found.unwrap_or_else(|| panic!("{:?}", *self.boards.borrow()))
    }

    /// The board at USB, once it is as wanted.
    pub(crate) async fn plugged(&mut self, wanted: impl Fn(&Board) -> bool) -> Board {
        let one = |board: &&Board| board.network.is_none() && wanted(board);
        let boards = in_time(self.boards.wait_for(|boards| boards.iter().any(|board| one(&board)))).await;
        boards.unwrap().iter().find(one).cloned().unwrap()
    }

    /// Has the doctor look, and gives the number of its report, and the report.
    pub(crate) async fn diagnosed(&self, target: &str, may_interrupt: bool) -> (u32, String) {
        let start = StartDoctor { target: Some(target.to_owned()), may_interrupt, idle: None };
        let run = self.app.doctor_start(start).await.unwrap().run;
        let reported = async {
            loop {
                match self.app.doctor_report(DoctorRef { run }).await {
                    Ok(report) => return report,
                    // The events of a diagnosis are for the page.
                    Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
                }
            }
        };
        (run, in_time(reported).await)
    }

    /// Waits until no board of the network is listed.
    pub(crate) async fn nothing(&mut self) {
        let gone = |boards: &Vec<Board>| boards.iter().all(|board| board.network.is_none());
        let _ = in_time(self.boards.wait_for(gone)).await;
    }

    pub(crate) async fn ready(&mut self) -> Board {
        self.board(|board| board.state == BoardState::Ready).await
    }

    pub(crate) async fn question(&mut self) -> Question {
        self.board(|board| board.question.is_some()).await.question.unwrap()
    }

    pub(crate) async fn notice(&mut self) -> AppError {
        let told = self.notices.wait_for(|notices| !notices.is_empty());
        in_time(told).await.unwrap()[0].clone()
    }

    /// Answers the question for a password, as the page does: in JSON.
    pub(crate) async fn answer(
        &mut self,
        board: &str,
        password: &str,
        remember: bool,
    ) -> Result<(), AppError> {
        let Question::Password { id, .. } = self.question().await else { panic!("another question") };
        let answer =
            serde_json::json!({ "board": board, "question": id, "password": password, "remember": remember });
        self.app.password_answer(serde_json::from_value(answer).unwrap()).await
    }

    /// Waits until a file of the settings holds, or does not hold, a text.
    pub(crate) async fn saved(&self, file: &Path, holds: impl Fn(&str) -> bool) {
        let looking = async {
            while !holds(&std::fs::read_to_string(file).unwrap_or_default()) {
                // Nothing tells when a file is written.
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        in_time(looking).await;
    }
}

impl Host for Listener {
    fn event(&self, event: AppEvent) {
        match event {
            AppEvent::Boards { boards } => drop(self.boards.send_replace(boards)),
            AppEvent::Notice { notice, .. } => self.notices.send_modify(|all| all.push(notice)),
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

/// A key store, or a computer without one.
#[derive(Default)]
pub(crate) struct Keys {
    kept: Mutex<HashMap<String, String>>,
    broken: bool,
}

impl Keys {
    pub(crate) fn none() -> Self {
        Self { broken: true, ..Self::default() }
    }

    pub(crate) fn of(&self, account: &str) -> Option<String> {
        self.kept.lock().unwrap().get(account).cloned()
    }

    fn open(&self) -> Result<std::sync::MutexGuard<'_, HashMap<String, String>>, String> {
        if self.broken { Err("no secret service".into()) } else { Ok(self.kept.lock().unwrap()) }
    }
}

impl Vault for Keys {
    fn get(&self, account: &str) -> Result<Option<String>, String> {
        Ok(self.open()?.get(account).cloned())
    }

    fn set(&self, account: &str, password: &str) -> Result<(), String> {
        self.open()?.insert(account.into(), password.into());
        Ok(())
    }

    fn delete(&self, account: &str) -> Result<(), String> {
        self.open()?.remove(account);
        Ok(())
    }
}
