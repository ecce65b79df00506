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

/// One picture for each theme, language and size. The page is loaded anew each time, as at a start.
async fn everywhere(window: &Window, name: &str, there: By<'_>) {
    for theme in ["light", "dark", "contrast"] {
        for language in ["en", "zh-CN"] {
            let settings = format!(
                "{{ theme: '{theme}', language: '{language}', textScale: 100, sideBar: 264, panel: 35, timestamps: false }}"
            );
            let set = format!(
                "window.__TAURI_INTERNALS__.invoke('settings_set', {{ request: {settings} }}).then(() => true)"
            );
            assert_eq!(window.script_async(&set).await, serde_json::Value::Bool(true));
            window.client.refresh().await.expect("the page loads again");
            window.find(there).await;
            window
                .wait_for_script(
                    "the language is set",
                    &format!("document.documentElement.lang === '{language}'"),
                )
                .await;
            for (width, height) in [(1280, 800), (800, 600)] {
                window.resize(width, height).await;
                window.screenshot(&pictures().join(format!("{name}-{theme}-{language}-{width}.png"))).await;
            }
            window.resize(1280, 800).await;
        }
    }
    let back = "window.__TAURI_INTERNALS__.invoke('settings_set', { request: { theme: 'light', language: 'en', textScale: 100, sideBar: 264, panel: 35, timestamps: false } })";
    window.script_async(back).await;
    window.client.refresh().await.expect("the page loads again");
    window.find(there).await;
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ is in the repository").to_owned()
}

fn pictures() -> PathBuf {
    let exe = std::env::current_exe().expect("this test has a path");
    exe.ancestors().nth(3).expect("tests are built into target/<profile>/deps").join("pictures")
}
