//! `wss://`: the system's certificates, or one that a person trusts.

use std::sync::{Arc, Mutex};

use boardwalk_transport::{
    Dial, Distrust, Fingerprint, NetworkError, OnStep, TlsProblem, TlsTrust, TransportError, WebReplDial,
    WebReplOptions,
};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::PrivateKeyDer;
use tokio_rustls::TlsAcceptor;

use super::script::{Far, Server, options};

pub(crate) struct Front {
    pub(crate) server: Server,
    pub(crate) acceptor: TlsAcceptor,
    pub(crate) fingerprint: Fingerprint,
}

impl Front {
    pub(crate) async fn new() -> Self {
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed(["board.local".to_owned()]).unwrap();
        let key = PrivateKeyDer::try_from(signing_key.serialize_der()).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![cert.der().clone()], key)
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        Self { server: Server::new().await, acceptor, fingerprint: Fingerprint::of(cert.der()) }
    }

    fn dial(&self, trust: TlsTrust) -> WebReplDial {
        self.watched(trust, OnStep::default())
    }

    fn watched(&self, trust: TlsTrust, on_step: OnStep) -> WebReplDial {
        let target = format!("wss://{}", self.server.address).parse().unwrap();
        WebReplDial::new(target, WebReplOptions { trust, on_step, ..options() })
    }

    async fn refusal(&self, trust: TlsTrust) -> TransportError {
        let mut dial = self.dial(trust);
        let front = async { self.acceptor.accept(self.server.accept().await).await.err() };
        let (dialled, _) = futures::join!(dial.dial(), front);
        dialled.expect_err("this certificate is not trusted")
    }
}

#[tokio::test]
async fn a_self_signed_certificate_is_refused_shown_and_then_trusted() {
    let front = Front::new().await;
    let error = front.refusal(TlsTrust::Platform).await;
    assert_eq!(error.code(), "tls-mismatch");
    let TransportError::Network(NetworkError::TlsMismatch { seen: Some(seen), because, .. }) = error else {
        panic!("{error}")
    };
    assert_eq!(because, TlsProblem::Untrusted(Distrust::UnknownIssuer));
    assert_eq!(seen, front.fingerprint);

    let steps = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&steps);
    let on_step = OnStep::new(move |step| told.lock().unwrap().push(step));
    let mut dial = front.watched(TlsTrust::Certificate(seen), on_step);
    let board = async {
        let stream = front.acceptor.accept(front.server.accept().await).await.unwrap();
        let mut far = Far::shaken(stream).await;
        far.logs_in().await;
        far.says(b">>> ").await;
        far
    };
    let (link, mut far) = futures::join!(dial.dial(), board);
    let mut link = link.unwrap();
    let told: Vec<String> = steps.lock().unwrap().iter().map(|step| format!("{step:?}")).collect();
    assert_eq!(told, ["Name", "Tcp", "Tls", "Handshake", "Prompt", "Password", "Login"]);
    assert_eq!(link.recv().await.unwrap(), ">>> ");
    link.sender().send("1+1\r".into()).await.unwrap();
    assert_eq!(far.hears().await.unwrap().1, b"1+1\r");
}

#[tokio::test]
async fn another_certificate_than_the_trusted_one_is_refused() {
    let front = Front::new().await;
    let error = front.refusal(TlsTrust::Certificate(Fingerprint::of(b"the one from yesterday"))).await;
    let shown = format!("SHA-256 {}", front.fingerprint);
    assert_eq!((error.code(), error.detail()), ("tls-mismatch", Some(shown)));
    assert!(error.to_string().contains("another certificate"), "{error}");
}

#[tokio::test]
async fn plain_and_encrypted_are_told_apart() {
    let server = Server::new().await;
    let target = format!("wss://{}", server.address).parse().unwrap();
    let mut dial = WebReplDial::new(target, options());
    let script = async {
        // A board hangs up on a request that makes no sense.
        drop(server.accept().await);
    };
    let (dialled, ()) = futures::join!(dial.dial(), script);
    assert_eq!(dialled.err().unwrap().code(), "tls-mismatch");

    let front = Front::new().await;
    let mut dial = front.server.dial(options());
    let accepting = async { front.acceptor.accept(front.server.accept().await).await.err() };
    let (dialled, _) = futures::join!(dial.dial(), accepting);
    let error = dialled.err().unwrap();
    assert!(["tls-mismatch", "not-http"].contains(&error.code()), "{error}");
}
