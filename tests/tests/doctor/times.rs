//! How long the doctor takes, one scenario after the other: started by `cargo xtask bench doctor`, printed in its columns.

use std::time::Duration;

use crate::{
    ask::Front,
    cancel::{WAITS, cancel},
    table::Row,
};

/// Set, nothing is tested: times are printed, of the rows with this word in their names, or of all where it is empty.
pub(crate) const ONLY: &str = "BOARDWALK_DOCTOR_TIMES";

/// A healthy board on loopback; any failure; the end of a cancelled diagnosis. In seconds.
const HEALTHY: f64 = 2.0;
const FAILURE: f64 = 10.0;
const CANCELLED: f64 = 0.2;
/// Above these it is said where the time went.
const NOTED_HEALTHY: f64 = 1.5;
const NOTED: f64 = 8.0;

/// The rows, what they come to, and cancels.
pub(crate) fn print(rows: impl Iterator<Item = Row>, word: &str) {
    let (mut healthy, mut others) = (Vec::new(), Vec::new());
    for timed in rows.filter(|row| row.is_called(word)).filter_map(Row::timed) {
        let seconds = timed.took.as_secs_f64();
        let limit = if timed.healthy { HEALTHY } else { FAILURE };
        let slow = seconds > if timed.healthy { NOTED_HEALTHY } else { NOTED };
        let mut remark = if slow { format!("; {}", timed.most) } else { String::new() };
        if !timed.right {
            remark.push_str("; NOT what was expected");
        }
        row(
            timed.name,
            &format!("{seconds:.2} s"),
            "",
            &format!("{:.2} of {limit} s{remark}", seconds / limit),
        );
        if timed.healthy { &mut healthy } else { &mut others }.push((seconds, timed.name));
    }
    for times in [&mut healthy, &mut others] {
        times.sort_by(|a, b| a.0.total_cmp(&b.0));
    }
    if let Some((median, _)) = healthy.get(healthy.len() / 2) {
        let verdict = format!("{:.2} of the limit of {HEALTHY} s", median / HEALTHY);
        row("doctor: healthy boards on the network, median", &format!("{median:.2} s"), "", &verdict);
    }
    for (what, times) in [("healthy board", &healthy), ("failure", &others)] {
        let Some((longest, name)) = times.last() else { continue };
        let limit = if what == "failure" { FAILURE } else { HEALTHY };
        let verdict = format!("{:.2} of the limit of {limit} s: {name}", longest / limit);
        row(&format!("doctor: the longest {what}"), &format!("{longest:.2} s"), "", &verdict);
    }
    for (name, make) in WAITS.into_iter().filter(|(name, _)| format!("cancelled: {name}").contains(word)) {
        let [line, app] = Front::ALL.map(|front| cancel(make, front).took);
        let verdict =
            format!("{:.2} of {CANCELLED} s; other: the app", line.max(app).as_secs_f64() / CANCELLED);
        row(&format!("cancelled: {name}"), &ms(line), &ms(app), &verdict);
    }
}

fn ms(time: Duration) -> String {
    format!("{:.0} ms", time.as_secs_f64() * 1e3)
}

/// As the bench has them.
fn row(what: &str, ours: &str, other: &str, verdict: &str) {
    println!("{what:<64} {ours:>9} {other:>9}  {verdict}");
}
