//! Is the board at the cable the one that was tried over the network?

use std::net::IpAddr;

use super::Answers;
use super::proof;
use crate::case::Case;

/// What is known about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Same {
    /// It is.
    Yes,
    /// It is another one.
    No,
    /// It may be.
    Unknown,
}

/// Its id, when the one at this address had one before; then its address, its name, and whether it printed something about
/// the attempt.
pub(super) fn is_same(case: &Case, answers: Option<&Answers>, tried: &[IpAddr], lines: &[String]) -> Same {
    let known = case.options.unique_id.as_deref();
    let id = answers.and_then(|answers| answers.id.as_deref());
    if proof::is_about_an_attempt(lines) {
        return Same::Yes;
    }
    if let (Some(known), Some(id)) = (known, id) {
        return if known.eq_ignore_ascii_case(id) { Same::Yes } else { Same::No };
    }
    let Some(answers) = answers else { return Same::Unknown };
    let is_its_address = answers.addresses().iter().any(|address| tried.contains(address));
    let is_its_name = answers.name.as_deref().zip(case.url()).is_some_and(|(name, url)| {
        let host = url.host.split('.').next().unwrap_or_default();
        !name.is_empty() && host.eq_ignore_ascii_case(name)
    });
    if is_its_address || is_its_name { Same::Yes } else { Same::Unknown }
}
