//! What a check found out, and what can be done about it.

use crate::code::Code;

/// One cause, or one thing worth knowing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// which cause
    pub code: Code,
    /// how much it matters
    pub weight: Weight,
    /// what was seen, with its names and numbers; from the outside world, so bounded and escaped
    pub saw: String,
    /// why that keeps the board from connecting
    pub why: String,
    /// what helps, the best first
    pub remedies: Vec<Remedy>,
    /// what `saw` is made of, for translations: `("proxy", "http://127.0.0.1:7890")`
    pub with: Vec<(&'static str, String)>,
}

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Weight {
    /// Good to know; nothing is wrong.
    Remark,
    /// Harmless by itself; it explains a failure if there is one.
    Suspect,
    /// The connection works and will give trouble.
    Warns,
    /// With this there is no connection.
    Blocks,
}

/// Something that helps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remedy {
    /// what to do, one sentence
    pub text: String,
    /// a command for a terminal, to be copied
    pub command: Option<String>,
    /// where to read more
    pub link: Option<&'static str>,
    /// what a front end can do by itself
    pub action: Option<Action>,
}

macro_rules! actions {
    ($($variant:ident $name:literal $doc:literal;)*) => {
        /// What a front end can do by itself: a closed list.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Action {
            $(#[doc = $doc] $variant,)*
        }

        impl Action {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// In kebab case.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }
    };
}

actions! {
    BypassProxy "bypass-proxy" "Connect to this board directly from now on.";
    UseTunnel "use-tunnel" "Connect through the proxy by CONNECT or SOCKS5.";
    ProxyCredentials "proxy-credentials" "Ask for the proxy's name and password.";
    SwitchToWss "switch-to-wss" "Use the same address with wss://.";
    SwitchToWs "switch-to-ws" "Use the same address with ws://.";
    TrustCertificate "trust-certificate" "Compare the certificate's fingerprint and trust it.";
    EnterPassword "enter-password" "Ask for the board's password.";
    EditAddress "edit-address" "Change the address.";
    FreeWebreplOverUsb "free-webrepl-over-usb" "Over USB: webrepl.stop(), webrepl.start().";
    StartWebreplOverUsb "start-webrepl-over-usb" "Over USB: webrepl.start().";
    AskOverUsb "ask-over-usb" "Look again, and ask the board at this port over USB as well.";
    SetupWebrepl "setup-webrepl" "Over USB: Wi-Fi, password and start of WebREPL, step by step.";
    ChoosePort "choose-port" "Choose a port from the list.";
    InstallUdevRule "install-udev-rule" "Install a udev rule that gives serial ports to whoever sits at this computer.";
    JoinGroup "join-group" "Join the group that may open the port.";
    InterruptProgram "interrupt-program" "Stop the program that runs.";
    Rescue "rescue" "Catch the board while it starts, and set its main.py aside.";
    UndoRescue "undo-rescue" "Give the program that was set aside its name back.";
    Retry "retry" "Look again.";
}

impl Finding {
    /// A cause for which there is no connection.
    #[must_use]
    pub fn blocks(code: Code, saw: impl Into<String>, why: impl Into<String>) -> Self {
        Self::new(code, Weight::Blocks, saw, why)
    }

    /// Something that works and will give trouble.
    #[must_use]
    pub fn warns(code: Code, saw: impl Into<String>, why: impl Into<String>) -> Self {
        Self::new(code, Weight::Warns, saw, why)
    }

    /// Something that explains a failure if there is one.
    #[must_use]
    pub fn suspect(code: Code, saw: impl Into<String>, why: impl Into<String>) -> Self {
        Self::new(code, Weight::Suspect, saw, why)
    }

    fn new(code: Code, weight: Weight, saw: impl Into<String>, why: impl Into<String>) -> Self {
        let (saw, why) = (saw.into(), why.into());
        Self { code, weight, saw, why, remedies: Vec::new(), with: Vec::new() }
    }

    /// With another weight.
    #[must_use]
    pub fn weighing(mut self, weight: Weight) -> Self {
        self.weight = weight;
        self
    }

    /// With something that helps, after what helps more.
    #[must_use]
    pub fn remedy(mut self, remedy: Remedy) -> Self {
        self.remedies.push(remedy);
        self
    }

    /// With something that helps, which a front end can do.
    #[must_use]
    pub fn action(self, action: Action, text: impl Into<String>) -> Self {
        self.remedy(Remedy { action: Some(action), ..Remedy::text(text) })
    }

    /// With something that helps, which a person does.
    #[must_use]
    pub fn advice(self, text: impl Into<String>) -> Self {
        self.remedy(Remedy::text(text))
    }

    /// With a part of `saw`, for translations.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.with.push((name, value.into()));
        self
    }
}

impl Remedy {
    /// Something a person does.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), command: None, link: None, action: None }
    }

    /// With a command to copy.
    #[must_use]
    pub fn command(mut self, command: impl Into<String>) -> Self {
        self.command = Some(command.into());
        self
    }

    /// With something to read.
    #[must_use]
    pub fn link(mut self, link: &'static str) -> Self {
        self.link = Some(link);
        self
    }

    /// With what a front end can do.
    #[must_use]
    pub fn action(mut self, action: Action) -> Self {
        self.action = Some(action);
        self
    }
}

impl Weight {
    /// As reports name it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Remark => "remark",
            Self::Suspect => "suspect",
            Self::Warns => "warns",
            Self::Blocks => "blocks",
        }
    }
}
