//! Dials through proxies that do exactly what a script says.

mod credentials;
mod faults;
mod happy;
mod list;
mod script;
mod socks;
