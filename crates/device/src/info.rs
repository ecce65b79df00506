//! What a board is and can do: asked once for each line, used by all work on files.

use std::sync::Arc;
use std::time::Duration;

use boardwalk_protocol::literal::Value;
use tokio_util::sync::CancellationToken;

use crate::error::{DeviceError, Missing};
use crate::line::{Exec, Line, Sink, Typing, within};
use crate::session::Session;
use crate::state::State;
use crate::work::{Consent, Work};

/// What the firmware offers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// `micropython`
    pub implementation: String,
    /// `1.27.0`, `1.29.0-preview`
    pub version: String,
    /// `sys.platform`: `rp2`, `esp32`, `linux`, `microbit`
    pub platform: String,
    /// `Raspberry Pi Pico W with RP2040`; empty when the firmware does not say
    pub machine: String,
    /// Names in the module `os`.
    os: Vec<String>,
    /// Of the modules that Boardwalk makes use of, those that are there.
    pub modules: Vec<String>,
    /// Free heap in bytes after a collection.
    pub free_memory: Option<u64>,
    /// The folder that relative paths start from; empty where there are no folders.
    pub working_folder: String,
}

/// What a person may want to know about a board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Info {
    /// What the firmware offers.
    pub capabilities: Arc<Capabilities>,
    /// `machine.unique_id()`, hexadecimal.
    pub unique_id: Option<String>,
    /// `machine.freq()`, hertz.
    pub frequency: Option<u64>,
    /// Space of the file system.
    pub space: Space,
    /// Whether code travels with flow control.
    pub raw_paste: bool,
}

/// Space of a file system in bytes; unknown where the board cannot say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Space {
    /// Free bytes.
    pub free: Option<u64>,
    /// All bytes.
    pub total: Option<u64>,
}

impl Capabilities {
    /// Whether `os.NAME` is there.
    #[must_use]
    pub fn os(&self, name: &str) -> bool {
        self.os.iter().any(|n| n == name)
    }

    /// Whether a module is there, under its name or its old one with a `u` in front.
    #[must_use]
    pub fn module(&self, name: &str) -> bool {
        self.modules.iter().any(|m| m == name || m.strip_prefix('u') == Some(name))
    }

    /// Whether the file system has folders.
    #[must_use]
    pub fn folders(&self) -> bool {
        self.os("mkdir") && (self.os("ilistdir") || self.os("stat"))
    }

    /// What this board cannot do.
    #[must_use]
    pub fn missing(&self) -> Vec<Missing> {
        let mut missing = Vec::new();
        if !self.os("listdir") && !self.os("ilistdir") {
            return vec![Missing::Files];
        }
        if !self.folders() {
            missing.push(Missing::Folders);
        }
        if !self.os("rename") {
            missing.push(Missing::Rename);
        }
        if !self.os("statvfs") {
            missing.push(Missing::Space);
        }
        missing
    }
}

/// How long our own small questions may take. A board collects garbage and walks its flash in much less.
pub(crate) const ASK: Duration = Duration::from_secs(10);
/// The longest answer to one of them.
pub(crate) const ANSWER_MAX: usize = 1 << 20;

/// Asks everything with as few names as a 1.9.2 has, in a function of its own so that the person's globals stay. `_bwc`
/// closes the file of a write that was cut off on an earlier line.
const QUESTION: &str = "\
def _bw():
 import sys,gc
 c=globals().pop('_bwc',None)
 try:c()
 except:pass
 try:
  import os
 except ImportError:
  try:
   import uos as os
  except ImportError:os=None
 i=sys.implementation
 print([i[0],list(i[1]),sys.platform])
 m=getattr(i,'_machine','')
 if not m:
  try:m=os.uname()[4]
  except:pass
 print(m)
 print(dir(os)if os else[])
 l=[]
 for n in('machine','microbit','hashlib','uhashlib','binascii','ubinascii','deflate','network','vfs','asyncio','uasyncio'):
  try:
   __import__(n);l.append(n)
  except:pass
 print(l)
 print([getattr(sys,'ps1',''),getattr(sys,'ps2','')])
 gc.collect()
 try:print(gc.mem_free())
 except:print(None)
 try:print([os.getcwd()])
 except:print([''])
_bw()
del _bw
";

/// Reads what only some boards have.
const DETAILS: &str = "\
def _bw():
 try:
  import machine
 except ImportError:machine=None
 try:print([b for b in machine.unique_id()])
 except:print(None)
 try:
  f=machine.freq()
  print(f if isinstance(f,int)else f[0])
 except:print(None)
_bw()
del _bw
";

impl Session {
    /// Asks the board what it is.
    ///
    /// # Errors
    /// As all work: see [`DeviceError`].
    pub async fn info(&self, consent: Consent, cancel: CancellationToken) -> Result<Info, DeviceError> {
        self.job(State::Busy { work: Work::Asking, name: None }, consent, cancel, move |line| {
            Box::pin(async move {
                line.enter_raw(consent).await?;
                let capabilities = line.capabilities().await?;
                let answer = line.ask(DETAILS, "").await?;
                let mut lines = lines(&answer);
                let id: Option<Vec<u8>> = lines.next().and_then(|line| {
                    let value = Value::parse(line)?;
                    value.as_list()?.iter().map(|b| u8::try_from(b.as_size()?).ok()).collect()
                });
                let frequency = lines.next().and_then(|line| Value::parse(line)?.as_size());
                let space = crate::files::space(line, "").await?;
                Ok(Info {
                    unique_id: id.map(|id| id.iter().map(|b| format!("{b:02x}")).collect()),
                    frequency,
                    space,
                    raw_paste: line.has_raw_paste(),
                    capabilities,
                })
            })
        })
        .await
    }
}

impl Line {
    /// What the firmware can do; asked once. The board must be in the raw REPL.
    pub(crate) async fn capabilities(&mut self) -> Result<Arc<Capabilities>, DeviceError> {
        if let Some(known) = &self.capabilities {
            return Ok(Arc::clone(known));
        }
        self.ask_for_records().await?;
        let answer = self.ask(QUESTION, "").await?;
        self.note_records().await?;
        let (capabilities, prompts) = read_answer(&answer).ok_or_else(|| DeviceError::Garbled {
            expected: "what the board is",
            got: self.evidence(&answer),
        })?;
        for prompt in &prompts {
            self.learn_prompt(prompt.as_bytes());
        }
        let capabilities = Arc::new(capabilities);
        self.capabilities = Some(Arc::clone(&capabilities));
        Ok(capabilities)
    }

    /// Runs a small script of ours and gives what it printed; what it raises is about `path`.
    pub(crate) async fn ask(&mut self, code: &str, path: &str) -> Result<Vec<u8>, DeviceError> {
        let exec = Exec { code: code.to_owned().into(), deadline: within(ASK), typing: Typing::Held };
        let mut sink = Sink::Capture { out: Vec::new(), limit: ANSWER_MAX };
        match self.exec_script(exec, &mut sink).await? {
            Some(exception) => Err(DeviceError::from_exception(exception, path)),
            None => match sink {
                Sink::Capture { out, .. } => Ok(out),
                _ => Ok(Vec::new()),
            },
        }
    }
}

/// The lines of an answer, without their ends.
pub(crate) fn lines(answer: &[u8]) -> impl Iterator<Item = &[u8]> {
    answer.split(|&b| b == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty())
}

fn read_answer(answer: &[u8]) -> Option<(Capabilities, Vec<String>)> {
    let all: Vec<&[u8]> = answer.split(|&b| b == b'\n').map(<[u8]>::trim_ascii).collect();
    let [what, machine, os, modules, prompts, memory, folder, ..] = all.as_slice() else { return None };
    let what = Value::parse(what)?;
    let [name, version, platform] = what.as_list()? else { return None };
    let strings = |line: &[u8]| -> Option<Vec<String>> {
        let value = Value::parse(line)?;
        Some(value.as_list()?.iter().filter_map(Value::as_str).map(ToOwned::to_owned).collect())
    };
    let capabilities = Capabilities {
        implementation: name.as_str()?.to_owned(),
        version: version_text(version.as_list()?),
        platform: platform.as_str()?.to_owned(),
        machine: String::from_utf8_lossy(machine).chars().filter(|c| !c.is_control()).take(200).collect(),
        os: strings(os)?,
        modules: strings(modules)?,
        free_memory: Value::parse(memory).and_then(|v| v.as_size()),
        working_folder: strings(folder)?.into_iter().next().unwrap_or_default(),
    };
    Some((capabilities, strings(prompts)?))
}

/// `(1, 29, 0, 'preview')` is `1.29.0-preview`.
fn version_text(parts: &[Value]) -> String {
    let numbers: Vec<String> = parts.iter().filter_map(Value::as_size).map(|n| n.to_string()).collect();
    let suffix = parts.iter().find_map(Value::as_str).filter(|s| !s.is_empty());
    let numbers = numbers.join(".");
    suffix.map_or(numbers.clone(), |suffix| format!("{numbers}-{suffix}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer() {
        let text = b"['micropython', [1, 29, 0, 'preview'], 'rp2']\r\nPico W with RP2040\r\n['stat', 'mkdir', 'listdir']\r\n['machine', 'ubinascii']\r\n['>>> ', '... ']\r\n190000\r\n['/']\r\n";
        let (capabilities, prompts) = read_answer(text).unwrap();
        assert_eq!(capabilities.version, "1.29.0-preview");
        assert_eq!(capabilities.machine, "Pico W with RP2040");
        assert!(capabilities.folders() && capabilities.module("binascii") && !capabilities.module("hashlib"));
        assert_eq!(capabilities.missing(), vec![Missing::Rename, Missing::Space]);
        assert_eq!(prompts, [">>> ", "... "]);
    }

    #[test]
    fn nonsense_is_no_answer() {
        assert_eq!(read_answer(b""), None);
        assert_eq!(read_answer(b"1\n2\n3\n4\n5\n6\n7\n"), None);
    }
}
