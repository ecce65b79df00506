//! The window opens, is ours, and closes without leaving anything behind.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::driver::Launch;

#[tokio::test]
async fn opens_and_closes() {
    let window = Launch::new().start().await;
    assert_eq!(window.client.title().await.expect("a title"), "Boardwalk");
    let address = window.client.current_url().await.expect("an address");
    assert_eq!(address.as_str(), "tauri://localhost", "the page comes from the program itself");

    let picture = window.home().join("window.png");
    window.screenshot(&picture).await;
    let png = std::fs::read(&picture).expect("the picture is there");
    assert!(png.starts_with(b"\x89PNG"));

    let group = window.process_group();
    window.close().await;
    // A killed process may take a moment to go, on a busy machine.
    let deadline = Instant::now() + Duration::from_secs(30);
    while !members(group).is_empty() {
        assert!(Instant::now() < deadline, "still running: {:?}", members(group));
        sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn page_may_not_do_more_than_it_needs() {
    let window = Launch::new().start().await;
    let tried = r#"(async () => {
        const call = (name, args) => window.__TAURI_INTERNALS__.invoke(name, args).then(() => name + ' was allowed', () => null);
        const blocked = [];
        document.addEventListener('securitypolicyviolation', (e) => blocked.push(e.effectiveDirective));
        const allowed = await Promise.all([
            call('plugin:window|close'),
            call('plugin:event|emit', { event: 'x' }),
            call('plugin:webview|create_webview_window', { options: { label: 'x' } }),
            call('plugin:dialog|open', { options: {} }),
            call('plugin:path|resolve_directory', { directory: 1 }),
            call('no_such_command'),
            fetch('https://localhost:1/').then(() => 'a fetch was allowed', () => null),
        ]);
        const script = document.createElement('script');
        script.textContent = 'window.__inline = true';
        document.head.append(script);
        try { new Function('return 1')(); allowed.push('eval was allowed'); } catch { /* as it should be */ }
        if (window.__inline) allowed.push('an inline script was allowed');
        await new Promise((resolve) => setTimeout(resolve));
        return { allowed: allowed.filter(Boolean), blocked: [...new Set(blocked)].sort() };
    })()"#;
    let expected =
        serde_json::json!({ "allowed": [], "blocked": ["connect-src", "script-src", "script-src-elem"] });
    assert_eq!(window.script_async(tried).await, expected);
    window.close().await;
}

/// The command lines of the processes in a group.
fn members(group: u32) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc").expect("Linux has /proc").flatten() {
        let Ok(stat) = std::fs::read_to_string(entry.path().join("stat")) else { continue };
        // pid (name) state ppid pgrp …; the name may contain spaces and brackets.
        let Some((_, rest)) = stat.rsplit_once(')') else { continue };
        let fields: Vec<&str> = rest.split_whitespace().collect();
        let zombie = fields.first() == Some(&"Z");
        if fields.get(2).and_then(|field| field.parse().ok()) == Some(group) && !zombie {
            found.push(stat);
        }
    }
    found
}
