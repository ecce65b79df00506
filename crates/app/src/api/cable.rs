//! Which cable the doctor may ask beside the network.

use boardwalk_doctor::{Cable, Options};
use boardwalk_transport::UsbIdentity;

use crate::AppError;
use crate::app::App;
use crate::wire::Diagnosis;

impl App {
    /// What is known of the other cable of the board at this target, filled in.
    pub(super) fn with_cable(&self, target: Option<&str>, options: Options) -> Options {
        let Some(target) = target.filter(|target| !target.starts_with("serial:")) else { return options };
        let unique_id = self.0.boards.settings_of(target).unique_id;
        let identity = unique_id.as_deref().and_then(|unique_id| self.plugged_in(unique_id));
        let cable = self.cable(target, unique_id.as_deref());
        Options { cable, unique_id, identity, ..options }
    }

    /// From now on the doctor asks the board at the port that a diagnosis offered.
    pub(super) fn ask_over_usb(&self, diagnosis: &Diagnosis) -> Result<(), AppError> {
        let findings = diagnosis.checks.iter().flat_map(|check| &check.findings);
        let port = findings.filter_map(|finding| finding.with.get("ask")).next();
        let (Some(target), Some(port)) = (&diagnosis.target, port) else {
            let help = "Plug the board in by USB, and look again.";
            return Err(AppError::new("not-connected", "No port was offered.", help));
        };
        self.0.doctors.ask_at(target, port);
        Ok(())
    }

    /// The port that a person chose; else the session, open at a serial port, that is this board's; else the only one that may be.
    fn cable(&self, target: &str, unique_id: Option<&str>) -> Option<Cable> {
        let mut open = self.serial_lines();
        let ports = self.0.boards.ports.current();
        let chosen = self.0.doctors.asks_at(target);
        if let Some(port) = chosen.filter(|chosen| ports.iter().any(|port| port.path == *chosen)) {
            let at = open.iter().position(|(path, _)| *path == port);
            return Some(match at.map(|at| open.swap_remove(at)) {
                Some((port, line)) => Cable::Open { session: line.session, port, says: line.pump.says() },
                None => Cable::Port(ports.iter().find(|known| known.path == port)?.target()),
            });
        }
        if let Some(unique_id) = unique_id {
            // One whose id is not known yet may be it.
            let known = self.0.boards.list();
            let id_at = |path: &str| {
                let board =
                    known.iter().find(|board| board.target.starts_with("serial:") && board.place == path);
                board.and_then(|board| board.info.as_ref()?.unique_id.clone())
            };
            open.retain(|(path, _)| id_at(path).is_none_or(|id| id == unique_id));
            if let Some(at) = open.iter().position(|(path, _)| id_at(path).is_some()) {
                open = vec![open.swap_remove(at)];
            }
        }
        let (Some((port, line)), None) = (open.pop(), open.pop()) else { return None };
        Some(Cable::Open { session: line.session, port, says: line.pump.says() })
    }

    /// Who this board is at USB, when it is plugged in now and was here before.
    fn plugged_in(&self, unique_id: &str) -> Option<UsbIdentity> {
        let same = self.0.boards.with_unique_id(unique_id);
        let ports = self.0.boards.ports.current();
        ports.iter().find(|port| same.contains(&crate::boards::id_of(port)))?.identity()
    }
}
