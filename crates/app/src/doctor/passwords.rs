//! Passwords without asking anybody: the one given beforehand, or the one that is kept.

use boardwalk_transport::{AskPassword, AskReason, Secret, Target};
use futures::future::{BoxFuture, FutureExt as _};

use crate::Secrets;

/// What is known already.
pub struct KnownPasswords {
    /// from the environment or a file
    pub given: Option<Secret>,
    /// where passwords are kept
    pub secrets: Secrets,
}

impl AskPassword for KnownPasswords {
    fn ask<'a>(&'a self, target: &'a Target, why: AskReason) -> BoxFuture<'a, Option<Secret>> {
        async move {
            if why != AskReason::Needed {
                return None;
            }
            match &self.given {
                Some(given) => Some(given.clone()),
                None => self.secrets.get(target).await.ok().flatten(),
            }
        }
        .boxed()
    }
}
