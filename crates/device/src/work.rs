//! What a caller wants done with the line, and how much it may disturb.

/// What a busy board is busy with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Work {
    /// Listing files.
    Listing,
    /// Reading a file.
    Reading,
    /// Writing a file.
    Writing,
    /// Renaming, deleting, creating.
    Changing,
    /// Asking what the board is.
    Asking,
    /// Running code for its result.
    Executing,
    /// Resetting.
    Resetting,
}

/// Whether work may stop a running program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consent {
    /// It may not: the work fails with `program-running`.
    LeaveRunning,
    /// It may: Ctrl-C first.
    MayInterrupt,
}
