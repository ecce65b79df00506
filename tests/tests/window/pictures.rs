//! Pictures of what a person sees, in both themes and languages and both sizes, for the README and for eyes: they are
//! written to `target/pictures`, and the README's one to `docs/` when `BOARDWALK_DOCS` is set (`cargo xtask pictures`).

use std::path::{Path, PathBuf};

use boardwalk_tests::{Board, Identity, PortsFile};

use crate::driver::{Launch, Window};
use crate::page::By;

const GREENHOUSE: &str = "\
import time

TARGET_C = 22.0


def clamp(value, low=0.0, high=1.0):
    return min(max(value, low), high)


def control(read, kp=0.35, ki=0.002, steps=4):
    \"\"\"PI loop; prints one line per step.\"\"\"
    integral = 0.0
    for step in range(steps):
        temp = read(step)
        error = TARGET_C - temp
        integral = clamp(integral + ki * error)
        duty = clamp(kp * error + integral)
        print(f\"temp:{temp:.2f} target:{TARGET_C} duty:{duty:.2f}\")
        time.sleep_ms(20)  # the heater is slow
    return sensor.read()


control(lambda step: 21.88 + step / 40)
";

#[tokio::test]
async fn of_the_window() {
    let launch = Launch::new();
    let project = launch.home().join("greenhouse");
    std::fs::create_dir_all(project.join("lib")).expect("a folder");
    for (name, text) in
        [("main.py", GREENHOUSE), ("config.py", "SSID = 'shed'\n"), ("lib/bme280.py", "# driver\n")]
    {
        std::fs::write(project.join(name), text).expect("a file");
    }
    let ports = PortsFile::create(launch.home().join("ports.json")).expect("a list of ports");
    let board =
        Board::unix().file("main.py", "").file("boot.py", "# boot\n").file("lib/bme280.py", "# driver\n");
    let board = board.listed(&ports, Identity::pico("E6614C311B7E6F35").named("Raspberry Pi Pico W"));
    let _board = board.start().expect("a board");
    let demo = Board::unix().samples().listed(&ports, Identity::pico("demo").named("Demo board").demo());
    let _demo = demo.start().expect("a demo board");
    let window = launch
        .env("BOARDWALK_EXTRA_PORTS", ports.path())
        .arg(project.to_str().expect("a UTF-8 path"))
        .start()
        .await;

    everywhere(&window, "connect", By::TestId("connect-page")).await;

    window.click(By::Css("[data-testid=device-connect][data-board-id$='E6614C311B7E6F35']")).await;
    window.wait_for_text(By::TestId("status-state"), "Ready").await;
    window.double_click(By::Css("[data-testid=tree-row][data-side=folder][data-path='/main.py']")).await;
    window.find(By::Css("[data-testid=tab][data-path='/main.py']")).await;
    window.press("F5").await;
    window.wait_for_text(By::Css("[data-testid=terminal] .xterm-rows"), "NameError").await;
    window.wait_for_text(By::TestId("status-state"), "Ready").await;
    window.screenshot(&pictures().join("window.png")).await;
    if std::env::var_os("BOARDWALK_DOCS").is_some() {
        window.screenshot(&repository().join("docs/window.png")).await;
    }
    window.click(By::TestId("board-picker")).await;
    window.find(By::TestId("menu")).await;
    window.screenshot(&pictures().join("menu.png")).await;
    window.press("Escape").await;
    everywhere(&window, "main", By::TestId("status-free")).await;
    window.close().await;
}

#[tokio::test]
async fn of_dialogs_and_faults() {
    let launch = Launch::new();
    let project = launch.home().join("greenhouse");
    std::fs::create_dir_all(&project).expect("a folder");
    std::fs::write(project.join("main.py"), GREENHOUSE).expect("a file");
    let ports = PortsFile::create(launch.home().join("ports.json")).expect("a list of ports");
    let board = Board::unix().file("boot.py", "# boot\n");
    let board = board.listed(&ports, Identity::pico("E6614C311B7E6F35").named("Raspberry Pi Pico W"));
    let board = board.start().expect("a board");
    let window = launch
        .env("BOARDWALK_EXTRA_PORTS", ports.path())
        .arg(project.to_str().expect("a UTF-8 path"))
        .start()
        .await;
    for theme in ["light", "dark"] {
        for language in ["en", "zh-CN"] {
            set(&window, theme, language).await;
            window.find(By::TestId("connect-page")).await;
            let name = async |what: &str| {
                window.screenshot(&pictures().join(format!("{what}-{theme}-{language}.png"))).await;
            };
            let holder = board.hold().expect("another program");
            window.click(By::TestId("device-connect")).await;
            // A connect that fails opens the doctor.
            window.find(By::TestId("doctor-again")).await;
            name("busy").await;
            drop(holder);
            set(&window, theme, language).await;

            window.click(By::TestId("device-connect")).await;
            state(&window, "ready").await;
            window.double_click(By::Css("[data-testid=tree-row][data-side=folder]")).await;
            window.click(By::Css(".cm-content")).await;
            window.type_text("x").await;
            window.find(By::Css("[data-testid=tab][data-unsaved=true]")).await;
            window.click(By::TestId("tab-close")).await;
            window.find(By::Role("dialog", "")).await;
            name("unsaved").await;
            window.press("Escape").await;
            window.gone(By::Role("dialog", "")).await;

            for (keys, there, what) in [
                ("Control+,", "dialog-settings", "settings"),
                ("Control+Shift+p", "palette", "palette"),
                ("Control+p", "palette", "go-to-file"),
            ] {
                window.press(keys).await;
                window.find(By::TestId(there)).await;
                name(what).await;
                window.press("Escape").await;
                window.gone(By::TestId(there)).await;
            }
            window.context_click(By::TestId("board-row")).await;
            window.find(By::TestId("board-info")).await;
            name("board-menu").await;
            window.click(By::TestId("board-info")).await;
            window.find(By::Css("[data-testid=dialog-info] dl")).await;
            name("info").await;
            window.press("Escape").await;

            window.press("F5").await;
            window.wait_for_text(By::Css("[data-testid=terminal] .xterm-rows"), "IndentationError").await;
            board.unplug();
            state(&window, "lost").await;
            name("lost").await;
            board.plug().expect("the board comes back");
            state(&window, "ready").await;
            let id = "document.querySelector('[data-testid=board-row]').dataset.boardId";
            let close =
                format!("window.__TAURI_INTERNALS__.invoke('board_close', {{ request: {{ board: {id} }} }})");
            window.script_async(&close).await;
            state(&window, "present").await;
        }
    }
    window.close().await;
}

/// Waits for the state of the board, as the list shows it.
async fn state(window: &Window, wanted: &str) {
    let row = format!("document.querySelector('[data-testid=board-row]')?.dataset.state === {wanted:?}");
    window.wait_for_script(&format!("the board is {wanted}"), &row).await;
}

/// One picture for each theme, language and size. The page is loaded anew each time, as at a start.
async fn everywhere(window: &Window, name: &str, there: By<'_>) {
    for theme in ["light", "dark", "contrast"] {
        for language in ["en", "zh-CN"] {
            set(window, theme, language).await;
            window.find(there).await;
            for (width, height) in [(1280, 800), (800, 600)] {
                window.resize(width, height).await;
                window.screenshot(&pictures().join(format!("{name}-{theme}-{language}-{width}.png"))).await;
            }
            window.resize(1280, 800).await;
        }
    }
    set(window, "light", "en").await;
    window.find(there).await;
}

/// Sets theme and language, and loads the page anew.
pub(crate) async fn set(window: &Window, theme: &str, language: &str) {
    let settings = format!(
        "{{ theme: '{theme}', language: '{language}', textScale: 100, sideBar: 264, panel: 35, timestamps: false }}"
    );
    let set = format!(
        "window.__TAURI_INTERNALS__.invoke('settings_set', {{ request: {settings} }}).then(() => true)"
    );
    assert_eq!(window.script_async(&set).await, serde_json::Value::Bool(true));
    window.client.refresh().await.expect("the page loads again");
    let language = format!("document.documentElement.lang === '{language}'");
    window.wait_for_script("the language is set", &language).await;
}

pub(crate) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ is in the repository").to_owned()
}

pub(crate) fn pictures() -> PathBuf {
    let exe = std::env::current_exe().expect("this test has a path");
    exe.ancestors().nth(3).expect("tests are built into target/<profile>/deps").join("pictures")
}
