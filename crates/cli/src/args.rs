//! What may stand on the command line.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};

use crate::proxies::ProxyOption;

/// Work with MicroPython boards from the command line.
#[derive(Debug, Parser)]
#[command(name = "boardwalk", version, propagate_version = true, max_term_width = 100)]
#[command(after_help = "TARGET is serial:/dev/ttyACM0, /dev/ttyACM0, COM3 or ws://192.168.4.1 (WebREPL).\n\
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
    /// Read the WebREPL password from the first line of a file (BOARDWALK_PASSWORD comes first; without both, the key
    /// store is asked, then you)
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) password_file: Option<PathBuf>,
    /// For wss://, trust the certificate with this SHA-256 fingerprint and no other
    #[arg(long, global = true, value_name = "FINGERPRINT")]
    pub(crate) trust: Option<boardwalk_transport::Fingerprint>,
    /// Which way to a board on the network: as the system says, directly, or through a proxy such as
    /// http://me@127.0.0.1:7890 or socks5://127.0.0.1:7891 (its password in BOARDWALK_PROXY_PASSWORD)
    #[arg(
        long,
        global = true,
        value_name = "system|direct|URL",
        default_value = "system",
        hide_default_value = true
    )]
    pub(crate) proxy: ProxyOption,
    /// Use the system's proxy also for boards on the local network, which else go direct
    #[arg(long, global = true)]
    pub(crate) no_lan_bypass: bool,
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

/// The help of every target.
const TARGET: &str = "The board: a serial port such as /dev/ttyACM0 or COM3 (see `boardwalk ports`), or ws://192.168.4.1 (WebREPL)";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List serial ports with their USB identity
    #[command(after_help = "Examples:\n  boardwalk ports\n  boardwalk ports --json")]
    Ports {
        /// Also ports behind which no board is expected: Bluetooth, built-in
        #[arg(long)]
        all: bool,
    },
    /// Find out why a board does not connect: the cause in one sentence, and what helps
    #[command(
        after_help = "Examples:\n  boardwalk doctor\n  boardwalk doctor ws://192.168.4.1\n  boardwalk doctor --usb /dev/ttyACM0 ws://192.168.4.1\n  boardwalk doctor --may-interrupt --json /dev/ttyACM0\n  boardwalk doctor --redact ws://192.168.4.1 > report.txt\n\nExit status: 1 when something blocks the connection."
    )]
    Doctor {
        /// The board; without it, all serial ports are looked at
        target: Option<String>,
        /// Stop a running program, to see whether the prompt comes
        #[arg(long)]
        may_interrupt: bool,
        /// The board is also plugged in here: ask it there, and show what it prints while it is tried over the network. Without this,
        /// a board is asked only after the network has failed, and only when opening its port cannot restart it
        #[arg(long, value_name = "PORT")]
        usb: Option<String>,
        /// Leave out the names of you and of this computer, and personal paths
        #[arg(long)]
        redact: bool,
        /// Also find out whether a connection survives so many seconds of silence
        #[arg(long, value_name = "SECONDS")]
        idle: Option<u64>,
    },
    /// Look at the handshake with a WebREPL: each byte, its time, and what is wrong
    #[command(
        after_help = "Examples:\n  boardwalk handshake ws://192.168.4.1\n  boardwalk handshake --json ws://192.168.4.1:8266"
    )]
    Handshake {
        /// The board: ws://192.168.4.1, wss://board.example/repl
        #[arg(value_name = "URL")]
        url: String,
    },
    /// Tell which way a connection would go, through which proxy, and why, without connecting
    #[command(
        after_help = "Examples:\n  boardwalk proxy ws://192.168.4.1\n  boardwalk proxy --all ws://esp32.local\n  boardwalk proxy --no-lan-bypass --json ws://192.168.4.1"
    )]
    Proxy {
        /// The board: ws://192.168.4.1, wss://board.example/repl
        #[arg(value_name = "URL")]
        url: String,
        /// Also what every source of settings says
        #[arg(long)]
        all: bool,
    },
    /// Run code and print its output
    #[command(
        after_help = "Examples:\n  boardwalk exec /dev/ttyACM0 'print(6 * 7)'\n  echo 'import os; print(os.listdir())' | boardwalk exec COM3 -\n  boardwalk exec /dev/ttyACM0 'while True: pass' --timeout 2"
    )]
    Exec {
        #[arg(help = TARGET)]
        target: String,
        /// The code; `-` reads it from standard input
        #[arg(allow_hyphen_values = true)]
        code: String,
    },
    /// Run a file of this computer on the board
    #[command(after_help = "Examples:\n  boardwalk run /dev/ttyACM0 main.py")]
    Run {
        #[arg(help = TARGET)]
        target: String,
        /// The file; `-` is standard input
        file: PathBuf,
    },
    /// An interactive terminal; Ctrl-] leaves it
    #[command(after_help = "Examples:\n  boardwalk repl /dev/ttyACM0")]
    Repl {
        #[arg(help = TARGET)]
        target: String,
    },
    /// List a folder or a file of the board
    #[command(after_help = "Examples:\n  boardwalk ls /dev/ttyACM0\n  boardwalk ls /dev/ttyACM0 /lib")]
    Ls {
        #[arg(help = TARGET)]
        target: String,
        #[arg(default_value = "")]
        path: String,
    },
    /// List a folder of the board and all below it
    #[command(after_help = "Examples:\n  boardwalk tree /dev/ttyACM0 /lib")]
    Tree {
        #[arg(help = TARGET)]
        target: String,
        #[arg(default_value = "")]
        path: String,
    },
    /// Print files of the board
    #[command(after_help = "Examples:\n  boardwalk cat /dev/ttyACM0 main.py")]
    Cat {
        #[arg(help = TARGET)]
        target: String,
        #[arg(required = true)]
        paths: Vec<String>,
    },
    /// Copy files and folders to the board
    #[command(
        after_help = "Examples:\n  boardwalk put /dev/ttyACM0 main.py\n  boardwalk put /dev/ttyACM0 main.py /app.py\n  boardwalk put /dev/ttyACM0 main.py lib /"
    )]
    Put {
        #[arg(help = TARGET)]
        target: String,
        /// Files or folders of this computer, then the place on the board. A single path keeps its name
        #[arg(required = true, value_name = "LOCAL… [REMOTE]")]
        paths: Vec<String>,
    },
    /// Copy files and folders from the board
    #[command(
        after_help = "Examples:\n  boardwalk get /dev/ttyACM0 main.py\n  boardwalk get /dev/ttyACM0 /lib ./copy-of-lib\n  boardwalk get /dev/ttyACM0 / backup"
    )]
    Get {
        #[arg(help = TARGET)]
        target: String,
        /// Files or folders of the board, then the place on this computer. A single path keeps its name
        #[arg(required = true, value_name = "REMOTE… [LOCAL]")]
        paths: Vec<String>,
    },
    /// Remove files, and folders with -r
    #[command(
        after_help = "Examples:\n  boardwalk rm /dev/ttyACM0 old.py\n  boardwalk rm -r /dev/ttyACM0 /lib/old"
    )]
    Rm {
        #[arg(help = TARGET)]
        target: String,
        /// Remove folders and all in them
        #[arg(short, long)]
        recursive: bool,
        #[arg(required = true)]
        paths: Vec<String>,
    },
    /// Rename or move a file or folder
    #[command(
        after_help = "Examples:\n  boardwalk mv /dev/ttyACM0 main.py app.py\n  boardwalk mv /dev/ttyACM0 app.py /lib"
    )]
    Mv {
        #[arg(help = TARGET)]
        target: String,
        from: String,
        to: String,
        /// Replace a file that has the new name
        #[arg(short, long)]
        force: bool,
    },
    /// Make folders
    #[command(after_help = "Examples:\n  boardwalk mkdir -p /dev/ttyACM0 /lib/drivers")]
    Mkdir {
        #[arg(help = TARGET)]
        target: String,
        /// Also the folders above; one that is there already is fine
        #[arg(short, long)]
        parents: bool,
        #[arg(required = true)]
        paths: Vec<String>,
    },
    /// Show the free space
    #[command(after_help = "Examples:\n  boardwalk df /dev/ttyACM0")]
    Df {
        #[arg(help = TARGET)]
        target: String,
    },
    /// Show what the board is
    #[command(after_help = "Examples:\n  boardwalk info /dev/ttyACM0 --json")]
    Info {
        #[arg(help = TARGET)]
        target: String,
    },
    /// Free a board whose program does not let itself be stopped: catch it while it starts, show the line that keeps Ctrl-C
    /// away, and rename main.py to main.py.off
    #[command(
        after_help = "Examples:\n  boardwalk rescue /dev/ttyACM0\n  boardwalk rescue --undo /dev/ttyACM0"
    )]
    Rescue {
        #[arg(help = TARGET)]
        target: String,
        /// Give the program that was set aside its name back
        #[arg(long)]
        undo: bool,
    },
    /// Reset the board (the interpreter, or with --hard the whole chip) and wait until it runs again
    #[command(
        after_help = "Examples:\n  boardwalk reset /dev/ttyACM0\n  boardwalk reset /dev/ttyACM0 --hard\n  boardwalk reset ws://192.168.4.1 --force"
    )]
    Reset {
        #[arg(help = TARGET)]
        target: String,
        /// Restart the chip
        #[arg(long)]
        hard: bool,
        /// Also when nothing on the board would start its WebREPL again: then only a cable reaches it
        #[arg(long)]
        force: bool,
    },
}

impl Command {
    /// The board it is about.
    pub(crate) fn target(&self) -> Option<&str> {
        match self {
            Self::Ports { .. } | Self::Doctor { .. } => None,
            Self::Exec { target, .. }
            | Self::Run { target, .. }
            | Self::Repl { target }
            | Self::Ls { target, .. }
            | Self::Tree { target, .. }
            | Self::Cat { target, .. }
            | Self::Put { target, .. }
            | Self::Get { target, .. }
            | Self::Rm { target, .. }
            | Self::Mv { target, .. }
            | Self::Mkdir { target, .. }
            | Self::Df { target }
            | Self::Info { target }
            | Self::Handshake { url: target }
            | Self::Proxy { url: target, .. }
            | Self::Rescue { target, .. }
            | Self::Reset { target, .. } => Some(target),
        }
    }
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
