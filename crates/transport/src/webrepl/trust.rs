//! Whom to believe that it is the board, over TLS.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use sha2::{Digest, Sha256};

/// Which certificates are accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TlsTrust {
    /// those the system accepts for the name
    #[default]
    Platform,
    /// this one and no other, whatever name and dates it bears: boards have self-signed ones
    Certificate(Fingerprint),
}

/// SHA-256 of a certificate, as browsers show it: `AB:CD:…`, 32 pairs.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint([u8; 32]);

/// What is no fingerprint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("A fingerprint is 64 hexadecimal digits, with or without colons.")]
pub struct FingerprintError;

impl Fingerprint {
    /// Of a certificate in DER.
    pub fn of(certificate: &[u8]) -> Self {
        Self(Sha256::digest(certificate).into())
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, byte) in self.0.iter().enumerate() {
            write!(f, "{}{byte:02X}", if at == 0 { "" } else { ":" })?;
        }
        Ok(())
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Fingerprint {
    type Err = FingerprintError;

    fn from_str(text: &str) -> Result<Self, FingerprintError> {
        let digit = |c: char| c.to_digit(16).and_then(|d| u8::try_from(d).ok()).ok_or(FingerprintError);
        let digits: Vec<u8> =
            text.trim().chars().filter(|c| *c != ':').take(65).map(digit).collect::<Result<_, _>>()?;
        let bytes: Vec<u8> =
            digits.chunks(2).map(|pair| pair.iter().fold(0, |all, d| all << 4 | d)).collect();
        if digits.len() != 64 {
            return Err(FingerprintError);
        }
        bytes.try_into().map(Self).map_err(|_| FingerprintError)
    }
}

/// Knows whose certificate to believe at this moment. Must not block.
#[derive(Clone)]
pub struct TrustNow(Arc<dyn Fn() -> TlsTrust + Send + Sync>);

impl TrustNow {
    /// Calls this.
    pub fn new(knows: impl Fn() -> TlsTrust + Send + Sync + 'static) -> Self {
        Self(Arc::new(knows))
    }

    pub(crate) fn ask(&self) -> TlsTrust {
        (self.0)()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_reads_as_it_is_written() {
        let seen = Fingerprint::of(b"certificate");
        let text = seen.to_string();
        assert_eq!((text.len(), text.matches(':').count()), (95, 31));
        assert_eq!(text.parse(), Ok(seen));
        assert_eq!(text.replace(':', "").to_lowercase().parse(), Ok(seen));
        for bad in ["", "AB:CD", &text[1..], &format!("{text}:00"), &text.replace(':', "-")] {
            assert_eq!(bad.parse::<Fingerprint>(), Err(FingerprintError), "{bad}");
        }
    }
}
