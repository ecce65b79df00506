use std::{
    fs,
    io::{Read as _, Write as _},
    os::unix::fs::PermissionsExt as _,
    path::PathBuf,
    process::Command,
};

use tempfile::NamedTempFile;

use super::{ProxyError, error::Context as _, lifeline::Lifeline, recipe::is_root};

/// Says when it is there, then only exists.
const HOLDER: &str = "echo .; exec cat >/dev/null";

/// A network of its own, with nothing but loopback in it; of the machine's network and files nothing changes. It goes with the last process
/// that was started in it.
#[derive(Debug)]
pub struct Namespace {
    holder: Lifeline,
    hosts: Option<NamedTempFile>,
}

impl Namespace {
    /// Needs root, or a kernel that lets anybody make namespaces.
    pub fn new() -> Result<Self, ProxyError> {
        let mut command = Command::new("unshare");
        if !is_root() {
            command.args(["--user", "--map-root-user"]);
        }
        command.args(["--net", "--mount", "--", "sh", "-c", HOLDER]);
        let refused = |why: String| ProxyError::NoNamespaces(why);
        let (holder, mut stdout) = Lifeline::hold(&mut command).map_err(|e| refused(e.to_string()))?;
        let mut there = [0];
        if stdout.read_exact(&mut there).is_err() {
            return Err(refused("`unshare --net` is not allowed".into()));
        }
        let namespace = Self { holder, hosts: None };
        namespace.ip("link set lo up").map_err(|e| refused(e.to_string()))?;
        Ok(namespace)
    }

    /// A program that will run in there.
    pub fn command(&self, program: impl Into<PathBuf>) -> Command {
        let mut command = Command::new("nsenter");
        command.arg("--target").arg(self.holder.pid().to_string());
        if !is_root() {
            command.args(["--user", "--preserve-credentials"]);
        }
        command.args(["--net", "--mount", "--"]).arg(program.into());
        command
    }

    /// A TUN device as Clash makes one, with 198.18.0.1/30 and the default route: what is not on a network of this machine goes
    /// there, and nobody takes it out: packets vanish without a word.
    pub fn tun(&self, name: &str) -> Result<(), ProxyError> {
        self.ip(&format!("tuntap add dev {name} mode tun"))?;
        self.ip(&format!("address add 198.18.0.1/30 dev {name}"))?;
        self.ip(&format!("link set {name} up"))?;
        self.ip(&format!("route add default dev {name}"))?;
        Ok(())
    }

    /// Whoever wants to go to this network (`10.8.0.0/16`) is told at once that there is no way.
    pub fn unreachable(&self, network: &str) -> Result<(), ProxyError> {
        self.ip(&format!("route add unreachable {network}")).map(drop)
    }

    /// A cable between this network and another one, with an interface at each end. Needs root.
    pub fn cable(&self, own: &str, other: &Self, far: &str) -> Result<(), ProxyError> {
        self.ip(&format!("link add {own} type veth peer name {far} netns {}", other.holder.pid()))?;
        self.ip(&format!("link set {own} up"))?;
        other.ip(&format!("link set {far} up")).map(drop)
    }

    /// An address of this machine, on loopback: a board that listens on all addresses is there, too.
    pub fn address(&self, address: &str) -> Result<(), ProxyError> {
        self.ip(&format!("address add {address} dev lo")).map(drop)
    }

    /// What names mean in there, as `/etc/hosts` says it: `198.18.0.7 board.example`.
    pub fn hosts(&mut self, text: &str) -> Result<(), ProxyError> {
        let mut file = tempfile::NamedTempFile::new().context("a file of host names")?;
        file.write_all(format!("127.0.0.1 localhost\n{text}\n").as_bytes())
            .context("a file of host names")?;
        fs::set_permissions(file.path(), fs::Permissions::from_mode(0o644))
            .context("a file of host names")?;
        let mut command = self.command("mount");
        command.arg("--bind").arg(file.path()).arg("/etc/hosts");
        ran(&mut command, "mount")?;
        self.hosts = Some(file);
        Ok(())
    }

    /// Takes loopback away, or brings it back: connections stand, and nothing passes.
    pub fn loopback(&self, up: bool) -> Result<(), ProxyError> {
        self.ip(if up { "link set lo up" } else { "link set lo down" }).map(drop)
    }

    /// `ip WORDS`; gives what it prints.
    pub fn ip(&self, words: &str) -> Result<String, ProxyError> {
        ran(self.command("ip").args(words.split(' ')), &format!("ip {words}"))
    }
}

fn ran(command: &mut Command, what: &str) -> Result<String, ProxyError> {
    let output = command.output().context("starting nsenter")?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let detail = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(ProxyError::Tool { what: what.to_owned(), detail })
}
