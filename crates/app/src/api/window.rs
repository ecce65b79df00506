use crate::AppError;
use crate::app::{App, lock};
use crate::wire::*;

impl App {
    /// Cancels an operation by the id its caller chose; one that has ended is no error.
    ///
    /// # Errors
    /// None.
    pub async fn op_cancel(&self, request: OpRef) -> Result<(), AppError> {
        self.cancel_operation(&request.op);
        Ok(())
    }

    /// What the person chose.
    ///
    /// # Errors
    /// None.
    pub async fn settings_get(&self, _: NoArgs) -> Result<Settings, AppError> {
        Ok(lock(&self.0.settings).clone())
    }

    /// Keeps what the person chose, within the ranges of [`Settings`].
    ///
    /// # Errors
    /// When the file cannot be written; the choice holds until the end of the run all the same.
    pub async fn settings_set(&self, settings: Settings) -> Result<(), AppError> {
        let settings = Settings {
            text_scale: settings.text_scale.clamp(80, 200),
            side_bar: settings.side_bar.clamp(200, 400),
            panel: settings.panel.clamp(10, 70),
            ..settings
        };
        *lock(&self.0.settings) = settings.clone();
        self.0.store.save_settings(&settings).await
    }

    /// What this program is.
    ///
    /// # Errors
    /// None.
    pub async fn about(&self, _: NoArgs) -> Result<About, AppError> {
        Ok(About {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            os: std::env::consts::OS.to_owned(),
            system_language: self.0.host.language().unwrap_or_else(|| "en".to_owned()),
        })
    }

    /// Closes the boards, then the window.
    ///
    /// # Errors
    /// None.
    pub async fn window_close(&self, _: NoArgs) -> Result<(), AppError> {
        self.shut_down().await;
        self.0.host.close_window();
        Ok(())
    }
}
