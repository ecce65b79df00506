//! The command line of the window: a folder to open.

use std::ffi::OsString;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

const HELP: &str = "\
Usage: boardwalk-desktop [FOLDER]

Opens Boardwalk, with FOLDER as the folder on this computer.

  -h, --help       print this
  -V, --version    print the version

Environment:
  BOARDWALK_LOG           what to log on stderr: warn (the default), info, debug, boardwalk_device=trace
  BOARDWALK_EXTRA_PORTS   a file that lists further serial ports
";

/// What the window is started with.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Options {
    /// The folder to open instead of the last one.
    pub(crate) folder: Option<PathBuf>,
}

/// What to say instead of opening a window.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Help,
    Version,
    Unknown(OsString),
}

impl Options {
    /// Understands the arguments after the program's name.
    pub(crate) fn parse(arguments: impl Iterator<Item = OsString>) -> Result<Self, Answer> {
        let mut options = Self::default();
        for argument in arguments {
            match argument.to_str() {
                Some("-h" | "--help") => return Err(Answer::Help),
                Some("-V" | "--version") => return Err(Answer::Version),
                Some(text) if text.starts_with('-') => return Err(Answer::Unknown(argument)),
                _ if options.folder.is_some() => return Err(Answer::Unknown(argument)),
                // Absolute, because it is kept for the next start from elsewhere.
                _ => {
                    options.folder = Some(std::path::absolute(&argument).unwrap_or_else(|_| argument.into()))
                }
            }
        }
        Ok(options)
    }
}

impl Answer {
    /// Says it. Nobody may be listening; that is no reason to fail.
    pub(crate) fn give(self) -> ExitCode {
        let mut out = std::io::stdout();
        let _ = match self {
            Self::Help => out.write_all(HELP.as_bytes()),
            Self::Version => writeln!(out, "boardwalk-desktop {}", env!("CARGO_PKG_VERSION")),
            Self::Unknown(argument) => {
                let _ = write!(std::io::stderr(), "boardwalk-desktop: what is {argument:?}?\n\n{HELP}");
                return ExitCode::from(2);
            }
        };
        ExitCode::SUCCESS
    }
}

#[cfg(test)]
mod tests {
    use super::{Answer, Options};

    fn parse(arguments: &[&str]) -> Result<Options, Answer> {
        Options::parse(arguments.iter().map(Into::into))
    }

    #[test]
    fn takes_one_folder() {
        assert_eq!(parse(&[]), Ok(Options { folder: None }));
        let folder = std::env::temp_dir();
        assert_eq!(parse(&[folder.to_str().unwrap()]), Ok(Options { folder: Some(folder) }));
        assert!(parse(&["here"]).unwrap().folder.unwrap().is_absolute());
        assert_eq!(parse(&["one", "two"]), Err(Answer::Unknown("two".into())));
    }

    #[test]
    fn answers_questions() {
        assert_eq!(parse(&["--version"]), Err(Answer::Version));
        assert_eq!(parse(&["-h"]), Err(Answer::Help));
        assert_eq!(parse(&["--nonsense"]), Err(Answer::Unknown("--nonsense".into())));
    }
}
