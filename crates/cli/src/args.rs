//! What may stand on the command line.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};

/// Work with MicroPython boards from the command line.
#[derive(Debug, Parser)]
#[command(name = "boardwalk", version, propagate_version = true, max_term_width = 100)]
#[command(after_help = "TARGET is serial:/dev/ttyACM0, /dev/ttyACM0 or COM3.\n\
    Exit status: 0 done, 1 the work failed, 2 wrong usage.")]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Options of every subcommand.
#[derive(Debug, Clone, ClapArgs)]
pub(crate) struct Common {
    /// Print one JSON document on standard output
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Give up after so many seconds
    #[arg(long, global = true, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) timeout: Option<std::time::Duration>,
    /// How to show progress, on standard error
    #[arg(long, global = true, value_enum, default_value_t = ProgressStyle::Auto)]
    pub(crate) progress: ProgressStyle,
    /// Fail when a program is running, instead of stopping it
    #[arg(long, global = true)]
    pub(crate) no_interrupt: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProgressStyle {
    /// A bar when standard error is a terminal
    Auto,
    /// JSON lines
    Json,
    /// None
    None,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List serial ports with their USB identity
    Ports {
        /// Also ports behind which no board is expected: Bluetooth, built-in
        #[arg(long)]
        all: bool,
    },
    /// Run code and print its output
    Exec {
        target: String,
        /// The code; `-` reads it from standard input
        #[arg(allow_hyphen_values = true)]
        code: String,
    },
    /// Run a file of this computer on the board
    Run {
        target: String,
        /// The file; `-` is standard input
        file: PathBuf,
    },
    /// An interactive terminal; Ctrl-] leaves it
    Repl { target: String },
    /// List a folder of the board
    Ls {
        target: String,
        #[arg(default_value = "")]
        path: String,
    },
    /// List a folder of the board and all below it
    Tree {
        target: String,
        #[arg(default_value = "")]
        path: String,
    },
    /// Print files of the board
    Cat {
        target: String,
        #[arg(required = true)]
        paths: Vec<String>,
    },
    /// Copy files and folders to the board
    Put {
        target: String,
        /// Files or folders of this computer, then the place on the board. A single path keeps its name
        #[arg(required = true, value_name = "LOCAL… [REMOTE]")]
        paths: Vec<String>,
    },
    /// Copy files and folders from the board
    Get {
        target: String,
        /// Files or folders of the board, then the place on this computer. A single path keeps its name
        #[arg(required = true, value_name = "REMOTE… [LOCAL]")]
        paths: Vec<String>,
    },
    /// Remove files, and folders with -r
    Rm {
        target: String,
        /// Remove folders and all in them
        #[arg(short, long)]
        recursive: bool,
        #[arg(required = true)]
        paths: Vec<String>,
    },
    /// Rename or move a file or folder
    Mv {
        target: String,
        from: String,
        to: String,
        /// Replace a file that has the new name
        #[arg(short, long)]
        force: bool,
    },
    /// Make folders
    Mkdir {
        target: String,
        /// Also the folders above; one that is there already is fine
        #[arg(short, long)]
        parents: bool,
        #[arg(required = true)]
        paths: Vec<String>,
    },
    /// Show the free space
    Df { target: String },
    /// Show what the board is
    Info { target: String },
    /// Reset the board: the interpreter, or with --hard the whole chip
    Reset {
        target: String,
        /// Restart the chip
        #[arg(long)]
        hard: bool,
    },
}

fn seconds(text: &str) -> Result<std::time::Duration, String> {
    let value: f64 = text.parse().map_err(|_| "give a number of seconds".to_owned())?;
    if value > 0.0 && value <= 1e9 {
        Ok(std::time::Duration::from_secs_f64(value))
    } else {
        Err("give a number above 0".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Args::command().debug_assert();
    }

    #[test]
    fn seconds_are_positive() {
        assert!(seconds("0.5").is_ok());
        for bad in ["0", "-1", "x", "nan", "inf"] {
            assert!(seconds(bad).is_err(), "{bad}");
        }
    }
}
