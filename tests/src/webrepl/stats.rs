/// What a board's WebREPL has seen since the board was started.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct NetStats {
    /// The server is there: a connection is taken.
    pub listening: bool,
    /// TCP connections that the interpreter has accepted.
    pub connections: u64,
    /// TCP connections that are open now, as far as the board knows.
    pub clients: u32,
    /// A request is being read; the interpreter stands still.
    pub in_handshake: bool,
    /// Handshakes answered with 101.
    pub upgraded: u64,
    /// A client has given the password and has the REPL, as far as the board knows.
    pub logged_in: bool,
    /// Right passwords.
    pub logins: u64,
    /// Wrong passwords.
    pub denied: u64,
    /// Clients sent away because another one was there.
    pub rejected: u64,
    /// Files that were opened to be written or read.
    pub opened_files: u64,
    /// Bytes that arrived from clients.
    pub from_client: u64,
    /// Bytes sent to clients.
    pub to_client: u64,
}
