use std::{future::Future, thread::JoinHandle};

use tokio::sync::oneshot;

use crate::error::{BoardError, Context as _};

/// A thread that drives one future until it ends or this is dropped: tests run with and without a runtime of their own.
#[derive(Debug)]
pub(crate) struct Worker {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Worker {
    /// `prepare` runs at once, where sockets can be made; what it gives besides the future is for the caller.
    pub(crate) fn start<T, F: Future + Send + 'static>(
        name: &str,
        prepare: impl FnOnce() -> Result<(T, F), BoardError>,
    ) -> Result<(T, Self), BoardError> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .context("a runtime for the network")?;
        let (given, future) = {
            let _inside = runtime.enter();
            prepare()?
        };
        let (stop, stopped) = oneshot::channel::<()>();
        let work = move || {
            runtime.block_on(async {
                tokio::select! {
                    _ = future => {}
                    _ = stopped => {}
                }
            });
        };
        let thread =
            std::thread::Builder::new().name(name.into()).spawn(work).context("starting a thread")?;
        Ok((given, Self { stop: Some(stop), thread: Some(thread) }))
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.stop.take();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
