//! Why a board does not connect: checks that ask the world, findings, remedies, and one cause.
//!
//! Start reading at [`Check`], then [`diagnose`] and the list of checks in `network/` and `serial/`.

mod cable;
mod case;
mod cause;
mod check;
mod code;
mod diagnose;
mod evidence;
mod finding;
mod interpreter;
mod network;
mod redact;
mod report;
mod rescue;
mod run;
mod serial;
mod setup;
mod text;
mod world;
mod xray;

pub use cable::Cable;
pub use case::{Case, Options};
pub use check::{Check, Need, Outcome, Status};
pub use code::Code;
pub use diagnose::{diagnose, examine};
pub use evidence::{
    Change, ChangeKind, Console, Echo, EchoWay, Generations, Parsed, ParsedReply, Part, Passage, Path,
};
pub use finding::{Action, Finding, Remedy, Weight};
pub use redact::{Private, redacted};
pub use report::{CheckReport, Event, Report, Verdict};
pub use rescue::{Culprit, Rescued, rescue, set_aside_before, undo_rescue};
pub use setup::{Chosen, SetUp, SetUpError, Wifi, scan_wifi, set_up_webrepl};
pub use text::text;
pub use world::{
    BoxStream, Dialler, Interface, InterfaceKind, Neighbour, Networks, NoWay, Os, Processes, Program,
    Resolver, Stream, SystemDialler, SystemNetworks, SystemProcesses, SystemResolver, SystemUsb, UsbDevice,
    UsbTree, World,
};
pub use xray::{Xray, xray};
