//! `serve`: a server that verifies each request's token and answers with its claims.

use std::{
    collections::VecDeque,
    convert::Infallible,
    io,
    net::{SocketAddr, TcpListener},
    sync::Arc,
    time::Duration,
};

use clap::Args;
use clearjwt::{
    Key, Validation, Verified, VerifyError,
    bearer::{self, Refusal},
};
use http_body_util::Full;
use hyper::{
    Request, Response, StatusCode,
    body::{Bytes, Incoming},
    header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue, WWW_AUTHENTICATE},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};

use crate::{
    demands::Demands,
    failure::Failure,
    key::KeyArgs,
    text::{print_line, printable, tell},
};

/// Run a server that verifies the bearer token of each request and answers with its claims, for demos and tests.
#[derive(Args)]
#[command(after_help = "\
Examples:
  clearjwt serve --key-file key.txt
  clearjwt serve --key-file key.txt --issuer joe --audience api --listen 127.0.0.1:8080

Prints its URL on stdout and one line a request on stderr, without the token: method, path, status, reason. Answers every
method and path with 200 and the claims, 401 where the token is missing or refused, 400 where the Authorization header is
malformed, 403 where --scope is not met, with WWW-Authenticate as RFC 6750 has it. Speaks http only: beyond loopback put a
server with TLS in front of it. Ends on SIGINT or SIGTERM.")]
pub struct Serve {
    #[command(flatten)]
    key: KeyArgs,
    #[command(flatten)]
    demands: Demands,
    /// A word that the claim `scope` has to hold; can be repeated. Without it the answer is 403
    #[arg(long, value_name = "WORD", value_parser = word)]
    scope: Vec<String>,
    /// The address to listen on; with port 0 the system picks one
    #[arg(long, value_name = "ADDRESS", value_parser = address, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
}

impl Serve {
    pub fn run(self) -> Result<(), Failure> {
        let (keys, demands) = (self.key.keys()?, self.demands.validation());
        let verifier = Verifier { keys, demands, clock: Box::new(move || self.demands.now()), scope: self.scope, log: true };
        let listener = bind(self.listen)?;
        let address = listener.local_addr().map_err(|error| Failure::file("serve", &error))?;
        print_line(&format!("http://{address}/"))?;
        verifier.serve(listener)
    }
}

/// A word of a scope (RFC 6749 §3.3).
fn word(text: &str) -> Result<String, String> {
    let is_word = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\');
    is_word.then(|| text.to_owned()).ok_or_else(|| "a word of a scope has no spaces, quotes and backslashes; the option can be repeated".into())
}

/// The realm of every challenge.
const REALM: &str = "clearjwt";

/// How many connections are held at a time.
const CONNECTIONS: usize = 512;

fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| "an IP address and a port, such as 127.0.0.1:8080 or [::1]:8080".into())
}

/// Binds a listener.
pub fn bind(address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).map_err(|error| Failure::trouble("listen", format!("{address}: {error}; --listen names another address")))
}

/// What the server does with a token.
pub struct Verifier {
    pub keys: Vec<Key>,
    pub demands: Validation,
    pub clock: Box<dyn Fn() -> Result<u64, Failure> + Send + Sync>,
    /// The words that the claim `scope` has to hold.
    pub scope: Vec<String>,
    /// Whether to write a line a request on stderr.
    pub log: bool,
}

impl Verifier {
    /// Serves until SIGINT or SIGTERM.
    pub fn serve(self, listener: TcpListener) -> Result<(), Failure> {
        let fail = |error: io::Error| Failure::file("serve", &error);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(fail)?;
        let verifier = Arc::new(self);
        runtime.block_on(async {
            listener.set_nonblocking(true).map_err(fail)?;
            let listener = tokio::net::TcpListener::from_std(listener).map_err(fail)?;
            let stop = stop().map_err(fail)?;
            tokio::pin!(stop);
            let (graceful, mut open) = (GracefulShutdown::new(), VecDeque::new());
            loop {
                let stream = tokio::select! {
                    () = &mut stop => break,
                    accepted = listener.accept() => match accepted {
                        Ok((stream, _)) => stream,
                        // Out of descriptors, or the client is gone: others go on.
                        Err(_) => {
                            tokio::time::sleep(Duration::from_millis(10)).await;
                            continue;
                        }
                    },
                };
                let verifier = Arc::clone(&verifier);
                let service = service_fn(move |request| std::future::ready(Ok::<_, Infallible>(verifier.answer(&request))));
                let connection = http1::Builder::new()
                    .timer(TokioTimer::new())
                    .header_read_timeout(Duration::from_secs(10))
                    .max_buf_size(1 << 16)
                    .serve_connection(TokioIo::new(stream), service);
                let connection = graceful.watch(connection);
                // A client that goes away or talks nonsense is its own loss.
                open.push_back(tokio::spawn(async move { drop(connection.await) }).abort_handle());
                if open.len() > CONNECTIONS {
                    open.retain(|connection| !connection.is_finished());
                }
                // Who has held a connection longest makes room: nobody can keep others out by holding many.
                if open.len() > CONNECTIONS
                    && let Some(oldest) = open.pop_front()
                {
                    oldest.abort();
                }
            }
            // Who was being answered gets the answer; who only holds a connection is not waited for.
            let _ = tokio::time::timeout(Duration::from_secs(1), graceful.shutdown()).await;
            Ok(())
        })
    }

    fn answer(&self, request: &Request<Incoming>) -> Response<Full<Bytes>> {
        let (status, challenge, body, why) = match self.claims(request) {
            Ok(verified) if self.granted(&verified) => (StatusCode::OK, None, verified.payload().to_vec(), String::new()),
            // RFC6750-3.1-3
            Ok(_) => {
                let challenge = bearer::insufficient_scope(REALM, &self.scope.join(" "));
                let body = reason("insufficient_scope", "RFC6750-3.1-3", "the token does not grant the scope that is needed");
                (StatusCode::FORBIDDEN, Some(challenge), body, " insufficient_scope".into())
            }
            Err(refusal) => {
                let (code, clause) = match &refusal {
                    Refusal::Request(error) => (error.code(), error.clause()),
                    Refusal::Token(error) => (error.code(), error.clause()),
                };
                let status = StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::UNAUTHORIZED);
                (status, Some(refusal.challenge(REALM)), reason(code, clause, &refusal.to_string()), format!(" {refusal}"))
            }
        };
        // RFC9700-4.9.3-2: of the URL the path alone, for a query can hold a token.
        if self.log {
            // A line stays a line, however long the method and the path are.
            let method: String = request.method().as_str().chars().take(20).collect();
            let path: String = printable(request.uri().path()).chars().take(200).collect();
            tell(&format!("{method} {path} {}{why}", status.as_u16()));
        }
        let mut answer = Response::new(Full::from(body));
        *answer.status_mut() = status;
        answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        // RFC9110-11.6.1-1
        if let Some(challenge) = challenge.and_then(|challenge| HeaderValue::try_from(challenge).ok()) {
            answer.headers_mut().insert(WWW_AUTHENTICATE, challenge);
        }
        answer
    }

    /// The request's token, verified.
    fn claims(&self, request: &Request<Incoming>) -> Result<Verified<()>, Refusal> {
        // RFC6750-2.1-2
        let token = bearer::token(bearer::BEARER, request.headers().get_all(AUTHORIZATION)).map_err(Refusal::Request)?;
        let now = (self.clock)().map_err(|_| Refusal::Token(VerifyError::Clock))?;
        self.demands.check_at(token, &self.keys, now).map_err(Refusal::Token)
    }

    /// Whether the claim `scope`, words with spaces between them, holds all that are needed.
    fn granted(&self, verified: &Verified<()>) -> bool {
        let claims: serde_json::Map<String, serde_json::Value> = verified.claims_as().unwrap_or_default();
        let scope = claims.get("scope").and_then(|scope| scope.as_str()).unwrap_or_default();
        self.scope.iter().all(|word| scope.split(' ').any(|granted| granted == word))
    }
}

/// The body of a refusal. It says the reason, and nothing of the token.
fn reason(code: &str, clause: &str, message: &str) -> Vec<u8> {
    serde_json::json!({ "error": code, "clause": clause, "message": message }).to_string().into()
}

/// Waits for the signal to end.
fn stop() -> io::Result<impl Future<Output = ()>> {
    #[cfg(unix)]
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    Ok(async move {
        #[cfg(unix)]
        tokio::select! {
            _ = tokio::signal::ctrl_c() => (),
            _ = terminate.recv() => (),
        }
        #[cfg(not(unix))]
        let _ = tokio::signal::ctrl_c().await;
    })
}
