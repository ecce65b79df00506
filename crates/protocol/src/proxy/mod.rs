//! Proxies as pure values: what one is, which route a connection takes and why, and how a tunnel is asked for.

mod bypass;
mod desktop;
mod environment;
mod host;
mod lan;
mod network;
mod route;
mod script;
mod server;
mod settings;
mod shown;
pub mod tunnel;
mod url;

pub use bypass::{Bypass, Dialect};
pub use desktop::InternetSettings;
pub use host::{Endpoint, Host};
pub use lan::{Near, OnLink, is_made_up};
pub use network::{Network, NotANetwork};
pub use route::{Decision, Route, Via};
pub use script::{ScriptAnswerError, parse_script_answer};
pub use server::{ProxyScheme, ProxyServer, ProxyUrl, ProxyUrlError, ProxyUser};
pub use settings::{Entry, Kind, Manual, Mode, Order, Said, Settings};
