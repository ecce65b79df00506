//! Real proxies between a client and a board, and bad ones.
//!
//! ```no_run
//! use boardwalk_tests::proxies::{Forward, Program, Reverse};
//! # fn demo(board: u16) -> Result<(), boardwalk_tests::proxies::ProxyError> {
//! let tinyproxy = Forward::new(Program::Tinyproxy).only_443().start()?;
//! println!("{} refuses CONNECT to a board", tinyproxy.url());
//! let haproxy = Reverse::HaproxyHttp.start(board)?;
//! println!("{} stands in front of it", haproxy.ws_url());
//! # Ok(()) }
//! ```
//!
//! The programs are those that `cargo xtask setup test` unpacks into `.tools`, or the system's. Each runs on a free port of
//! 127.0.0.1 with a configuration written for the test, and ends with the test, also when that is killed.

pub mod bad;
mod error;
mod forward;
mod lifeline;
mod middlebox;
mod namespace;
mod places;
mod port;
mod programs;
mod proxy;
mod recipe;
mod reverse;

pub use self::{
    error::ProxyError,
    forward::{Auth, Connect, Forward, Program},
    middlebox::Damage,
    namespace::Namespace,
    port::Reserved,
    proxy::Proxy,
    reverse::Reverse,
};

/// Who may use a proxy that asks.
pub const USER: &str = "ada";
/// That user's password.
pub const PASSWORD: &str = "s3cret-word";
