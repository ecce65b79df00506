//! The real window: start, flood, echo, idle.

use std::time::Duration;

use boardwalk_tests::{Board, Identity, PortsFile};
use serde_json::Value;

use crate::driver::{Launch, Window};
use crate::page::By;
use crate::process::members;
use crate::{median, percentile, row};

const BOARD: &str = "usb:2E8A:0005:bench";

/// Lines of 60 bytes, 10 MB of them, then a line that nothing else prints.
const FLOOD: &str = "\
import sys
s=('0123456789abcdef temp:21.88 target:22.0 duty:0.10 hum:48.1\\n'*1024)
for _ in range(10000000//len(s)+1):sys.stdout.write(s)
print('END'+'-OF-FLOOD')
";

/// 1 MB/s on one line, and an answer on a line of its own for each key.
const METRONOME: &str = "\
import sys,select,time
p=select.poll()
p.register(sys.stdin,select.POLLIN)
s=('\\r'+'x'*79)*25
n=0
k=0
t=time.ticks_ms()
while 1:
 sys.stdout.write(s)
 n+=2
 while p.poll(0):
  c=sys.stdin.read(1)
  k+=1
  sys.stdout.write('\\r\\n<%d>\\r\\n'%k)
 while time.ticks_diff(time.ticks_ms(),t)<n:pass
";

pub async fn all() {
    start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let ports = PortsFile::create(folder.path().join("ports.json")).expect("a list of ports");
    let board = Board::unix().unthrottled().listed(&ports, Identity::pico("bench"));
    let _board = board.start().expect("a board");
    let window = Launch::new().env("BOARDWALK_EXTRA_PORTS", ports.path()).start().await;
    window.click(By::TestId("device-connect")).await;
    window.wait_for_text(By::TestId("status-state"), "Ready").await;
    window.find(By::Css(".xterm-screen")).await;
    idle(&window).await;
    flood(&window).await;
    echo(&window).await;
    window.close().await;
}

/// From the start of the process to the first picture with content.
async fn start() {
    let mut times = Vec::new();
    for _ in 0..5 {
        let window = Launch::new().start().await;
        let painted =
            "performance.timeOrigin + performance.getEntriesByName('first-contentful-paint')[0].startTime";
        window.wait_for_script("something is painted", &format!("{painted} > 0")).await;
        let painted = number(&window.script(painted).await);
        let process =
            members(window.process_group()).into_iter().find(|p| p.name.starts_with("boardwalk-deskt"));
        times.push(painted - process.expect("the window's process").began());
        window.close().await;
    }
    row(
        "start of the process to painted, median of 5",
        format!("{:.0} ms", median(times)),
        String::new(),
        "limit 900 ms".into(),
    );
}

async fn idle(window: &Window) {
    let cpu = || members(window.process_group()).iter().map(|p| p.cpu().as_secs_f64()).sum::<f64>();
    // With the focus in the terminal, where it is after typing: a caret that blinks would cost 3 %.
    window.click(By::Css(".xterm-screen")).await;
    let focused = "document.activeElement?.className === 'xterm-helper-textarea'";
    window.wait_for_script("the terminal has the focus", focused).await;
    // What starting began ends first; this is a measurement and not a test.
    tokio::time::sleep(Duration::from_secs(3)).await;
    let before = cpu();
    tokio::time::sleep(Duration::from_secs(10)).await;
    let percent = (cpu() - before) * 10.0;
    row(
        "processor at idle, the terminal focused, all of it",
        format!("{percent:.2} %"),
        String::new(),
        "limit 1 %".into(),
    );
}

async fn flood(window: &Window) {
    let before = memory(window);
    let code = Value::from(FLOOD);
    let script = format!(
        "(async () => {{
            let gap = 0, last = performance.now(), on = true;
            const tick = () => {{ const now = performance.now(); gap = Math.max(gap, now - last); last = now; if (on) requestAnimationFrame(tick); }};
            requestAnimationFrame(tick);
            const begun = performance.now();
            await window.__TAURI_INTERNALS__.invoke('run_code', {{ request: {{ board: '{BOARD}', name: 'flood.py', code: {code} }} }});
            const rows = () => [...document.querySelectorAll('.xterm-rows > div')];
            while (!rows().some((row) => row.textContent.startsWith('END-OF-FLOOD'))) await new Promise(requestAnimationFrame);
            on = false;
            return [performance.now() - begun, gap];
        }})()"
    );
    for _ in 0..3 {
        let result = window.script_async(&script).await;
        let (ms, gap) = (number(&result[0]), number(&result[1]));
        row(
            "10 MB printed by a program, drawn in the terminal",
            format!("{:.1} MB/s", 10_000.0 / ms),
            String::new(),
            format!("aim 8 MB/s; longest time between two frames {gap:.0} ms"),
        );
    }
    for (before, after) in before.iter().zip(memory(window)) {
        row(
            &format!("memory after 30 MB, {}", after.0),
            format!("{:.0} MB", after.1),
            format!("{:.0} MB", before.1),
            "other: before the flood".into(),
        );
    }
}

async fn echo(window: &Window) {
    let code = Value::from(METRONOME);
    let script = format!(
        "(async () => {{
            const call = (name, request) => window.__TAURI_INTERNALS__.invoke(name, {{ request }});
            const board = '{BOARD}';
            const running = call('run_code', {{ board, name: 'metronome.py', code: {code} }});
            await new Promise((done) => setTimeout(done, 500));
            const rows = () => [...document.querySelectorAll('.xterm-rows > div')];
            const times = [];
            for (let k = 1; k <= 200; k++) {{
                const begun = performance.now();
                call('terminal_input', {{ board, data: 'k', paste: false }});
                await new Promise((seen) => {{
                    const watch = new MutationObserver(() => {{
                        if (!rows().some((row) => row.textContent.startsWith('<' + k + '>'))) return;
                        watch.disconnect();
                        seen();
                    }});
                    watch.observe(document.querySelector('.xterm-rows'), {{ subtree: true, childList: true, characterData: true }});
                }});
                times.push(performance.now() - begun);
            }}
            await call('board_stop', {{ board }});
            await running;
            return times;
        }})()"
    );
    let result = window.script_async(&script).await;
    let times: Vec<f64> =
        result.as_array().unwrap_or_else(|| panic!("{result}")).iter().map(number).collect();
    row(
        "key to its echo on the screen while 1 MB/s arrives",
        format!("{:.0} ms", percentile(times.clone(), 99)),
        format!("{:.0} ms", median(times)),
        "99th percentile, limit 30 ms; other: median".into(),
    );
}

fn memory(window: &Window) -> Vec<(String, f64)> {
    members(window.process_group()).iter().map(|p| (p.name.clone(), p.memory())).collect()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("not a number: {value}"))
}
