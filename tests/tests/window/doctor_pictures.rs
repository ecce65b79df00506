//! Pictures of the doctor and of the way to a board: behind a proxy that rewrites, and when all is well.

use boardwalk_tests::{Board, WebRepl};

use crate::doctor::{chosen, finds, inspecting};
use crate::driver::Launch;
use crate::flow::state;
use crate::network::{connect, give_password};
use crate::page::By;
use crate::pictures::{pictures, repository, set};

#[tokio::test]
async fn of_the_doctor() {
    let board = Board::unix().file("main.py", "").webrepl(WebRepl::new()).start().expect("a board");
    let (url, proxy, launch) = (board.webrepl_url(), inspecting(), Launch::new());
    chosen(launch.home(), &url, &proxy.url());
    let project = launch.home().join("greenhouse");
    std::fs::create_dir_all(&project).expect("a folder");
    std::fs::write(project.join("main.py"), "print('21 °C')\n").expect("a file");
    let window = launch.arg(project.to_str().expect("a UTF-8 path")).start().await;
    for (theme, language) in [("light", "zh-CN"), ("dark", "zh-CN"), ("dark", "en"), ("light", "en")] {
        set(&window, theme, language).await;
        let name = async |what: &str| {
            window.screenshot(&pictures().join(format!("{what}-{theme}-{language}.png"))).await;
        };
        connect(&window, &url).await;
        finds(&window, "handshake-rewritten").await;
        window.resize(800, 600).await;
        name("doctor-small").await;
        window.resize(1280, 800).await;
        name("doctor").await;
        window.click(By::TestId("status-route")).await;
        window.find(By::TestId("menu")).await;
        name("route").await;
        window.click(By::TestId("route-proxy")).await;
        window.find(By::TestId("dialog-proxy")).await;
        name("route-dialog").await;
        window.press("Escape").await;
        window.gone(By::TestId("dialog-proxy")).await;
    }
    // The pointer rests where it lights nothing up.
    window.click(By::TestId("doctor-headline")).await;
    if std::env::var_os("BOARDWALK_DOCS").is_some() {
        window.screenshot(&repository().join("docs/doctor.png")).await;
    }

    window.click(By::Css("[data-testid=remedy-main][data-action=bypass-proxy]")).await;
    give_password(&window, "needed", "secret").await;
    state(&window, "ready").await;
    for (theme, language) in [("light", "en"), ("dark", "zh-CN")] {
        set(&window, theme, language).await;
        state(&window, "ready").await;
        window.click(By::TestId("doctor")).await;
        window.find(By::Css("[data-testid=doctor-page][data-state=done][data-verdict=ok]")).await;
        window.screenshot(&pictures().join(format!("doctor-healthy-{theme}-{language}.png"))).await;
    }
    window.close().await;
}
