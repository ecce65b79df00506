//! Which program is behind a port of this computer.

/// A running program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// its process
    pub pid: u32,
    /// its short name; printable
    pub name: String,
}

/// Knows the programs of this computer. Reads the disk: never on an async thread.
pub trait Processes: Send + Sync + 'static {
    /// Who listens on a TCP port; `None` also when the system does not tell.
    fn listening_on(&self, port: u16) -> Option<Program>;
}

/// The programs of this computer.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemProcesses;

/// Longest name shown, in characters.
const NAME_MAX: usize = 40;

impl Processes for SystemProcesses {
    fn listening_on(&self, port: u16) -> Option<Program> {
        let found = listeners::get_process_by_port(port, listeners::Protocol::TCP).ok()?;
        let name: String = found.name.chars().filter(|c| !c.is_control()).take(NAME_MAX).collect();
        (!name.is_empty()).then_some(Program { pid: found.pid, name })
    }
}
