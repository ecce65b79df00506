//! TLS towards a board, or rather towards what stands in front of it: no board serves TLS itself.

use std::io;
use std::sync::{Arc, OnceLock};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error as TlsError, SignatureScheme};
use rustls_platform_verifier::Verifier;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::error::{Distrust, NetworkError, TlsProblem};
use super::trust::{Fingerprint, TlsTrust};

/// Makes the connection a TLS one. The caller sets the deadline.
pub(crate) async fn wrap<S>(tcp: S, host: &str, trust: TlsTrust) -> Result<TlsStream<S>, NetworkError>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let seen = Arc::new(OnceLock::new());
    let mismatch =
        |because| NetworkError::TlsMismatch { host: host.to_owned(), seen: seen.get().copied(), because };
    let name = ServerName::try_from(host.to_owned())
        .map_err(|_| mismatch(TlsProblem::Untrusted(Distrust::WrongName)))?;
    let judge_seen = Arc::clone(&seen);
    // Reads the system's certificates from disk.
    let config = tokio::task::spawn_blocking(move || config(trust, judge_seen)).await;
    let config =
        config.ok().and_then(Result::ok).ok_or_else(|| mismatch(TlsProblem::NoSystemCertificates))?;
    TlsConnector::from(Arc::new(config))
        .connect(name, tcp)
        .await
        .map_err(|error| problem(&error, trust).map_or_else(|| NetworkError::io(host, &error), mismatch))
}

fn config(trust: TlsTrust, seen: Arc<OnceLock<Fingerprint>>) -> Result<ClientConfig, TlsError> {
    let provider = Arc::new(ring::default_provider());
    let judge = match trust {
        TlsTrust::Platform => Judge::Platform(Verifier::new(Arc::clone(&provider))?),
        TlsTrust::Certificate(wanted) => Judge::Certificate(wanted, Arc::clone(&provider)),
    };
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Witness { judge, seen }))
        .with_no_client_auth())
}

/// `None`: nothing to do with TLS.
fn problem(error: &io::Error, trust: TlsTrust) -> Option<TlsProblem> {
    let cause = error.get_ref().and_then(|inner| inner.downcast_ref::<TlsError>());
    match (cause, trust) {
        (Some(TlsError::InvalidCertificate(why)), TlsTrust::Platform) => {
            Some(TlsProblem::Untrusted(distrust(why)))
        }
        (Some(TlsError::InvalidCertificate(_)), TlsTrust::Certificate(_)) => {
            Some(TlsProblem::AnotherCertificate)
        }
        (Some(_), _) => Some(TlsProblem::NotTls),
        // A plain server hangs up on our hello.
        (None, _) => {
            let hung_up = [io::ErrorKind::UnexpectedEof, io::ErrorKind::ConnectionReset];
            hung_up.contains(&error.kind()).then_some(TlsProblem::NotTls)
        }
    }
}

fn distrust(why: &CertificateError) -> Distrust {
    match why {
        // What the platform's verifiers of macOS and Windows say of a self-signed one, too.
        CertificateError::UnknownIssuer => Distrust::UnknownIssuer,
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => Distrust::Expired,
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => Distrust::NotYetValid,
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            Distrust::WrongName
        }
        _ => Distrust::Other,
    }
}

/// Remembers which certificate was shown, so that a person may be asked whether to trust it.
#[derive(Debug)]
struct Witness {
    judge: Judge,
    seen: Arc<OnceLock<Fingerprint>>,
}

#[derive(Debug)]
enum Judge {
    Platform(Verifier),
    Certificate(Fingerprint, Arc<CryptoProvider>),
}

impl ServerCertVerifier for Witness {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, TlsError> {
        let fingerprint = Fingerprint::of(certificate);
        let _ = self.seen.set(fingerprint);
        match &self.judge {
            Judge::Platform(system) => system.verify_server_cert(certificate, intermediates, name, ocsp, now),
            Judge::Certificate(wanted, _) if *wanted == fingerprint => Ok(ServerCertVerified::assertion()),
            Judge::Certificate(..) => {
                Err(TlsError::InvalidCertificate(CertificateError::ApplicationVerificationFailure))
            }
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        match &self.judge {
            Judge::Platform(system) => system.verify_tls12_signature(message, certificate, signed),
            Judge::Certificate(_, provider) => {
                let known = &provider.signature_verification_algorithms;
                verify_tls12_signature(message, certificate, signed, known)
            }
        }
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        match &self.judge {
            Judge::Platform(system) => system.verify_tls13_signature(message, certificate, signed),
            Judge::Certificate(_, provider) => {
                let known = &provider.signature_verification_algorithms;
                verify_tls13_signature(message, certificate, signed, known)
            }
        }
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        match &self.judge {
            Judge::Platform(system) => system.supported_verify_schemes(),
            Judge::Certificate(_, provider) => provider.signature_verification_algorithms.supported_schemes(),
        }
    }
}
