use std::sync::Arc;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use boardwalk_doctor::Action;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::AppError;
use crate::app::App;
use crate::boards::target_of;
use crate::doctor::{
    KnownPasswords, Options, Run, conclude, diagnose, doctors_world, hear, redacted, text, who_is_here,
};
use crate::wire::*;

/// Events of a diagnosis that wait to be told.
const EVENTS: usize = 64;

impl App {
    /// Asks why a board does not connect. Resolves at once; the rest comes as [`AppEvent::Doctor`].
    ///
    /// # Errors
    /// None: an address that cannot be used is a finding.
    pub async fn doctor_start(&self, request: StartDoctor) -> Result<Diagnosis, AppError> {
        // As the address field takes it; what it cannot take is for the doctor to explain.
        let target = request.target.map(|text| target_of(&text).map_or(text, |target| target.to_string()));
        let board = self.0.boards.list().into_iter().find(|board| Some(&board.target) == target.as_ref());
        let board = board.map(|board| board.id);
        let open = board.as_deref().and_then(|id| self.0.boards.line(id).ok()).map(|line| line.session);
        let diagnosis = begun(self.0.doctors.number(), target.clone(), board);
        let cancel = CancellationToken::new();
        self.0.doctors.begin(diagnosis.clone(), cancel.clone());
        let rescued = target.as_ref().and_then(|target| self.0.doctors.rescued(target));
        let (may_interrupt, idle) = (request.may_interrupt, request.idle.map(u64::from));
        let options = Options { may_interrupt, idle, open, rescued, ..Options::default() };
        let options = self.with_cable(target.as_deref(), options);
        tokio::spawn(self.clone().examine(diagnosis.clone(), options, cancel));
        Ok(diagnosis)
    }

    /// Stops a diagnosis; nothing of it is left within 200 ms.
    ///
    /// # Errors
    /// None: one that is over is no error.
    pub async fn doctor_cancel(&self, request: DoctorRef) -> Result<(), AppError> {
        if let Some(run) = self.0.doctors.get(request.run) {
            run.cancel.cancel();
        }
        Ok(())
    }

    /// The report as text to be shown to others: without names and personal paths.
    ///
    /// # Errors
    /// `not-found` before the end, and when it was long ago.
    pub async fn doctor_report(&self, request: DoctorRef) -> Result<String, AppError> {
        let report = self.0.doctors.get(request.run).and_then(|run| run.report);
        let report = report.ok_or_else(|| gone(request.run))?;
        Ok(text(&redacted(&report, &who_is_here())))
    }

    /// Does what a remedy offers. The window then connects or looks again; to another target, when one is given.
    ///
    /// # Errors
    /// When the remedy does not work, and `unsupported` for one that the window has to do itself.
    pub async fn remedy_apply(&self, request: ApplyRemedy) -> Result<Option<String>, AppError> {
        let run = self.0.doctors.get(request.run).ok_or_else(|| gone(request.run))?;
        let action = Action::ALL.iter().find(|action| action.as_str() == request.action);
        let target = run.diagnosis.target.clone();
        match action {
            Some(Action::BypassProxy) => {
                self.proxy_choose(ChooseProxy { url: target, choice: Some("direct".to_owned()) }).await?;
            }
            Some(Action::SwitchToWss) => {
                return Ok(target.map(|target| target.replacen("ws://", "wss://", 1)));
            }
            Some(Action::SwitchToWs) => {
                return Ok(target.map(|target| target.replacen("wss://", "ws://", 1)));
            }
            Some(Action::FreeWebreplOverUsb) => self.free_webrepl(&run.diagnosis).await?,
            Some(Action::StartWebreplOverUsb) => self.start_webrepl(&run.diagnosis).await?,
            Some(Action::AskOverUsb) => self.ask_over_usb(&run.diagnosis)?,
            Some(Action::Rescue) => self.rescue(&run.diagnosis).await?,
            Some(Action::UndoRescue) => self.undo_rescue(&run.diagnosis).await?,
            Some(action @ (Action::InstallUdevRule | Action::JoinGroup)) => {
                let remedies = run.report.iter().flat_map(|report| &report.checks);
                let mut remedies =
                    remedies.flat_map(|check| &check.outcome.findings).flat_map(|finding| &finding.remedies);
                let command = remedies
                    .find_map(|remedy| remedy.command.as_ref().filter(|_| remedy.action == Some(*action)));
                super::administrator::run(command.ok_or_else(|| gone(request.run))?).await?;
            }
            Some(Action::Retry) => {}
            _ => {
                let help = "Choose it in the window.";
                return Err(AppError::new("unsupported", "This remedy needs an answer of a person.", help));
            }
        }
        Ok(None)
    }

    async fn examine(self, begun: Diagnosis, options: Options, cancel: CancellationToken) {
        let (run, began) = (begun.run, Instant::now());
        let mut world = doctors_world(&self.0.world);
        // A board that never was open has its target for a name.
        if let Some(board) = begun.board.as_ref().or(begun.target.as_ref()) {
            world.trust = self.0.boards.settings_of(board).trust();
            let given = self.0.boards.tried(board);
            let secrets = self.0.world.secrets.clone();
            world.passwords = Arc::new(KnownPasswords { given, secrets });
        }
        let (events, mut told) = mpsc::channel(EVENTS);
        let examined = diagnose(begun.target.as_deref(), world, options, Some(events), cancel.clone());
        let shown = async {
            while let Some(event) = told.recv().await {
                self.tell_doctor(run, |run| {
                    hear(&mut run.diagnosis, event);
                    // What has come already goes together.
                    while let Ok(event) = told.try_recv() {
                        hear(&mut run.diagnosis, event);
                    }
                });
            }
        };
        let (report, ()) = tokio::join!(examined, shown);
        self.tell_doctor(run, |run| {
            conclude(&mut run.diagnosis, &report);
            run.diagnosis.state =
                if cancel.is_cancelled() { DiagnosisState::Cancelled } else { DiagnosisState::Done };
            run.diagnosis.took_ms = u64::try_from(began.elapsed().as_millis()).ok();
            run.report = Some(report);
        });
    }

    fn tell_doctor(&self, run: u32, change: impl FnOnce(&mut Run)) {
        if let Some(diagnosis) = self.0.doctors.update(run, change) {
            self.0.host.event(AppEvent::Doctor { diagnosis: Box::new(diagnosis) });
        }
    }
}

fn begun(run: u32, target: Option<String>, board: Option<String>) -> Diagnosis {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Diagnosis {
        run,
        target,
        board,
        state: DiagnosisState::Running,
        started_ms: u64::try_from(now.as_millis()).unwrap_or_default(),
        took_ms: None,
        verdict: None,
        cause: None,
        summary: String::new(),
        explanation: String::new(),
        checks: Vec::new(),
        paths: Vec::new(),
        echoes: Vec::new(),
        console: None,
    }
}

pub(super) fn gone(run: u32) -> AppError {
    AppError::new("not-found", format!("There is no report {run}."), "Look again.")
}
