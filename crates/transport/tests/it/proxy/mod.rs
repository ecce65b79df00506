//! Dials through proxies that do exactly what a script says.

mod credentials;
mod faults;
mod happy;
mod idle;
mod list;
mod script;
mod socks;
mod tls;
