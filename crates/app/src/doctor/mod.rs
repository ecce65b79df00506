//! The connection doctor as front ends see it: its world made of ours, its report as JSON and as the window's types.

mod document;
mod passwords;
mod running;
mod view;
mod world;

pub use boardwalk_doctor::{
    Cable, Event, Options, Parsed, Part, Passage, Path, Private, Report, Rescued, Status, Verdict, Xray,
    diagnose, redacted, rescue, set_aside_before, text, undo_rescue, xray,
};
pub use document::{document, xray_document};
pub use passwords::KnownPasswords;
pub(crate) use running::{Doctors, Run};
pub(crate) use view::{conclude, hear};
pub use world::{doctors_world, who_is_here, xrays_world};
