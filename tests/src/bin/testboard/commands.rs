use std::{
    error::Error,
    io::{BufRead as _, Write as _},
};

use boardwalk_tests::{Board, Direction, Holder};
use serde_json::{Value, json};
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::mpsc,
};

use crate::args::Args;

type Answer = Result<Value, Box<dyn Error>>;

/// Says where the board is, then does what stdin says until it ends or a signal comes.
pub(crate) async fn obey(board: &Board, args: &Args) -> Result<(), Box<dyn Error>> {
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    say(args.json, &whereabouts(board, args))?;
    if args.webrepl.is_some() && !args.json {
        say(false, &json!({"target": board.webrepl_url()}))?;
    }
    let mut lines = lines();
    let mut held = None;
    loop {
        let line = tokio::select! {
            line = lines.recv() => line,
            _ = interrupt.recv() => return Ok(()),
            _ = terminate.recv() => return Ok(()),
        };
        let Some(line) = line else {
            if !args.stay {
                return Ok(());
            }
            tokio::select! {
                _ = interrupt.recv() => return Ok(()),
                _ = terminate.recv() => return Ok(()),
            }
        };
        let words: Vec<&str> = line.split_whitespace().collect();
        if words == ["quit"] {
            return Ok(());
        }
        if words.is_empty() {
            continue;
        }
        let answer = obey_one(board, &mut held, &words).unwrap_or_else(|e| json!({"error": e.to_string()}));
        say(args.json, &answer)?;
    }
}

fn whereabouts(board: &Board, args: &Args) -> Value {
    let mut answer = json!({"target": board.target(), "path": board.path()});
    if args.webrepl.is_some() {
        answer["webrepl"] = board.webrepl_url().into();
    }
    answer
}

pub(crate) fn complain(error: &dyn Error) {
    let _ = writeln!(std::io::stderr(), "testboard: {error}");
}

fn obey_one(board: &Board, held: &mut Option<Holder>, words: &[&str]) -> Answer {
    match words {
        ["unplug"] => board.unplug(),
        ["plug"] => {
            board.plug()?;
            return Ok(json!({"target": board.target(), "path": board.path()}));
        }
        ["plug", "elsewhere"] => {
            board.plug_elsewhere()?;
            return Ok(json!({"target": board.target(), "path": board.path()}));
        }
        ["reset"] => board.reset()?,
        ["power", "off"] => board.power_off(),
        ["power", "on"] => board.power_on()?,
        ["inject", hex] => board.inject(&bytes(hex)?),
        ["garbage", n] => board.inject(&garbage(n.parse()?)),
        ["cut", n] | ["cut", n, "host"] => board.cut_after(Direction::ToBoard, n.parse()?),
        ["cut", n, "board"] => board.cut_after(Direction::FromBoard, n.parse()?),
        ["hold"] => {
            let holder = board.hold()?;
            let pid = holder.pid();
            *held = Some(holder);
            return Ok(json!({"pid": pid}));
        }
        ["release"] => *held = None,
        ["network", "drop"] => board.webrepl().drop_network(),
        ["network", "restore"] => board.webrepl().restore_network(),
        ["network", "half-open"] => board.webrepl().half_open(),
        ["network", "rst"] => board.webrepl().rst(),
        ["clients"] => return Ok(serde_json::to_value(board.webrepl().stats())?),
        ["stats"] => return Ok(serde_json::to_value(board.stats())?),
        _ => return Err(format!("unknown command: {}", words.join(" ")).into()),
    }
    Ok(json!({"ok": true}))
}

/// In JSON the whole answer, else its first value: the target, the process id, `ok`.
fn say(json: bool, answer: &Value) -> std::io::Result<()> {
    let text = match answer {
        Value::Object(map) if !json => match (map.get("target"), map.get("error"), map.get("pid")) {
            (Some(Value::String(target)), ..) => target.clone(),
            (_, Some(Value::String(error)), _) => format!("error: {error}"),
            (.., Some(pid)) => pid.to_string(),
            _ if map.contains_key("ok") => "ok".into(),
            _ => answer.to_string(),
        },
        _ => answer.to_string(),
    };
    let mut out = std::io::stdout().lock();
    writeln!(out, "{text}")?;
    out.flush()
}

/// The lines of stdin. The thread that reads them cannot be stopped, and ends with the program.
fn lines() -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel(16);
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines() {
            let Ok(line) = line else { return };
            if sender.blocking_send(line).is_err() {
                return;
            }
        }
    });
    receiver
}

fn bytes(hex: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    if !hex.is_ascii() || !hex.len().is_multiple_of(2) {
        return Err("inject: expected pairs of hexadecimal digits".into());
    }
    (0..hex.len()).step_by(2).map(|at| Ok(u8::from_str_radix(&hex[at..at + 2], 16)?)).collect()
}

/// Bytes without a pattern, the same every time (xorshift).
fn garbage(n: usize) -> Vec<u8> {
    let mut state: u32 = 0x9e37_79b9;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state.to_le_bytes()[0]
    };
    (0..n).map(|_| next()).collect()
}
