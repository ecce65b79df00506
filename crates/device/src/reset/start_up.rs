//! Whether a board starts its WebREPL again after a reset, as far as its files tell: `boot.py`, `main.py`, and what these
//! import.

use boardwalk_protocol::literal::Value;

use crate::files::scoped;
use crate::info::lines;

/// Why nothing would start the WebREPL again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotStarted {
    /// Neither `boot.py` nor `main.py` says so, nor what they import.
    Nowhere,
    /// Something starts it, without a password, and there is no `webrepl_cfg.py` that has one.
    WithoutPassword,
}

impl NotStarted {
    pub(crate) fn sentence(self) -> &'static str {
        match self {
            Self::Nowhere => "neither boot.py nor main.py starts WebREPL",
            Self::WithoutPassword => "WebREPL has no password of its own there",
        }
    }

    pub(crate) fn help(self) -> &'static str {
        match self {
            Self::Nowhere => {
                "Let boot.py connect to the network and say `import webrepl; webrepl.start()` (`import webrepl_setup` does it), or reset the board all the same when you can reach it by its cable."
            }
            Self::WithoutPassword => {
                "Write the password to webrepl_cfg.py (`import webrepl_setup` does it), or reset the board all the same when you can reach it by its cable."
            }
        }
    }
}

/// The longest line of a program that is looked at, and how many lines that name WebREPL.
const LONGEST: usize = 120;
const LINES: usize = 40;
/// How many imported names are looked for among the files.
const NAMES: usize = 40;

/// Prints the lines that name WebREPL, comments left out, and then whether there is a `webrepl_cfg`. A board runs
/// `boot.py` and `main.py` from the folder it begins in, which is not known: the working folder and the root are tried.
pub(super) fn script() -> String {
    scoped(&format!(
        "\
q=['boot','main']
k=0
i=0
while i<len(q)and i<{NAMES}:
 m=q[i]
 i+=1
 for d in('','/','/lib/'):
  try:f=open(d+m+'.py','rb')
  except OSError:continue
  for l in f:
   try:l=str(l[:{LONGEST}],'utf-8').strip()
   except UnicodeError:continue
   w=l.replace(',',' ').replace(';',' ').split()
   if not w or l[0]=='#':continue
   if'webrepl'in l and k<{LINES}:
    k+=1
    print(repr(l))
   if w[0]=='import':q+=[n for n in w[1:]if n not in q and n[:7]!='webrepl']
   elif w[0]=='from'and len(w)>1 and w[1]not in q and w[1][:7]!='webrepl':q.append(w[1])
  f.close()
  break
try:
 __import__('webrepl_cfg').PASS
 print(1)
except(ImportError,AttributeError):print(0)
"
    ))
}

/// Reads the answer.
pub(super) fn starts_webrepl(answer: &[u8]) -> Result<(), NotStarted> {
    let values: Vec<Value> = lines(answer).filter_map(Value::parse).collect();
    let configured = values.last().and_then(Value::as_size) == Some(1);
    let mut starts = values.iter().filter_map(Value::as_str).filter(|line| names_a_start(line)).peekable();
    if starts.peek().is_none() {
        return Err(NotStarted::Nowhere);
    }
    if configured || starts.any(gives_a_password) { Ok(()) } else { Err(NotStarted::WithoutPassword) }
}

/// `webrepl.start()`, `webrepl.start_foreground(…)`, `from webrepl import start`, `import webrepl as w`.
fn names_a_start(line: &str) -> bool {
    let code = line.split('#').next().unwrap_or(line);
    let behind = code.split("webrepl").skip(1);
    // `webrepl_cfg` and `webrepl_setup` start nothing.
    behind.filter(|rest| !rest.starts_with('_')).any(|rest| rest.contains("start") || rest.contains(" as "))
}

/// `start(password=…)`, `start(8266, …)`.
fn gives_a_password(line: &str) -> bool {
    line.split_once("start").is_some_and(|(_, rest)| rest.contains("password") || rest.contains(','))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(rows: &[&str], configured: bool) -> Result<(), NotStarted> {
        let rows: String = rows.iter().map(|row| format!("'{row}'\r\n")).collect();
        starts_webrepl(format!("{rows}{}\r\n", u8::from(configured)).as_bytes())
    }

    #[test]
    fn what_starts_it() {
        for line in [
            "webrepl.start()",
            "import webrepl; webrepl.start()",
            "webrepl.start_foreground()",
            "from webrepl import start",
            "import webrepl as w",
            "if wlan.isconnected(): webrepl.start()  # webrepl",
        ] {
            assert_eq!(judged(&["import webrepl", line], true), Ok(()), "{line}");
            assert_eq!(judged(&[line], false), Err(NotStarted::WithoutPassword), "{line}");
        }
        for line in ["webrepl.start(password=secret)", "webrepl.start(8266, secret)"] {
            assert_eq!(judged(&[line], false), Ok(()), "{line}");
        }
    }

    #[test]
    fn what_does_not() {
        for line in [
            "import webrepl",
            "import webrepl_setup",
            "webrepl.stop()",
            "x = 1  # webrepl.start()",
            "webrepl_cfg.start",
        ] {
            assert_eq!(judged(&[line], true), Err(NotStarted::Nowhere), "{line}");
        }
        assert_eq!(judged(&[], true), Err(NotStarted::Nowhere));
        assert_eq!(starts_webrepl(b"noise"), Err(NotStarted::Nowhere));
    }
}
