use boardwalk_transport::Holder;

use super::*;
use crate::case::Options;
use crate::world::World;

fn found(error: &TransportError) -> Finding {
    let world = World { root: "/nonexistent".into(), ..World::system() };
    let case = Case::new("COM7", world, Options::default(), None);
    explain(&case, error)
}

fn path() -> String {
    "COM7".to_owned()
}

/// Windows error 31 (ERROR_GEN_FAILURE) at open, by the vendor of the bridge.
#[test]
fn a_driver_that_does_not_work_with_a_copied_chip() {
    let copied = found(&TransportError::DriverError { path: path(), vid: Some(0x1A86) });
    assert_eq!(copied.code, Code::Ch340Driver);
    assert!(copied.why.contains("3.8") && !copied.remedies.is_empty(), "{copied:?}");
    let other = found(&TransportError::DriverError { path: path(), vid: Some(0x10C4) });
    assert_eq!(other.code, Code::DeviceHung);
    assert!(!other.why.contains("CH340"), "{other:?}");
}

#[test]
fn each_refusal_has_its_code_and_a_remedy() {
    for (error, code) in [
        (TransportError::PortNotFound { path: path() }, Code::NoPort),
        (TransportError::NoHardware { path: path() }, Code::NoPort),
        (TransportError::BluetoothPort { path: path() }, Code::BluetoothPort),
        (TransportError::OpenTimeout { path: path(), seconds: 5 }, Code::DeviceHung),
        (TransportError::PortBusy { path: path(), holder: None }, Code::PortBusy),
        (
            TransportError::PortBusy {
                path: path(),
                holder: Some(Holder { pid: 7, name: "ModemManager".to_owned() }),
            },
            Code::ModemManager,
        ),
        (TransportError::NotATerminal { path: path() }, Code::AddressInvalid),
    ] {
        let finding = found(&error);
        assert_eq!(finding.code, code, "{error:?}");
        assert!(!finding.remedies.is_empty(), "{error:?}");
    }
}
