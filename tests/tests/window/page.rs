//! Finds, reads and operates what is on the page, the way a person would name it. Every wait ends after [`PATIENCE`] with a
//! message that says what was waited for and what was there instead.

#![allow(dead_code, reason = "a vocabulary for the flows; not every word is in use all the time")]

use std::path::PathBuf;
use std::time::Duration;

use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use fantoccini::key::Key;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::driver::Window;

/// How long anything on the page may take. Generous: it is only used up when a test fails.
const PATIENCE: Duration = Duration::from_secs(30);
/// Between two looks at the page; WebDriver has no way to be told.
const LOOK: Duration = Duration::from_millis(25);

/// How to find something on the page. Only what is visible is found.
#[derive(Debug, Clone, Copy)]
pub(crate) enum By<'a> {
    /// By role and accessible name, as a screen reader finds it: `By::Role("button", "Run")`. An empty name fits any.
    Role(&'a str, &'a str),
    /// By the attribute `data-testid`.
    TestId(&'a str),
    /// By its own text, without its children's; white space counts as one space.
    Text(&'a str),
    /// By CSS selector.
    Css(&'a str),
}

impl By<'_> {
    fn arguments(self) -> Vec<Value> {
        match self {
            By::Role(role, name) => vec![json!("role"), json!(role), json!(name)],
            By::TestId(id) => vec![json!("css"), json!(format!("[data-testid={id:?}]")), json!("")],
            By::Text(text) => vec![json!("text"), json!(text), json!("")],
            By::Css(selector) => vec![json!("css"), json!(selector), json!("")],
        }
    }
}

impl Window {
    /// Waits for the first visible element that fits.
    pub(crate) async fn find(&self, by: By<'_>) -> Element {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(element) = self.find_now(by).await {
                return element;
            }
            if Instant::now() > deadline {
                let similar = self.similar(by).await;
                self.fail(&format!("{by:?} did not appear{similar}")).await;
            }
            sleep(LOOK).await;
        }
    }

    /// The first visible element that fits, if it is there now.
    pub(crate) async fn find_now(&self, by: By<'_>) -> Option<Element> {
        let found = self.client.execute(FIND, by.arguments()).await.ok()?;
        if found.is_null() {
            return None;
        }
        let id = found.as_object()?.values().next()?.as_str()?.to_owned();
        Some(Element::from_element_id(self.client.clone(), id.into()))
    }

    /// What has the same role by other names, for whoever named it wrongly.
    async fn similar(&self, by: By<'_>) -> String {
        if !matches!(by, By::Role(..)) {
            return String::new();
        }
        let names = self.client.execute(&FIND.replace("return null;", "return seen;"), by.arguments()).await;
        format!("; that role has {}", names.unwrap_or_default())
    }

    /// Waits until nothing visible fits.
    pub(crate) async fn gone(&self, by: By<'_>) {
        let deadline = Instant::now() + PATIENCE;
        while self.find_now(by).await.is_some() {
            if Instant::now() > deadline {
                self.fail(&format!("{by:?} did not go away")).await;
            }
            sleep(LOOK).await;
        }
    }

    /// Clicks on the element, once it is there, is enabled and takes the click.
    pub(crate) async fn click(&self, by: By<'_>) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let element = self.find(by).await;
            // A page that re-renders may take the element away or cover it between the two requests: look again.
            let clicked = match self.is_enabled(&element).await {
                Ok(true) => element.click().await.map_err(|error| error.to_string()),
                Ok(false) => Err("it is disabled".to_owned()),
                Err(error) => Err(error.to_string()),
            };
            match clicked {
                Ok(()) => return,
                Err(reason) if Instant::now() > deadline => {
                    self.fail(&format!("{by:?} takes no click: {reason}")).await;
                }
                Err(_) => sleep(LOOK).await,
            }
        }
    }

    /// Whether a control can be used: neither `disabled` nor `aria-disabled`.
    pub(crate) async fn is_enabled(&self, element: &Element) -> Result<bool, CmdError> {
        let off = element.attr("aria-disabled").await?.is_some_and(|value| value == "true");
        Ok(!off && element.is_enabled().await?)
    }

    /// Double-clicks on the element.
    pub(crate) async fn double_click(&self, by: By<'_>) {
        self.click(by).await;
        let element = self.find(by).await;
        let script = "arguments[0].dispatchEvent(new MouseEvent('dblclick', { bubbles: true, cancelable: true, detail: 2 }))";
        let argument = serde_json::to_value(&element).expect("an element is JSON");
        self.client.execute(script, vec![argument]).await.expect("the page takes a double click");
    }

    /// Opens the context menu of the element, as the right mouse button does.
    pub(crate) async fn context_click(&self, by: By<'_>) {
        let element = self.find(by).await;
        let script = "const r = arguments[0].getBoundingClientRect(); arguments[0].dispatchEvent(new MouseEvent('contextmenu', \
            { bubbles: true, cancelable: true, button: 2, clientX: r.x + r.width / 2, clientY: r.y + r.height / 2 }))";
        let argument = serde_json::to_value(&element).expect("an element is JSON");
        self.client.execute(script, vec![argument]).await.expect("the page takes a context click");
    }

    /// Types into whatever has the focus. `\n` is Enter.
    pub(crate) async fn type_text(&self, text: &str) {
        let focused = self.client.active_element().await.expect("something has the focus");
        let text = text.replace('\n', &char::from(Key::Enter).to_string());
        focused.send_keys(&text).await.expect("the page takes the keys");
    }

    /// Clicks on the element and types into it.
    pub(crate) async fn type_into(&self, by: By<'_>, text: &str) {
        self.click(by).await;
        self.type_text(text).await;
    }

    /// Replaces what is in a text field.
    pub(crate) async fn fill(&self, by: By<'_>, text: &str) {
        self.click(by).await;
        self.press("Control+a").await;
        self.type_text(text).await;
    }

    /// Presses keys together: `Enter`, `F5`, `Shift+F5`, `Control+s`, `Control+Shift+P`.
    pub(crate) async fn press(&self, chord: &str) {
        let keys: Vec<char> = chord.split('+').map(key).collect();
        let mut actions = KeyActions::new("keyboard".to_owned());
        for &value in &keys {
            actions = actions.then(KeyAction::Down { value });
        }
        for &value in keys.iter().rev() {
            actions = actions.then(KeyAction::Up { value });
        }
        self.client.perform_actions(actions).await.expect("the page takes the keys");
    }

    /// What the element shows, once it is there.
    pub(crate) async fn text(&self, by: By<'_>) -> String {
        let element = self.find(by).await;
        self.shown_in(&element).await.unwrap_or_default()
    }

    /// WebDriver's own "element text" takes what is clipped for hidden and answers with nothing.
    async fn shown_in(&self, element: &Element) -> Option<String> {
        let argument = serde_json::to_value(element).ok()?;
        let text = self.client.execute("return arguments[0].innerText", vec![argument]).await.ok()?;
        text.as_str().map(str::to_owned)
    }

    /// Waits until what the element shows contains `part`.
    pub(crate) async fn wait_for_text(&self, by: By<'_>, part: &str) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let text = match self.find_now(by).await {
                Some(element) => self.shown_in(&element).await.unwrap_or_default(),
                None => String::new(),
            };
            if text.contains(part) {
                return;
            }
            if Instant::now() > deadline {
                self.fail(&format!("{by:?} does not show {part:?} but {text:?}")).await;
            }
            sleep(LOOK).await;
        }
    }

    /// Waits until a JavaScript expression is true. `what` completes the sentence "did not happen: …".
    pub(crate) async fn wait_for_script(&self, what: &str, expression: &str) {
        self.wait_for(what, async || self.script(expression).await == Value::Bool(true)).await;
    }

    /// Waits until `condition` holds. `what` completes the sentence "did not happen: …".
    pub(crate) async fn wait_for(&self, what: &str, condition: impl AsyncFn() -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !condition().await {
            if Instant::now() > deadline {
                self.fail(&format!("did not happen: {what}")).await;
            }
            sleep(LOOK).await;
        }
    }

    /// The value of a JavaScript expression; null when it throws or the page is between two states.
    pub(crate) async fn script(&self, expression: &str) -> Value {
        self.client.execute(&format!("return ({expression})"), Vec::new()).await.unwrap_or(Value::Null)
    }

    /// The value of a JavaScript promise, or the text of what it was rejected with.
    pub(crate) async fn script_async(&self, promise: &str) -> Value {
        let script = format!(
            "const done = arguments[0]; Promise.resolve({promise}).then(done, (e) => done(String(e)))"
        );
        self.client.execute_async(&script, Vec::new()).await.expect("a script that the page can run")
    }

    /// Ends the test, after saving what the window shows for whoever has to find out why.
    async fn fail(&self, what: &str) -> ! {
        let folder = std::env::current_exe()
            .ok()
            .and_then(|exe| Some(exe.ancestors().nth(3)?.join("window-failures")));
        let name = std::thread::current().name().unwrap_or("window").replace("::", "-");
        let picture: PathBuf = folder.unwrap_or_else(std::env::temp_dir).join(format!("{name}.png"));
        // A page that hangs shows nothing; the test must end all the same.
        if let (Some(png), Some(folder)) = (self.picture().await, picture.parent()) {
            let _ = std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&picture, png));
        }
        let page =
            tokio::time::timeout(PATIENCE, self.script("document.body.innerText")).await.unwrap_or_default();
        let page = page.as_str().unwrap_or("(no page)");
        panic!("{what}\npicture: {}\n--- page\n{page}\n--- log\n{}", picture.display(), self.log());
    }
}

/// The WebDriver character of a key by its name, or the character itself.
fn key(name: &str) -> char {
    let named = match name {
        "Control" => Key::Control,
        "Shift" => Key::Shift,
        "Alt" => Key::Alt,
        "Meta" => Key::Meta,
        "Enter" => Key::Enter,
        "Tab" => Key::Tab,
        "Escape" => Key::Escape,
        "Backspace" => Key::Backspace,
        "Delete" => Key::Delete,
        "Up" => Key::Up,
        "Down" => Key::Down,
        "Left" => Key::Left,
        "Right" => Key::Right,
        "Home" => Key::Home,
        "End" => Key::End,
        "F2" => Key::F2,
        "F5" => Key::F5,
        "F6" => Key::F6,
        _ => {
            let mut letters = name.chars();
            match (letters.next(), letters.next()) {
                (Some(letter), None) => return letter,
                _ => panic!("no key is called {name:?}"),
            }
        }
    };
    named.into()
}

/// Finds the first visible element by role and name, own text, or selector.
const FIND: &str = r#"
const [how, what, wanted] = arguments;
const roles = {
  A: 'link', BUTTON: 'button', TEXTAREA: 'textbox', SELECT: 'combobox', OPTION: 'option', NAV: 'navigation', MAIN: 'main',
  LI: 'listitem', UL: 'list', OL: 'list', TABLE: 'table', DIALOG: 'dialog', PROGRESS: 'progressbar',
  H1: 'heading', H2: 'heading', H3: 'heading', H4: 'heading', IMG: 'img',
};
const inputs = { checkbox: 'checkbox', radio: 'radio', range: 'slider', number: 'spinbutton', search: 'searchbox', button: 'button', submit: 'button' };
const role = (e) => e.getAttribute('role') || (e.tagName === 'INPUT' ? inputs[e.type] || 'textbox' : roles[e.tagName]);
const tidy = (text) => (text || '').replace(/\s+/g, ' ').trim();
const name = (e) => {
  const labelledBy = (e.getAttribute('aria-labelledby') || '').split(' ').filter(Boolean).map((id) => document.getElementById(id));
  if (labelledBy.some(Boolean)) return tidy(labelledBy.map((l) => l && l.textContent).join(' '));
  if (e.getAttribute('aria-label')) return tidy(e.getAttribute('aria-label'));
  if (e.labels && e.labels.length) return tidy([...e.labels].map((l) => l.textContent).join(' '));
  return tidy(e.textContent) || tidy(e.getAttribute('alt')) || tidy(e.title) || tidy(e.placeholder);
};
const visible = (e) => e.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && e.getClientRects().length > 0;
const own = (e) => tidy([...e.childNodes].filter((n) => n.nodeType === 3).map((n) => n.data).join(''));
const seen = [];
const fits = {
  role: (e) => role(e) === what && (seen.push(name(e)), wanted === '' || name(e) === wanted),
  text: (e) => own(e) === what,
  css: () => true,
}[how];
for (const e of document.querySelectorAll(how === 'css' ? what : 'body *')) {
  if (fits(e) && visible(e)) return e;
}
return null;
"#;
