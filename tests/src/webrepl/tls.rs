use std::{
    fmt::Write as _,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};

use sha2::{Digest as _, Sha256};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    task::JoinSet,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::ring,
        pki_types::{CertificateDer, PrivateKeyDer},
    },
};

use super::worker::Worker;
use crate::error::{BoardError, Context as _};

/// A TLS server with a self-signed certificate in front of a TCP port of this machine, as one stands before boards that speak no TLS.
/// The certificate is for `localhost` and new every time.
#[derive(Debug)]
pub struct TlsFront {
    port: u16,
    certificate: Vec<u8>,
    config: Arc<Mutex<Arc<ServerConfig>>>,
    _worker: Worker,
}

impl TlsFront {
    /// In front of 127.0.0.1:`target`, on a free port.
    pub fn start(target: u16) -> Result<Self, BoardError> {
        let (certificate, config) = config()?;
        let config = Arc::new(Mutex::new(Arc::new(config)));
        let (port, worker) = Worker::start("tls", || {
            let listener = listener()?;
            let port = listener.local_addr().context("a port for TLS")?.port();
            Ok((port, serve(listener, Arc::clone(&config), target)))
        })?;
        Ok(Self { port, certificate, config, _worker: worker })
    }

    /// `wss://localhost:PORT`.
    pub fn url(&self) -> String {
        format!("wss://localhost:{}", self.port)
    }

    /// The TCP port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Shows another certificate from the next connection on, and gives its SHA-256 as [`fingerprint`](Self::fingerprint) does.
    pub fn renew(&self) -> Result<String, BoardError> {
        let (certificate, config) = config()?;
        *self.config.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(config);
        Ok(hex(&certificate))
    }

    /// The certificate (DER) of the start.
    pub fn certificate(&self) -> &[u8] {
        &self.certificate
    }

    /// SHA-256 of the certificate of the start, 64 hexadecimal digits in lower case.
    pub fn fingerprint(&self) -> String {
        hex(&self.certificate)
    }
}

fn hex(certificate: &[u8]) -> String {
    Sha256::digest(certificate).iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

pub(crate) fn listener() -> Result<TcpListener, BoardError> {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).context("a free port")?;
    listener.set_nonblocking(true).context("a free port")?;
    TcpListener::from_std(listener).context("a free port")
}

fn config() -> Result<(Vec<u8>, ServerConfig), BoardError> {
    let failed =
        |e: &dyn std::fmt::Display| BoardError::Tool { what: "making a certificate", detail: e.to_string() };
    let own = rcgen::generate_simple_self_signed(["localhost".to_owned()]).map_err(|e| failed(&e))?;
    let certificate = own.cert.der().to_vec();
    let key = PrivateKeyDer::try_from(own.signing_key.serialize_der()).map_err(|e| failed(&e))?;
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|e| failed(&e))?
        .with_no_client_auth()
        .with_single_cert(vec![CertificateDer::from(certificate.clone())], key)
        .map_err(|e| failed(&e))?;
    Ok((certificate, config))
}

async fn serve(listener: TcpListener, config: Arc<Mutex<Arc<ServerConfig>>>, target: u16) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            caller = listener.accept() => match caller {
                Ok((stream, _)) => {
                    let config = Arc::clone(&config.lock().unwrap_or_else(PoisonError::into_inner));
                    connections.spawn(carry(stream, TlsAcceptor::from(config), target));
                }
                Err(_) => return,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn carry(stream: TcpStream, acceptor: TlsAcceptor, target: u16) -> std::io::Result<()> {
    let mut client = acceptor.accept(stream).await?;
    let mut board = TcpStream::connect(SocketAddr::from(([127, 0, 0, 1], target))).await?;
    copy_bidirectional(&mut client, &mut board).await.map(drop)
}
