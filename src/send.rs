//! Sends a token as `Authorization: Bearer …` (RFC 6750 §2.1) with `ureq`: the only file of the library with IO.
//!
//! In: a request and a token. Out: the answer, whatever its status. In this form a token goes to loopback addresses only,
//! past every proxy, and no redirect is followed.
//!
//! `ureq` logs raw requests, token included, at the level *trace* of the log target `ureq_proto`: keep that target at
//! *debug* where a logger is installed.

use alloc::{boxed::Box, vec::Vec};
use core::{fmt, net::IpAddr, time::Duration};

use ureq::http::{HeaderValue, Request, Response, Uri, header::AUTHORIZATION};

use crate::{bearer, error::BearerError};

/// The largest body of an answer that is read, in bytes.
pub const MAX_BODY: u64 = 10 << 20;

/// Why a request was not sent, or has no answer. Never holds the token.
#[derive(Debug)]
#[non_exhaustive]
pub enum SendError {
    /// A URL without host, or with credentials in it, or neither http nor https.
    Url,
    /// https: this build cannot.
    Tls,
    /// http to another address than loopback: the token would travel in clear (RFC 6750 §5.3).
    NotLoopback,
    /// The request has an `Authorization` header already (RFC 6750 §2).
    AlreadyAuthorized,
    /// A token that does not fit into a header.
    Token(BearerError),
    /// The network failed, or the answer is no HTTP, or a limit was reached.
    Network(Box<ureq::Error>),
}

impl SendError {
    /// The stable short code, such as `not_loopback`.
    pub fn code(&self) -> &'static str {
        match self {
            SendError::Url => "url",
            SendError::Tls => "tls",
            SendError::NotLoopback => "not_loopback",
            SendError::AlreadyAuthorized => "already_authorized",
            SendError::Token(error) => error.code(),
            SendError::Network(_) => "network",
        }
    }

    /// The clause that demands the refusal, if one does.
    pub fn clause(&self) -> Option<&'static str> {
        match self {
            SendError::Url => Some("RFC6750-5.3-8"),
            SendError::Tls | SendError::NotLoopback => Some("RFC6750-5.3-3"),
            SendError::AlreadyAuthorized => Some("RFC6750-2-1"),
            SendError::Token(error) => Some(error.clause()),
            SendError::Network(_) => None,
        }
    }
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            SendError::Url => "the URL has to be http://host/..., without user name and password",
            SendError::Tls => "https is not built in",
            SendError::NotLoopback => "a token is sent in clear only to a loopback address (127.0.0.0/8, [::1], localhost)",
            SendError::AlreadyAuthorized => "the request already has an Authorization header",
            SendError::Token(_) => "the token has a character that no token has",
            SendError::Network(error) => return write!(f, "the request failed: {error}"),
        })
    }
}

impl core::error::Error for SendError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            SendError::Token(error) => Some(error),
            SendError::Network(error) => Some(error),
            _ => None,
        }
    }
}

/// Sends a request with a token and waits for the whole answer, `timeout` at most.
///
/// An answer of 400 or more is an answer like any other; a redirect is given out, not followed.
///
/// # Errors
/// See [`SendError`].
///
/// ```no_run
/// use clearjwt::send;
/// use core::time::Duration;
///
/// let request = ureq::http::Request::get("http://127.0.0.1:8080/").body(Vec::new())?;
/// let answer = send::send(request, "eyJ...", Duration::from_secs(30))?;
/// println!("{} {}", answer.status(), String::from_utf8_lossy(answer.body()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn send(mut request: Request<Vec<u8>>, token: &str, timeout: Duration) -> Result<Response<Vec<u8>>, SendError> {
    may_go_to(request.uri())?;
    // RFC6750-2-1
    if request.headers().contains_key(AUTHORIZATION) {
        return Err(SendError::AlreadyAuthorized);
    }
    let value = bearer::value(bearer::BEARER, token).map_err(SendError::Token)?;
    let mut value = HeaderValue::try_from(value).map_err(|_| SendError::Token(BearerError::Malformed))?;
    value.set_sensitive(true);
    request.headers_mut().insert(AUTHORIZATION, value);
    let agent = ureq::Agent::config_builder()
        // A proxy from the environment would be asked even for loopback, and would see the token.
        .proxy(None)
        // RFC9110-15.4-1: whether a token may follow is decided here, and here none may.
        .max_redirects(0)
        .max_redirects_will_error(false)
        .http_status_as_error(false)
        .timeout_global(Some(timeout))
        .build()
        .new_agent();
    let network = |error| SendError::Network(Box::new(error));
    let (head, mut body) = agent.run(request).map_err(network)?.into_parts();
    let body = body.with_config().limit(MAX_BODY).read_to_vec().map_err(network)?;
    Ok(Response::from_parts(head, body))
}

/// Whether a token may go there (RFC6750-5.2-5, RFC6750-5.3-1, RFC6750-5.3-3, RFC9110-17.16.1-1).
fn may_go_to(uri: &Uri) -> Result<(), SendError> {
    let authority = uri.authority().ok_or(SendError::Url)?;
    if authority.as_str().contains('@') {
        return Err(SendError::Url);
    }
    match uri.scheme_str() {
        Some("http") => (),
        Some("https") => return Err(SendError::Tls),
        _ => return Err(SendError::Url),
    }
    let host = authority.host();
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    let loopback = host.eq_ignore_ascii_case("localhost") || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
    if loopback { Ok(()) } else { Err(SendError::NotLoopback) }
}
