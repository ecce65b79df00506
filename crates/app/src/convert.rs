//! From the types of the rooms above to those of the wire.

use boardwalk_device::{Exception, Info, Space};

use crate::wire;

impl From<Space> for wire::Space {
    fn from(space: Space) -> Self {
        Self { free: space.free, total: space.total }
    }
}

impl From<Info> for wire::BoardInfo {
    fn from(info: Info) -> Self {
        let capabilities = info.capabilities;
        let mut cannot: Vec<String> = capabilities.missing().iter().map(|m| m.code().to_owned()).collect();
        if !capabilities.module("hashlib") {
            cannot.push("no-hash".to_owned());
        }
        Self {
            implementation: capabilities.implementation.clone(),
            version: capabilities.version.clone(),
            machine: capabilities.machine.clone(),
            platform: capabilities.platform.clone(),
            unique_id: info.unique_id,
            free_memory: capabilities.free_memory,
            frequency: info.frequency,
            space: info.space.into(),
            modules: capabilities.modules.clone(),
            raw_paste: info.raw_paste,
            cannot,
        }
    }
}

impl From<Exception> for wire::Exception {
    fn from(exception: Exception) -> Self {
        Self {
            kind: exception.kind,
            message: exception.message,
            traceback: exception.traceback,
            line: exception.line,
        }
    }
}
