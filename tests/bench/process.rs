//! What /proc says about the processes of the window.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// One process of the window's group.
pub struct Process {
    pub name: String,
    pid: u32,
}

/// Clock ticks a second: fixed at 100 in the Linux user interface (getconf CLK_TCK).
const TICKS: f64 = 100.0;

/// The processes of a group.
pub fn members(group: u32) -> Vec<Process> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc").expect("Linux has /proc").flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        if let Some((name, fields)) = stat(pid)
            && fields[2].parse() == Ok(group)
        {
            found.push(Process { name, pid });
        }
    }
    found
}

impl Process {
    /// Processor time so far.
    pub fn cpu(&self) -> Duration {
        let fields = stat(self.pid).map(|(_, fields)| fields).unwrap_or_default();
        let ticks: f64 = fields.get(11..13).into_iter().flatten().filter_map(|f| f.parse::<f64>().ok()).sum();
        Duration::from_secs_f64(ticks / TICKS)
    }

    /// Memory that is this process's share, in MB.
    pub fn memory(&self) -> f64 {
        let text = std::fs::read_to_string(format!("/proc/{}/smaps_rollup", self.pid)).unwrap_or_default();
        let line = text.lines().find(|line| line.starts_with("Pss:")).unwrap_or_default();
        line.split_whitespace().nth(1).and_then(|kb| kb.parse::<f64>().ok()).unwrap_or_default() / 1000.0
    }

    /// When it began, in milliseconds since 1970; exact to 10 ms.
    pub fn began(&self) -> f64 {
        let fields = stat(self.pid).map(|(_, fields)| fields).unwrap_or_default();
        let ticks: f64 = fields.get(19).and_then(|f| f.parse().ok()).unwrap_or_default();
        let uptime = std::fs::read_to_string("/proc/uptime").expect("/proc/uptime");
        let uptime: f64 = uptime.split_whitespace().next().and_then(|s| s.parse().ok()).unwrap_or_default();
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs_f64();
        (now - uptime + ticks / TICKS) * 1000.0
    }
}

/// The name, and the fields from the state on.
fn stat(pid: u32) -> Option<(String, Vec<String>)> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (head, rest) = text.rsplit_once(')')?;
    let name = head.split_once('(')?.1.to_owned();
    Some((name, rest.split_whitespace().map(str::to_owned).collect()))
}
