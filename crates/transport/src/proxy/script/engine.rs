//! Runs one script: in an interpreter of its own, without files, network or modules, within limits of time and memory.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use rquickjs::{CatchResultExt as _, CaughtError, Context, Ctx, Error, Function, Runtime, Value};

use super::error::ScriptError;

const HELPERS: &str = include_str!("helpers.js");
/// What a script may take, in bytes.
const MEMORY: usize = 32 << 20;
/// Of its thread's 2 MiB.
const STACK: usize = 512 << 10;

/// An address of a name; bounded by whoever gives it.
pub(super) type Lookup = Box<dyn Fn(&str) -> Option<IpAddr>>;

/// What a script may ask about the world.
pub(super) struct Questions {
    /// names
    pub(super) resolve: Lookup,
    /// an address of this computer
    pub(super) own: IpAddr,
}

/// What `FindProxyForURL(url, host)` returns. Blocks until then, or shortly after `until`.
pub(super) fn run(
    script: &str,
    url: &str,
    host: &str,
    questions: Questions,
    until: Instant,
) -> Result<String, ScriptError> {
    let runtime = Runtime::new().map_err(|_| ScriptError::TooMuchMemory)?;
    runtime.set_memory_limit(MEMORY);
    runtime.set_max_stack_size(STACK);
    let stopped = Arc::new(AtomicBool::new(false));
    let noted = Arc::clone(&stopped);
    runtime.set_interrupt_handler(Some(Box::new(move || {
        let late = Instant::now() >= until;
        noted.fetch_or(late, Ordering::Relaxed);
        late
    })));
    let context = Context::full(&runtime).map_err(|_| ScriptError::TooMuchMemory)?;
    let outcome = context.with(|ctx| {
        let outcome = find(&ctx, script, url, host, questions).catch(&ctx);
        outcome.map_err(|error| failure(&error))
    });
    match outcome {
        _ if stopped.load(Ordering::Relaxed) => Err(ScriptError::TooLong),
        Ok(Some(answer)) => Ok(answer),
        Ok(None) => Err(ScriptError::NoFunction),
        Err(error) => Err(error),
    }
}

fn find<'js>(
    ctx: &Ctx<'js>,
    script: &str,
    url: &str,
    host: &str,
    questions: Questions,
) -> Result<Option<String>, Error> {
    let globals = ctx.globals();
    let Questions { resolve, own } = questions;
    let resolve = move |name: Value<'_>| {
        let name = name.into_string().and_then(|name| name.to_string().ok())?;
        resolve(&name).map(|address| address.to_string())
    };
    // JavaScript's null, where the name is unknown.
    let resolve = move |ctx: Ctx<'js>, name: Value<'js>| match resolve(name) {
        Some(address) => rquickjs::String::from_str(ctx, &address).map(rquickjs::String::into_value),
        None => Ok(Value::new_null(ctx)),
    };
    globals.set("dnsResolve", Function::new(ctx.clone(), resolve)?)?;
    globals.set("myIpAddress", Function::new(ctx.clone(), move || own.to_string())?)?;
    globals.set("alert", Function::new(ctx.clone(), |_: Value<'_>| {})?)?;
    ctx.eval::<(), _>(HELPERS)?;
    // Scripts of the nineties: not in strict mode.
    let mut options = rquickjs::context::EvalOptions::default();
    options.strict = false;
    ctx.eval_with_options::<Value<'_>, _>(script, options)?;
    let Ok(function) = globals.get::<_, Function<'_>>("FindProxyForURL") else { return Ok(None) };
    let answer: Value<'_> = function.call((url, host))?;
    match answer.into_string() {
        Some(text) => text.to_string().map(Some),
        None => Ok(None),
    }
}

fn failure(error: &CaughtError<'_>) -> ScriptError {
    let text = match error {
        CaughtError::Error(Error::Allocation) => return ScriptError::TooMuchMemory,
        CaughtError::Error(error) => error.to_string(),
        // Without the memory even for the error or its message, QuickJS throws null, or an error without one
        // (JS_MakeError in quickjs.c).
        CaughtError::Value(value) if value.is_null() => return ScriptError::TooMuchMemory,
        CaughtError::Exception(exception) => match exception.message() {
            Some(message) => message,
            None => return ScriptError::TooMuchMemory,
        },
        CaughtError::Value(value) => {
            value.as_string().and_then(|text| text.to_string().ok()).unwrap_or_default()
        }
    };
    if text == "out of memory" {
        return ScriptError::TooMuchMemory;
    }
    ScriptError::Failed { because: shown(&text) }
}

/// One short line without what a terminal would obey.
pub(super) fn shown(text: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(120).collect();
    if text.trim().is_empty() { "it said nothing".to_owned() } else { text }
}

#[cfg(test)]
#[path = "engine_tests.rs"]
mod tests;
