//! This program in the place of the window: it takes the words of `boardwalk doctor --json`, does with them what a person does in
//! the window, and prints what the page would have got.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::OnceLock,
    time::{Duration, Instant},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use boardwalk_app::{
    Vault as _,
    proxy::{ChooseProxy, SetLanBypass},
    wire::*,
};
use clap::Parser;
use serde_json::{Value, json};

use crate::screen::Page;

/// Set, this program is the front end.
pub(crate) const FRONT_END: &str = "BOARDWALK_DOCTOR_FRONT_END";

/// Set, it cancels when it is told to by a line, and prints what that took and what is left.
pub(crate) const CANCELS: &str = "BOARDWALK_DOCTOR_CANCELS";

const PROXY_PASSWORD: &str = "BOARDWALK_PROXY_PASSWORD";
/// So long a person waits for a board that was just opened by USB.
const KNOWN: Duration = Duration::from_secs(3);

/// This program by another name: the test board takes whoever has its own name for a part of itself.
pub(crate) fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let this = std::env::current_exe().unwrap();
        let other = this.with_extension("app");
        // One that an earlier build left is replaced.
        let _ = std::fs::remove_file(&other);
        if let Err(error) = std::fs::hard_link(&this, &other) {
            assert_eq!(error.kind(), std::io::ErrorKind::AlreadyExists, "{error}");
        }
        other
    })
}

#[derive(Parser)]
struct Words {
    /// `doctor`
    _subcommand: String,
    target: Option<String>,
    #[arg(long)]
    json: bool,
    #[arg(long)]
    may_interrupt: bool,
    #[arg(long)]
    usb: Option<String>,
    #[arg(long)]
    idle: Option<u32>,
    #[arg(long)]
    proxy: Option<String>,
    #[arg(long)]
    no_lan_bypass: bool,
    #[arg(long)]
    trust: Option<String>,
}

/// Looks, prints, and ends with status 1 when something blocks the connection.
pub(crate) fn main() -> ExitCode {
    let words = Words::parse();
    assert!(words.json, "rows ask for JSON");
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let config = tempfile::tempdir().unwrap();
    if std::env::var_os(CANCELS).is_some() {
        let cancelled = runtime.block_on(cancel(&words, config.path()));
        println!("{cancelled}");
        runtime.shutdown_background();
        return ExitCode::SUCCESS;
    }
    let (diagnosis, report) = runtime.block_on(look(&words, config.path()));
    runtime.shutdown_background();
    let mut document = serde_json::to_value(&diagnosis).unwrap();
    document["report"] = json!(report);
    for echo in document["echoes"].as_array_mut().into_iter().flatten() {
        echo["changes"] = changes(echo);
    }
    println!("{document:#}");
    ExitCode::from(u8::from(diagnosis.verdict == Some(DiagnosisVerdict::Blocked)))
}

async fn look(words: &Words, config: &Path) -> (Diagnosis, String) {
    let mut page = prepared(words, config).await;
    let run = page.app.doctor_start(words.start()).await.unwrap().run;
    let diagnosis = watch(&mut page).await;
    assert_eq!((diagnosis.run, diagnosis.state), (run, DiagnosisState::Done));
    let report = page.app.doctor_report(DoctorRef { run }).await.unwrap();
    page.app.shut_down().await;
    (diagnosis, report)
}

/// Cancels in the middle, and tells what is more than before: sockets, ports, tasks.
async fn cancel(words: &Words, config: &Path) -> Value {
    let mut page = prepared(words, config).await;
    let before = held();
    let run = page.app.doctor_start(words.start()).await.unwrap().run;
    let told = tokio::task::spawn_blocking(|| std::io::stdin().read_line(&mut String::new()));
    let (mut known, told) = tokio::join!(page.diagnosis(), told);
    told.unwrap().unwrap();
    let began = Instant::now();
    page.app.doctor_cancel(DoctorRef { run }).await.unwrap();
    while known.state == DiagnosisState::Running {
        known = page.diagnosis().await;
    }
    let mut left = more(&before);
    while !left.is_empty() && began.elapsed() < KNOWN * 2 {
        tokio::time::sleep(Duration::from_millis(1)).await;
        left = more(&before);
    }
    let ms = began.elapsed().as_secs_f64() * 1e3;
    page.app.shut_down().await;
    json!({ "state": known.state, "ms": ms, "left": left })
}

/// What this program has open that outlives a task, and how many tasks there are.
fn held() -> (BTreeSet<String>, usize) {
    let open = std::fs::read_dir("/proc/self/fd").unwrap().flatten();
    let names = open.filter_map(|open| std::fs::read_link(open.path()).ok()?.to_str().map(str::to_owned));
    let lasting = |name: &String| name.starts_with("socket:") || name.starts_with("/dev/");
    (names.filter(lasting).collect(), tokio::runtime::Handle::current().metrics().num_alive_tasks())
}

fn more(before: &(BTreeSet<String>, usize)) -> Vec<String> {
    let now = held();
    let mut more: Vec<String> = now.0.difference(&before.0).cloned().collect();
    if now.1 > before.1 {
        more.push(format!("{} tasks more", now.1 - before.1));
    }
    more
}

/// An app that knows what the words say.
async fn prepared(words: &Words, config: &Path) -> Page {
    // A window has no password in its environment.
    let variables = std::env::vars_os().filter(|(name, _)| name != PROXY_PASSWORD);
    let mut page = Page::open(config, variables).await;
    keep(&page, words).await;
    if let Some(proxy) = &words.proxy {
        let choice = |url| ChooseProxy { url, choice: Some(proxy.clone()) };
        // For this board; where its address is none, for all.
        if page.app.proxy_choose(choice(words.target.clone())).await.is_err() {
            page.app.proxy_choose(choice(None)).await.unwrap();
        }
    }
    if words.no_lan_bypass {
        page.app.proxy_lan_bypass(SetLanBypass { on: false }).await.unwrap();
    }
    if let (Some(fingerprint), Some(target)) = (&words.trust, &words.target) {
        trust(&mut page, target, fingerprint).await;
    }
    if let Some(port) = &words.usb {
        plug(&mut page, port).await;
    }
    page
}

impl Words {
    fn start(&self) -> StartDoctor {
        StartDoctor { target: self.target.clone(), may_interrupt: self.may_interrupt, idle: self.idle }
    }
}

/// Listens until it is over. What the page was told never goes back.
async fn watch(page: &mut Page) -> Diagnosis {
    let mut known = page.diagnosis().await;
    while known.state == DiagnosisState::Running {
        let next = page.diagnosis().await;
        let ids =
            |diagnosis: &Diagnosis| diagnosis.checks.iter().map(|check| check.id.clone()).collect::<Vec<_>>();
        assert_eq!(ids(&known), ids(&next), "the checks stay as they were planned");
        for (before, after) in known.checks.iter().zip(&next.checks) {
            assert!(stage(before.status) <= stage(after.status), "{before:?} was told, then {after:?}");
            assert!(stage(before.status) < 2 || before == after, "{before:?} was told, then {after:?}");
        }
        known = next;
    }
    assert!(known.checks.iter().all(|check| stage(check.status) == 2), "{:?}", known.checks);
    known
}

fn stage(status: DiagnosisStatus) -> u8 {
    match status {
        DiagnosisStatus::Pending => 0,
        DiagnosisStatus::Running => 1,
        _ => 2,
    }
}

/// What a person typed in an earlier run of the window is in the key store.
async fn keep(page: &Page, words: &Words) {
    let password = std::env::var("BOARDWALK_PASSWORD");
    if let (Some(target), Ok(password)) = (&words.target, password)
        && let Ok(account) = page.app.target_complete(OpenBoard { target: target.clone() }).await
    {
        page.keys.set(&account, &password).unwrap();
    }
    let proxy = words.proxy.as_deref().and_then(|proxy| proxy.split_once("://"));
    if let (Ok(password), Some((scheme, rest))) = (std::env::var(PROXY_PASSWORD), proxy)
        && let Some((user, place)) = rest.rsplit_once('@')
    {
        page.keys.set(&format!("{scheme}://{place}"), &format!("{user}\n{password}")).unwrap();
    }
}

/// Opens a board, says that its certificate is the right one when it has this fingerprint, and closes it.
async fn trust(page: &mut Page, target: &str, fingerprint: &str) {
    let app = page.app.clone();
    let target = OpenBoard { target: target.to_owned() };
    let opened = tokio::spawn(async move { app.board_open(target).await });
    let board = page.board(|board| matches!(board.question, Some(Question::Certificate { .. }))).await;
    let Some(Question::Certificate { id, fingerprint: shown, .. }) = board.question else { unreachable!() };
    assert_eq!(plain(&shown), plain(fingerprint));
    page.app.certificate_trust(QuestionRef { board: board.id.clone(), question: id }).await.unwrap();
    opened.await.unwrap().unwrap();
    page.app.board_close(BoardRef { board: board.id }).await.unwrap();
}

/// AB:CD and abcd are the same.
fn plain(fingerprint: &str) -> String {
    fingerprint.replace(':', "").to_lowercase()
}

/// Opens the board at this port, as far as it lets itself be opened.
async fn plug(page: &mut Page, port: &str) {
    let target = format!("serial:{port}");
    let opened = page.app.board_open(OpenBoard { target: target.clone() }).await.unwrap();
    let known =
        |board: &Board| board.id == opened.id && !matches!(board.state, BoardState::Connecting { .. });
    let _ = tokio::time::timeout(KNOWN, page.board(known)).await;
}

/// What the page marks in the two requests that it shows side by side.
fn changes(echo: &Value) -> Value {
    let lines = |name: &str| {
        let bytes = STANDARD.decode(echo[name].as_str().unwrap()).unwrap();
        String::from_utf8_lossy(&bytes).lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let (sent, arrived) = (lines("sent"), lines("arrived"));
    let header = |line: &str| line.split(':').next().unwrap_or_default().to_owned();
    let changed = sent.iter().filter(|line| !arrived.is_empty() && !arrived.contains(line)).map(|line| {
        let now = arrived.iter().find(|now| header(now).eq_ignore_ascii_case(&header(line)));
        json!({ "header": header(line), "sent": line, "arrived": now, "breaks": echo["breaking"] != 0 })
    });
    changed.collect()
}
