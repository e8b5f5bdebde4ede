//! `serve`: a server that verifies each request's token and answers with its claims.

use std::{
    convert::Infallible,
    io,
    net::{SocketAddr, TcpListener},
    sync::Arc,
    time::Duration,
};

use clap::Args;
use clearjwt::{
    Key, Validation, VerifyError,
    bearer::{self, Refusal},
};
use http_body_util::Full;
use hyper::{
    Request, Response,
    body::{Bytes, Incoming},
    header::{AUTHORIZATION, CONTENT_TYPE, WWW_AUTHENTICATE},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use tokio::sync::Semaphore;

use crate::{
    demands::Demands,
    failure::Failure,
    key::KeyArgs,
    text::{print_line, printable},
};

/// Run a server that verifies the bearer token of each request and answers with its claims, for demos and tests.
#[derive(Args)]
#[command(after_help = "\
Examples:
  clearjwt serve --key-file key.txt
  clearjwt serve --key-file key.txt --issuer joe --audience api --listen 127.0.0.1:8080

Prints its URL on stdout and one line a request on stderr, without the token. Answers 200 with the claims, 401 where the
token is missing or refused and 400 where the Authorization header is malformed, with WWW-Authenticate as RFC 6750 has it.
Ends on SIGINT or SIGTERM.")]
pub struct Serve {
    #[command(flatten)]
    key: KeyArgs,
    #[command(flatten)]
    demands: Demands,
    /// The address to listen on; with port 0 the system picks one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    listen: SocketAddr,
}

impl Serve {
    pub fn run(self) -> Result<(), Failure> {
        let verifier = Verifier { keys: self.key.keys()?, demands: self.demands.validation(), clock: Box::new(move || self.demands.now()), log: true };
        let listener = bind(self.listen)?;
        let address = listener.local_addr().map_err(|error| Failure::file("serve", &error))?;
        print_line(&format!("http://{address}/"))?;
        verifier.serve(listener)
    }
}

/// How many connections are held at a time; further ones wait.
const CONNECTIONS: usize = 512;

/// Binds a listener.
pub fn bind(address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).map_err(|error| Failure::trouble("listen", format!("{address}: {error}; --listen names another address")))
}

/// What the server does with a token.
pub struct Verifier {
    pub keys: Vec<Key>,
    pub demands: Validation,
    pub clock: Box<dyn Fn() -> Result<u64, Failure> + Send + Sync>,
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
            let (graceful, places) = (GracefulShutdown::new(), Arc::new(Semaphore::new(CONNECTIONS)));
            loop {
                let accepted = async {
                    let place = Arc::clone(&places).acquire_owned().await;
                    (place, listener.accept().await)
                };
                let (place, stream) = tokio::select! {
                    () = &mut stop => break,
                    (place, accepted) = accepted => match accepted {
                        Ok((stream, _)) => (place, stream),
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
                tokio::spawn(async move {
                    // A client that goes away or talks nonsense is its own loss.
                    let _ = connection.await;
                    drop(place);
                });
            }
            // Who was being answered gets the answer; who only holds a connection is not waited for.
            let _ = tokio::time::timeout(Duration::from_secs(1), graceful.shutdown()).await;
            Ok(())
        })
    }

    fn answer(&self, request: &Request<Incoming>) -> Response<Full<Bytes>> {
        let result = self.claims(request);
        if self.log {
            let path: String = printable(request.uri().path()).chars().take(200).collect();
            match &result {
                Ok(_) => eprintln!("{} {path} 200", request.method()),
                Err(refusal) => eprintln!("{} {path} {} {refusal}", request.method(), refusal.status()),
            }
        }
        let (status, body) = match &result {
            Ok(payload) => (200, payload.clone()),
            Err(refusal) => (refusal.status(), reason(refusal).into()),
        };
        let mut answer = Response::new(Full::from(body));
        *answer.status_mut() = hyper::StatusCode::from_u16(status).unwrap_or_default();
        answer.headers_mut().insert(CONTENT_TYPE, hyper::header::HeaderValue::from_static("application/json"));
        // RFC9110-11.6.1-1
        if let Err(refusal) = &result
            && let Ok(challenge) = refusal.challenge("clearjwt").try_into()
        {
            answer.headers_mut().insert(WWW_AUTHENTICATE, challenge);
        }
        answer
    }

    /// The payload of the request's token.
    fn claims(&self, request: &Request<Incoming>) -> Result<Vec<u8>, Refusal> {
        // RFC6750-2.1-2
        let token = bearer::token(bearer::BEARER, request.headers().get_all(AUTHORIZATION)).map_err(Refusal::Request)?;
        let now = (self.clock)().map_err(|_| Refusal::Token(VerifyError::Clock))?;
        let verified = self.demands.check_at(token, &self.keys, now).map_err(Refusal::Token)?;
        Ok(verified.payload().to_vec())
    }
}

/// The body of a refusal. It says the reason, and nothing of the token.
fn reason(refusal: &Refusal) -> String {
    let (code, clause) = match refusal {
        Refusal::Request(error) => (error.code(), error.clause()),
        Refusal::Token(error) => (error.code(), error.clause()),
    };
    serde_json::json!({ "error": code, "clause": clause, "message": refusal.to_string() }).to_string()
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
