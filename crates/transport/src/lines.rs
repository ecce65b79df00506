//! The two modem lines a program can drive.

/// A change of DTR and RTS; `None` leaves a line as it is. True is asserted (the pin is low on a UART).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LineSignals {
    /// data terminal ready
    pub dtr: Option<bool>,
    /// request to send
    pub rts: Option<bool>,
}

impl LineSignals {
    /// Both lines asserted.
    pub const ASSERTED: Self = Self { dtr: Some(true), rts: Some(true) };
    /// Both lines released.
    pub const RELEASED: Self = Self { dtr: Some(false), rts: Some(false) };
}
