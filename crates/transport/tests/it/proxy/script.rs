//! A proxy, one step at a time, and a route that leads through it.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use boardwalk_protocol::proxy::{Decision, ProxyScheme, ProxyServer, Route};
use boardwalk_transport::{
    AskProxyUser, AskReason, ProxyCredentials, Routed, Routes, Secret, WebReplDial, WebReplOptions,
    WebReplUrl,
};
use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::pty::PATIENCE;
use crate::webrepl::script::{Server, options};

/// A proxy's port.
pub(crate) struct Proxy {
    listener: TcpListener,
    pub(crate) address: SocketAddr,
}

/// One connection, seen from the proxy.
pub(crate) struct Client {
    pub(crate) stream: TcpStream,
}

impl Proxy {
    pub(crate) async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        Self { listener, address }
    }

    pub(crate) fn server(&self, scheme: ProxyScheme) -> ProxyServer {
        ProxyServer { scheme, host: "127.0.0.1".into(), port: self.address.port() }
    }

    /// A dial to a board that only the proxy knows.
    pub(crate) fn dial(&self, scheme: ProxyScheme, options: WebReplOptions) -> WebReplDial {
        let routes = through(vec![Some(self.server(scheme))]);
        WebReplDial::new("ws://board.example:8266".parse().unwrap(), WebReplOptions { routes, ..options })
    }

    /// The same to a board on this computer.
    pub(crate) fn dial_to(
        &self,
        board: &Server,
        scheme: ProxyScheme,
        options: WebReplOptions,
    ) -> WebReplDial {
        let routes = through(vec![Some(self.server(scheme))]);
        WebReplDial::new(board.target(), WebReplOptions { routes, ..options })
    }

    pub(crate) async fn accept(&self) -> Client {
        let accepted = tokio::time::timeout(PATIENCE, self.listener.accept()).await;
        Client { stream: accepted.expect("nobody came").unwrap().0 }
    }
}

impl Client {
    /// A request with its headers.
    pub(crate) async fn request(&mut self) -> String {
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n") {
            request.push(self.stream.read_u8().await.unwrap());
        }
        String::from_utf8(request).unwrap()
    }

    pub(crate) async fn hears(&mut self, count: usize) -> Vec<u8> {
        let mut bytes = vec![0; count];
        let read = tokio::time::timeout(PATIENCE, self.stream.read_exact(&mut bytes));
        read.await.expect("nothing came").unwrap();
        bytes
    }

    pub(crate) async fn says(&mut self, bytes: impl AsRef<[u8]>) {
        self.stream.write_all(bytes.as_ref()).await.unwrap();
    }

    /// Whether the client is gone.
    pub(crate) async fn is_left(&mut self) -> bool {
        let mut buffer = [0; 64];
        let read = tokio::time::timeout(PATIENCE, self.stream.read(&mut buffer)).await.expect("still open");
        !read.is_ok_and(|count| count > 0)
    }

    /// Relays until either side ends.
    pub(crate) async fn relays(mut self, to: SocketAddr) {
        let mut board = TcpStream::connect(to).await.unwrap();
        let _ = tokio::io::copy_bidirectional(&mut self.stream, &mut board).await;
    }
}

/// One way after the other, and the last one for ever.
pub(crate) struct Ways(Mutex<VecDeque<Route>>);

impl Ways {
    pub(crate) fn of(routes: impl IntoIterator<Item = Route>) -> Arc<Self> {
        Arc::new(Self(Mutex::new(routes.into_iter().collect())))
    }
}

impl Routes for Ways {
    fn route<'a>(&'a self, _: &'a WebReplUrl) -> BoxFuture<'a, Routed> {
        let mut ways = self.0.lock().unwrap();
        let next = if ways.len() > 1 { ways.pop_front() } else { ways.front().cloned() };
        let decision = Decision {
            route: next.unwrap(),
            source: "option",
            reason: "The test says so.".into(),
            rule: String::new(),
        };
        std::future::ready(Routed { decision, addresses: Vec::new() }).boxed()
    }
}

pub(crate) fn through(list: Vec<Option<ProxyServer>>) -> Arc<dyn Routes> {
    Ways::of([Route::Proxies(list)])
}

/// Somebody who is asked for a proxy's password.
#[derive(Default)]
pub(crate) struct User {
    answers: Mutex<VecDeque<(&'static str, &'static str)>>,
    /// whose, its realm, and why
    pub(crate) asked: Mutex<Vec<(String, String, AskReason)>>,
    pub(crate) accepted: Mutex<Vec<String>>,
}

impl User {
    pub(crate) fn who_says(answers: &[(&'static str, &'static str)]) -> Arc<Self> {
        Arc::new(Self { answers: Mutex::new(answers.iter().copied().collect()), ..Self::default() })
    }
}

impl AskProxyUser for User {
    fn ask<'a>(
        &'a self,
        proxy: &'a ProxyServer,
        realm: &'a str,
        why: AskReason,
    ) -> BoxFuture<'a, Option<ProxyCredentials>> {
        self.asked.lock().unwrap().push((proxy.to_string(), realm.to_owned(), why));
        let answer = self.answers.lock().unwrap().pop_front();
        let answer = answer
            .map(|(user, password)| ProxyCredentials { user: user.into(), password: Secret::new(password) });
        std::future::ready(answer).boxed()
    }

    fn accepted(&self, proxy: &ProxyServer, credentials: &ProxyCredentials) {
        self.accepted.lock().unwrap().push(format!("{} at {proxy}", credentials.user));
    }
}

pub(crate) fn asking(user: &Arc<User>) -> WebReplOptions {
    WebReplOptions { proxy_users: Arc::<User>::clone(user), ..options() }
}
