//! Why each cause keeps a board from connecting, and what helps.

use crate::code::Code;
use crate::finding::{Action, Remedy};

use Code::*;

/// One or two sentences of explanation.
pub(super) fn why(code: Code) -> &'static str {
    match code {
        PortRefused => {
            "The computer at that address is up, but no WebREPL listens: it was never started, a soft reset ended it, or it has another port."
        }
        NoAnswer => {
            "Nothing comes back: the address is wrong or old, the board is off or out of reach, or a firewall or a guest Wi-Fi drops the packets."
        }
        HostUnreachable => {
            "There is nobody at that address in this network: it is wrong or old, or the board is off."
        }
        ClientIsolation => {
            "Guest networks and some access points let their clients reach the internet and not each other."
        }
        BoardBusy => {
            "The system of the board takes connections by itself, but its interpreter has to read the request. A program that never pauses does not let it."
        }
        SilentAfterRequest => {
            "Up to firmware 1.19 a board does not answer to a request that was changed on the way; a board that hangs is silent as well."
        }
        LocalNetworkPermission => {
            "macOS asks once whether a program may talk to the local network, and refuses without a word afterwards."
        }
        BoardServedPage => {
            "The board compares the names of the headers letter by letter and answers with its web page to a request that something has changed."
        }
        HandshakeRewritten => {
            "Boards compare the names of the headers letter by letter. Programs that take HTTP apart and put it together again write them in their own way."
        }
        HandshakeStripped => {
            "Without the headers that ask for the upgrade a board takes the request for that of a browser."
        }
        BusyOtherClient => {
            "A board talks to one client at a time. It may also still hold a connection that died without a goodbye."
        }
        ClosedBeforeReply => {
            "Up to firmware 1.19 a board closes the connection when another client is in; other services do so as well."
        }
        WrongPassword => "The password is the one in webrepl_cfg.py on the board, not that of the Wi-Fi.",
        PasswordImpossible => "A board's password has 4 to 9 characters.",
        NoPasswordPrompt => "A WebREPL asks for its password right after the handshake.",
        ProxyHalfRelay => {
            "What the board says comes through, what is said to the board does not: some proxies carry only answers."
        }
        RedirectedToTls | TlsMismatch => {
            "One side of this connection speaks TLS and the other does not, or the certificate is not one that this computer trusts."
        }
        Redirected => "A board never sends anybody elsewhere: something else answers at this address.",
        CaptivePortal => {
            "Networks that want a login, and filters that block, answer in the place of everybody."
        }
        NotWebrepl | NotHttp => "Another service listens at this address and port.",
        AcceptMissing | AcceptMismatch => {
            "The answer has to prove that it was made for this request; caches and some middle boxes cannot."
        }
        UpgradeHeaderWrong => "Something on the way does not pass the change of protocol on.",
        ProxyAuthRequired => "The proxy lets nobody through without a name and a password.",
        ProxyAuthRejected => "The proxy does not know this name and password.",
        ProxyForbidsConnect => {
            "Proxies of companies open tunnels only to the ports of the web (443). A board's WebREPL listens on 8266."
        }
        ProxyCannotReachBoard => {
            "The proxy tried and did not get to the board; it may be in another network than the board."
        }
        ProxyAnswersBeforeDialling => {
            "Proxies of the Clash family say yes before they try. Their yes means nothing; the silence behind it does."
        }
        ProxyNotAProxy => "The address or the kind of the proxy in the settings is wrong.",
        ProxyUnreachable => {
            "Connections to this board go through the proxy, which is not running, or not where the settings say."
        }
        LinkSilent => "The connection ended in the middle of the login.",
        _ => "",
    }
}

/// What helps, the best first. `help` is what the layer that noticed advises.
pub(super) fn remedies(code: Code, help: &str) -> Vec<Remedy> {
    let act = |action, text: &str| Remedy::text(text).action(action);
    let mut remedies = match code {
        PortRefused => vec![
            act(Action::StartWebreplOverUsb, "Plug the board in by USB and start its WebREPL.")
                .command("import webrepl; webrepl.start()"),
            act(Action::SetupWebrepl, "Set WebREPL up over USB, so that it starts with the board."),
        ],
        NoAnswer | HostUnreachable => vec![
            act(Action::EditAddress, "Compare the address with the one that the board or the router says."),
            act(Action::Retry, "Check that the board is on and in this network, then look again."),
        ],
        BusyOtherClient | ClosedBeforeReply => vec![
            act(
                Action::FreeWebreplOverUsb,
                "Close the other client. If there is none, free the board over USB.",
            )
            .command("import webrepl; webrepl.stop(); webrepl.start()"),
            act(Action::Retry, "Look again."),
        ],
        WrongPassword | PasswordImpossible => vec![
            act(Action::EnterPassword, "Enter the password again."),
            act(Action::SetupWebrepl, "Set a new one over USB.").command("import webrepl_setup"),
        ],
        RedirectedToTls => vec![act(Action::SwitchToWss, "Connect with wss://.")],
        TlsMismatch => Vec::new(),
        ProxyAuthRequired | ProxyAuthRejected => {
            vec![act(Action::ProxyCredentials, "Enter the proxy's name and password.")]
        }
        NotWebrepl | NotHttp | Redirected => {
            vec![act(Action::EditAddress, "Check the address and the port.")]
        }
        BoardBusy | SilentAfterRequest | NoPasswordPrompt => {
            vec![act(Action::Retry, "Reset the board, then look again.")]
        }
        _ => Vec::new(),
    };
    if !help.is_empty() {
        remedies.push(Remedy::text(help));
    }
    remedies
}
