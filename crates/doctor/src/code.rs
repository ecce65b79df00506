//! The closed list of causes. A new cause gets a new code; a code never changes its meaning.

use std::fmt;

macro_rules! codes {
    ($($variant:ident $code:literal $title:literal;)*) => {
        /// A cause, as reports, translations and tests name it. The order is that of the way from this computer to the
        /// inside of the board: of two causes that do not explain each other, the earlier one is named.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code {
            $(#[doc = $title] $variant,)*
        }

        impl Code {
            /// All of them, in their order.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// In kebab case, as everybody outside knows it.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// The headline of a finding, for people.
            #[must_use]
            pub fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)* }
            }
        }
    };
}

codes! {
    AddressInvalid "address-invalid" "The address cannot be used";
    // serial: the computer's side
    NoPort "no-port" "No port of a board was found";
    UsbEnumerationFailed "usb-enumeration-failed" "A USB device did not say what it is";
    BrlttyClaimsPort "brltty-claims-port" "brltty takes the USB bridge away";
    DriverMissing "driver-missing" "A USB bridge is plugged in and has no driver";
    Uf2Bootloader "uf2-bootloader" "The board is in its bootloader";
    PortRenumbered "port-renumbered" "The board has another port now";
    Sandboxed "sandboxed" "A sandbox keeps Boardwalk from serial ports";
    PermissionDenied "permission-denied" "This user may not open the port";
    ModemManager "modem-manager" "ModemManager is asking the board whether it is a modem";
    PortBusy "port-busy" "Another program holds the port";
    Ch340Driver "ch340-driver" "The CH340 driver does not work with this chip";
    BluetoothPort "bluetooth-port" "The port is no USB port";
    DeviceHung "device-hung" "The port takes no bytes";
    // network: this computer and the way
    NameNotFound "name-not-found" "The name has no address";
    FakeIpName "fake-ip-name" "A proxy invented the address of the name";
    NotOnBoardNetwork "not-on-board-network" "This computer is not in the board's network";
    TunRoute "tun-route" "A VPN or TUN proxy takes the way to the board";
    LocalNetworkPermission "local-network-permission" "The system keeps Boardwalk from the local network";
    ProxyUnreachable "proxy-unreachable" "The proxy does not accept connections";
    ProxyNotAProxy "proxy-not-a-proxy" "What answers at the proxy's address is no proxy";
    ProxyAuthRequired "proxy-auth-required" "The proxy wants a name and a password";
    ProxyAuthRejected "proxy-auth-rejected" "The proxy refused the name and the password";
    ProxyForbidsConnect "proxy-forbids-connect" "The proxy does not allow the way to this port";
    HandshakeRewritten "handshake-rewritten" "Something on the way changed the request";
    HandshakeStripped "handshake-stripped" "Something on the way took the upgrade out of the request";
    ProxyHalfRelay "proxy-half-relay" "Something on the way passes on only one direction";
    HostUnreachable "host-unreachable" "There is nothing at that address";
    ClientIsolation "client-isolation" "The Wi-Fi keeps its clients apart";
    // over USB: what the board says about its own network
    WifiNotConnected "wifi-not-connected" "The board is not in the Wi-Fi";
    WebreplNotInFirmware "webrepl-not-in-firmware" "The firmware has no WebREPL";
    WebreplNotRunning "webrepl-not-running" "The board's WebREPL is not started";
    NoAnswer "no-answer" "The address does not answer";
    PortRefused "port-refused" "Nothing listens on the port";
    ProxyCannotReachBoard "proxy-cannot-reach-board" "The proxy does not reach the board";
    ProxyAnswersBeforeDialling "proxy-answers-before-dialling" "The proxy said yes before it tried";
    TlsMismatch "tls-mismatch" "One side speaks TLS and the other does not, or the certificate is not trusted";
    NotHttp "not-http" "Another service answers there";
    RedirectedToTls "redirected-to-tls" "The server wants an encrypted connection";
    Redirected "redirected" "The server sends us elsewhere";
    CaptivePortal "captive-portal" "A web page answered in the place of the board";
    NotWebrepl "not-webrepl" "What answers is no WebREPL";
    AcceptMissing "accept-missing" "The answer lacks its proof";
    AcceptMismatch "accept-mismatch" "The answer was meant for another request";
    UpgradeHeaderWrong "upgrade-header-wrong" "The answer's upgrade is wrong";
    BoardServedPage "board-served-page" "The board got a damaged request";
    BusyOtherClient "busy-other-client" "Another client holds the WebREPL";
    ClosedBeforeReply "closed-before-reply" "The connection was closed before an answer";
    BoardBusy "board-busy" "The board does not get round to answering";
    SilentAfterRequest "silent-after-request" "The request went out and nothing came back";
    NoPasswordPrompt "no-password-prompt" "The board did not ask for its password";
    PasswordImpossible "password-impossible" "No board can have that password";
    WrongPassword "wrong-password" "The board did not accept the password";
    LinkSilent "link-silent" "The connection died";
    // serial: what the board says
    RomDownloadMode "rom-download-mode" "The board waits for firmware";
    Brownout "brownout" "The board's supply breaks down";
    WatchdogResets "watchdog-resets" "The board restarts again and again";
    WrongBaud "wrong-baud" "Only garbage arrives";
    NotMicropython "not-micropython" "What answers is not MicroPython";
    WrongUsbSocket "wrong-usb-socket" "This is the board's other USB socket";
    LinePolicy "line-policy" "The board talks only with DTR and RTS the other way";
    NoResponse "no-response" "Nothing comes from the port";
    // the interpreter
    InterruptSwallowed "interrupt-swallowed" "The program does not let itself be stopped";
    NoPrompt "no-prompt" "No prompt comes";
    ProgramRunning "program-running" "A program is running";
    ResetOnOpen "reset-on-open" "Opening the port restarts the board";
    FilesystemDamaged "filesystem-damaged" "The board's file system is damaged";
    DiskFull "disk-full" "The board has hardly any space left";
    SlowWifi "slow-wifi" "The connection is slow";
    IdleDrop "idle-drop" "Something on the way ends silent connections";
}

impl Code {
    /// The code of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.as_str() == name)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The list as it was agreed on; whoever changes one of them changes a contract.
    const CLOSED: &str = "address-invalid name-not-found fake-ip-name tun-route not-on-board-network \
        local-network-permission host-unreachable no-answer client-isolation port-refused board-busy proxy-unreachable \
        proxy-not-a-proxy proxy-auth-required proxy-auth-rejected proxy-forbids-connect proxy-cannot-reach-board \
        proxy-answers-before-dialling proxy-half-relay handshake-rewritten handshake-stripped board-served-page \
        silent-after-request closed-before-reply busy-other-client redirected-to-tls redirected captive-portal \
        not-webrepl not-http tls-mismatch accept-missing accept-mismatch upgrade-header-wrong no-password-prompt \
        wrong-password password-impossible no-prompt webrepl-not-running webrepl-not-in-firmware wifi-not-connected \
        slow-wifi idle-drop link-silent no-port driver-missing brltty-claims-port permission-denied port-busy \
        ch340-driver device-hung bluetooth-port port-renumbered modem-manager sandboxed uf2-bootloader \
        rom-download-mode not-micropython wrong-usb-socket usb-enumeration-failed reset-on-open line-policy \
        program-running interrupt-swallowed watchdog-resets brownout wrong-baud no-response filesystem-damaged \
        disk-full";

    #[test]
    fn the_list_is_closed() {
        let agreed: BTreeSet<&str> = CLOSED.split_whitespace().collect();
        let ours: BTreeSet<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(ours, agreed);
        assert_eq!(Code::ALL.len(), agreed.len(), "a code stands twice");
    }

    #[test]
    fn every_code_is_found_by_its_name_and_has_a_title() {
        for &code in Code::ALL {
            assert_eq!(Code::named(code.as_str()), Some(code));
            assert!(!code.title().is_empty() && !code.title().ends_with('.'), "{code}");
        }
        assert_eq!(Code::named("ok"), None);
    }
}
