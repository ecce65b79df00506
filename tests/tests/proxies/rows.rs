//! Rows of the tables as tests. A row whose proxy is not on this machine is listed as ignored, and fails on a CI machine.

use std::{
    env,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, OnceLock},
};

use boardwalk_tests::proxies::{Proxy, ProxyError};
use libtest_mimic::{Failed, Trial};

/// One test.
pub(crate) struct Row {
    name: String,
    /// Why it cannot run here.
    missing: Option<String>,
    run: Box<dyn FnOnce() + Send>,
}

impl Row {
    /// `run` panics when the row does not hold.
    pub(crate) fn new(
        name: impl Into<String>,
        available: &Result<(), ProxyError>,
        run: impl FnOnce() + Send + 'static,
    ) -> Self {
        let missing = available.as_ref().err().map(ToString::to_string);
        Self { name: name.into(), missing, run: Box::new(run) }
    }
}

pub(crate) fn trials(rows: Vec<Row>) -> Vec<Trial> {
    // What `.ci/run` accepts is decided here: everything, or nothing.
    let strict = env::var_os("CI").is_some();
    rows.into_iter().map(|row| trial(row, strict)).collect()
}

fn trial(row: Row, strict: bool) -> Trial {
    match row.missing {
        None => Trial::test(row.name, || {
            catch_unwind(AssertUnwindSafe(row.run)).map_err(|why| Failed::from(said(why.as_ref())))
        }),
        Some(why) if strict => Trial::test(row.name, move || Err(Failed::from(why))),
        Some(why) => {
            Trial::test(format!("{} (did not run: {why})", row.name), || Ok(())).with_ignored_flag(true)
        }
    }
}

fn said(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("it panicked").to_owned()
}

/// A proxy that several rows use: started by the first, ended after the last.
pub(crate) struct Shared<T = Proxy> {
    start: Arc<dyn Fn() -> Result<T, ProxyError> + Send + Sync>,
    running: Arc<OnceLock<Result<T, String>>>,
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Self { start: Arc::clone(&self.start), running: Arc::clone(&self.running) }
    }
}

impl<T> Shared<T> {
    pub(crate) fn new(start: impl Fn() -> Result<T, ProxyError> + Send + Sync + 'static) -> Self {
        Self { start: Arc::new(start), running: Arc::default() }
    }

    pub(crate) fn get(&self) -> &T {
        let started = self.running.get_or_init(|| (self.start)().map_err(|e| e.to_string()));
        started.as_ref().unwrap_or_else(|e| panic!("{e}"))
    }
}
