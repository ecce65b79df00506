//! Over WebREPL: what the other modules do not prove of both ways because it is of Wi-Fi alone. Whatever goes wrong ends in a
//! typed error within its deadline, and leaves the board free.

mod busy;
mod cut;
mod fault;
mod liar;
mod login;
mod meddler;
mod names;
mod reach;
mod server;
mod tls;
