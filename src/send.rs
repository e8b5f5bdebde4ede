//! Sends a token as `Authorization: Bearer …` (RFC 6750 §2.1) with `ureq`: the only file of the library with IO.
//!
//! In: a token, or a key to make tokens with, and a request. Out: the answer, whatever its status.
//!
//! [`Client`] is the short way, and the safe one: it decides before every hop where the token may go.
//! [`Bearer`] is the part that attaches the token; as a `ureq` middleware it fits into an agent of your own.
//!
//! **Logs.** `ureq` writes raw requests, token included, to the log target `ureq_proto` at the level *trace*, and nobody
//! but the logger can stop it: keep that target at *debug* or above (`ureq_proto=debug`). At *debug* no token is shown.
//!
//! **Trust.** Certificates are always verified, against Mozilla's roots or those of [`Settings::roots`]; revocation lists
//! are not consulted (RFC 6750 §5.2 asks for them: what rustls does not fetch is left to short-lived certificates).

use alloc::{
    borrow::ToOwned as _,
    boxed::Box,
    format,
    string::{String, ToString as _},
    sync::Arc,
    vec::Vec,
};
use core::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};
use std::{
    io::{self, Read},
    time::{Instant, SystemTime, UNIX_EPOCH},
};

use iri_string::types::{UriAbsoluteStr, UriReferenceStr};
use serde_core::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use ureq::{
    Agent, AsSendBody, Body, BodyReader, SendBody,
    config::{Config, ConfigBuilder},
    http::{
        HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Uri,
        header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, DATE, EXPECT, LOCATION, TRANSFER_ENCODING, WWW_AUTHENTICATE},
        request::Parts,
    },
    middleware::{Middleware, MiddlewareNext},
    typestate::AgentScope,
    unversioned::{
        resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver},
        transport::{Buffers, ConnectionDetails, Connector, DefaultConnector, NextTimeout, Transport, time},
    },
};

use crate::{
    bearer,
    error::{BearerError, SignError},
    jwt,
    key::Key,
};

/// Why a request was not sent, or has no answer. Never holds a token.
#[derive(Debug)]
#[non_exhaustive]
pub enum SendError {
    /// A URL without host, with credentials in it, with a port beyond 65535, or neither http nor https.
    Url,
    /// https, in a build without the feature `tls`.
    NeedsTls,
    /// http to another address than loopback: the token would travel in clear.
    NotLoopback,
    /// The request has an `Authorization` header already.
    AlreadyAuthorized,
    /// A token or a scheme that does not fit into a header.
    Token(BearerError),
    /// No token could be made.
    Sign(SignError),
    /// The claims to make tokens from are no object, or set `iat`, `exp` or `jti`, which each token gets anew.
    MintedClaims,
    /// A lifetime of 0, with which no token would ever hold, or one beyond what a date can be.
    Lifetime,
    /// The system gave no random bytes for a `jti`, or its clock stands before 1970.
    System,
    /// The body to send is not what JSON can express.
    Body,
    /// A `Content-Length` or `Transfer-Encoding` of the request that is not that of its body: two servers would see two requests.
    Length,
    /// The body of the answer is not JSON of the expected shape.
    NotJson,
    /// A redirect to another origin, or to a URL that no token may go to.
    RedirectElsewhere,
    /// A redirect to what is no URL.
    RedirectLocation,
    /// A redirect that asks for a body again that was read from a stream.
    RedirectBody,
    /// More redirects than [`Settings::max_redirects`].
    TooManyRedirects,
    /// The certificates of [`Settings::roots`] are not PEM, or one of them is no certificate that can be trusted.
    Roots,
    /// It took longer than [`Settings::connect_timeout`] to connect.
    ConnectTimeout,
    /// It took longer than [`Settings::timeout`] in all.
    Timeout,
    /// The body of the answer is larger than [`Settings::max_body`]; the limit.
    BodyTooLarge(u64),
    /// The header of the answer is larger than 64 KiB.
    HeaderTooLarge,
    /// The name of the host is not known.
    HostNotFound,
    /// No connection: refused, unreachable, or a proxy failed.
    Connect(String),
    /// The server's certificate was refused, or TLS failed.
    Tls(String),
    /// The connection broke, or the answer is not HTTP.
    Protocol(String),
}

impl SendError {
    const fn row(&self) -> (&'static str, Option<&'static str>, &'static str) {
        match self {
            SendError::Url => ("url", Some("RFC6750-5.3-8"), "the URL has to be http://host/... or https://host/..., without user name and password"),
            SendError::NeedsTls => ("needs_tls", Some("RFC6750-5.3-3"), "https needs the feature `tls`, which this build does not have"),
            SendError::NotLoopback => {
                ("not_loopback", Some("RFC6750-5.3-3"), "over http a token goes only to a loopback address (127.0.0.0/8, [::1], localhost): use https")
            }
            SendError::AlreadyAuthorized => ("already_authorized", Some("RFC6750-2-1"), "the request already has an Authorization header"),
            SendError::Token(error) => (error.code(), Some(error.clause()), "the token has a character that no token has"),
            SendError::Sign(error) => (error.code(), Some(error.clause()), "no token could be made"),
            SendError::MintedClaims => ("minted_claims", None, "claims to make tokens from are an object without iat, exp and jti"),
            SendError::Lifetime => ("lifetime", None, "a minted token lives for 1 second or more, and not beyond what a date can be"),
            SendError::System => ("system", None, "the system gives no random bytes, or its clock stands before 1970"),
            SendError::Body => ("body", None, "the body cannot be written as JSON"),
            SendError::Length => ("length", None, "the Content-Length or Transfer-Encoding of the request is not that of its body: leave them out"),
            SendError::NotJson => ("not_json", None, "the body of the answer is not JSON of the expected shape"),
            SendError::RedirectElsewhere => ("redirect_elsewhere", Some("RFC9110-15.4-1"), "the server redirects to another origin, and the token stays here"),
            SendError::RedirectLocation => ("redirect_location", None, "the server redirects, but to what is no URL"),
            SendError::RedirectBody => ("redirect_body", None, "the server redirects and asks for the body again, which was read from a stream"),
            SendError::TooManyRedirects => ("too_many_redirects", None, "the server redirects too often"),
            SendError::Roots => ("roots", None, "the certificates to trust are not PEM, or no certificates"),
            SendError::ConnectTimeout => ("connect_timeout", None, "it took too long to connect"),
            SendError::Timeout => ("timeout", None, "the request took too long"),
            SendError::BodyTooLarge(_) => ("body_too_large", None, "the body of the answer is too large"),
            SendError::HeaderTooLarge => ("header_too_large", None, "the header of the answer is larger than 64 KiB"),
            SendError::HostNotFound => ("host_not_found", None, "the name of the host is not known"),
            SendError::Connect(_) => ("connect", None, "no connection"),
            SendError::Tls(_) => ("tls", Some("RFC6750-5.2-7"), "the server could not be authenticated"),
            SendError::Protocol(_) => ("protocol", None, "the connection broke or the answer is not HTTP"),
        }
    }

    /// The stable short code, such as `not_loopback`.
    pub const fn code(&self) -> &'static str {
        self.row().0
    }

    /// The clause that demands the refusal, if one does.
    pub const fn clause(&self) -> Option<&'static str> {
        self.row().1
    }

    /// Whether the network or the server failed, and not the request.
    pub const fn is_network(&self) -> bool {
        matches!(
            self,
            SendError::RedirectElsewhere
                | SendError::RedirectLocation
                | SendError::RedirectBody
                | SendError::TooManyRedirects
                | SendError::ConnectTimeout
                | SendError::Timeout
                | SendError::BodyTooLarge(_)
                | SendError::HeaderTooLarge
                | SendError::HostNotFound
                | SendError::Connect(_)
                | SendError::Tls(_)
                | SendError::Protocol(_)
        )
    }
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sentence = self.row().2;
        match self {
            SendError::Sign(error) => write!(f, "{sentence}: {error}"),
            SendError::BodyTooLarge(limit) => write!(f, "{sentence}: the limit is {limit} bytes"),
            SendError::Connect(detail) | SendError::Tls(detail) | SendError::Protocol(detail) => write!(f, "{sentence}: {detail}"),
            _ => f.write_str(sentence),
        }
    }
}

impl core::error::Error for SendError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            SendError::Token(error) => Some(error),
            SendError::Sign(error) => Some(error),
            _ => None,
        }
    }
}

impl From<ureq::Error> for SendError {
    fn from(error: ureq::Error) -> Self {
        match error {
            // What `Bearer` said as a middleware comes back as it was.
            ureq::Error::Other(other) => match other.downcast::<SendError>() {
                Ok(error) => *error,
                Err(other) => SendError::Protocol(other.to_string()),
            },
            ureq::Error::Timeout(ureq::Timeout::Connect | ureq::Timeout::Resolve) => SendError::ConnectTimeout,
            ureq::Error::Timeout(_) => SendError::Timeout,
            ureq::Error::BodyExceedsLimit(limit) => SendError::BodyTooLarge(limit),
            ureq::Error::LargeResponseHeader(..) => SendError::HeaderTooLarge,
            ureq::Error::HostNotFound => SendError::HostNotFound,
            ureq::Error::BadUri(_) => SendError::Url,
            ureq::Error::TlsRequired => SendError::NeedsTls,
            ureq::Error::ConnectionFailed | ureq::Error::ConnectProxyFailed(_) | ureq::Error::InvalidProxyUrl => SendError::Connect(error.to_string()),
            ureq::Error::Io(io) => SendError::from(io),
            ureq::Error::Tls(detail) => SendError::Tls(detail.to_owned()),
            #[cfg(feature = "tls")]
            ureq::Error::Rustls(error) => SendError::Tls(error.to_string()),
            other => SendError::Protocol(other.to_string()),
        }
    }
}

impl From<io::Error> for SendError {
    fn from(error: io::Error) -> Self {
        let error = match error.downcast::<ureq::Error>() {
            Ok(error) => return SendError::from(error),
            Err(error) => error,
        };
        #[cfg(feature = "tls")]
        if let Some(error) = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
            return SendError::Tls(error.to_string());
        }
        match error.kind() {
            io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => SendError::Timeout,
            io::ErrorKind::ConnectionRefused | io::ErrorKind::NetworkUnreachable | io::ErrorKind::HostUnreachable => SendError::Connect(error.to_string()),
            _ => SendError::Protocol(error.to_string()),
        }
    }
}

/// What is written into the `Authorization` header: a token, or one made for each request.
///
/// It is also a `ureq` middleware, so that everything that `ureq` can do works with it. A middleware runs **once a call,
/// before redirects**. Alone it promises that the token goes only where the request's own URL may have it (https, or http
/// to loopback), that it is marked sensitive, and that there is no second `Authorization`. It cannot promise more: leave
/// the agent's `redirect_auth_headers` at `Never`, which is the default, for `SameHost` sends the token to every port of
/// that host; and set `proxy(None)` for http, because `ureq` asks the proxies of the environment even for loopback.
/// [`Client`] does all that, and follows redirects with the token where that is safe.
///
/// ```no_run
/// use clearjwt::send::Bearer;
///
/// let agent: ureq::Agent = ureq::Agent::config_builder().middleware(Bearer::token("eyJ...")?).proxy(None).build().into();
/// let answer = agent.get("http://127.0.0.1:8080/").call()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Bearer {
    scheme: String,
    source: Source,
    allow_http: bool,
}

#[derive(Clone)]
enum Source {
    /// The token, and the value that is made of it once.
    Fixed(Arc<str>, HeaderValue),
    Minted(Arc<Mint>),
}

struct Mint {
    key: Key,
    claims: Map<String, Value>,
    lifetime: u64,
}

impl Bearer {
    /// Always the same token.
    ///
    /// # Errors
    /// A token with a character that no token has.
    pub fn token(token: &str) -> Result<Self, SendError> {
        Ok(Bearer::from(Source::Fixed(token.into(), value(bearer::BEARER, token)?)))
    }

    /// A token of its own for each request: the claims, an `iat` of now, an `exp` `lifetime` seconds later, and a random `jti`.
    ///
    /// # Errors
    /// Claims that are no object or set one of these three themselves, a lifetime of 0 or beyond 2^52 seconds, and what
    /// [`crate::sign`] refuses.
    ///
    /// ```
    /// # use clearjwt::{Algorithm, Key, send::Bearer};
    /// # let secret: [u8; 32] = core::array::from_fn(|i| 7 * i as u8);
    /// # let key = Key::new(Algorithm::HS256, &secret)?;
    /// let bearer = Bearer::mint(key, &serde_json::json!({"user_id": 1234}), 60)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn mint<C: Serialize + ?Sized>(key: Key, claims: &C, lifetime: u64) -> Result<Self, SendError> {
        if !(1..=1 << 52).contains(&lifetime) {
            return Err(SendError::Lifetime);
        }
        // Through the signer, which refuses what serde_json would only smooth over.
        jwt::sign(claims, &key).map_err(SendError::Sign)?;
        let Ok(Value::Object(claims)) = serde_json::to_value(claims) else { return Err(SendError::MintedClaims) };
        if ["iat", "exp", "jti"].iter().any(|name| claims.contains_key(*name)) {
            return Err(SendError::MintedClaims);
        }
        Ok(Bearer::from(Source::Minted(Arc::new(Mint { key, claims, lifetime }))))
    }

    /// The same with another scheme word than `Bearer`, for services that use their own.
    ///
    /// # Errors
    /// A word that is no token of HTTP.
    pub fn scheme(mut self, scheme: &str) -> Result<Self, SendError> {
        bearer::value(scheme, "token").map_err(SendError::Token)?;
        if let Source::Fixed(token, made) = &mut self.source {
            *made = value(scheme, token)?;
        }
        self.scheme = scheme.to_owned();
        Ok(self)
    }

    /// Lets the token go over plain http to any host, where everybody on the way can read and reuse it (RFC 6750 §5.3).
    pub fn allow_http(mut self) -> Self {
        self.allow_http = true;
        self
    }

    fn from(source: Source) -> Self {
        Bearer { scheme: bearer::BEARER.to_owned(), source, allow_http: false }
    }

    /// The value of the header `Authorization` of the next request; the token goes nowhere else.
    // RFC6750-2.1-1, RFC6750-5.3-8, RFC6750-5.3-9
    fn value(&self) -> Result<HeaderValue, SendError> {
        match &self.source {
            Source::Fixed(_, made) => Ok(made.clone()),
            Source::Minted(mint) => value(&self.scheme, &mint.token()?),
        }
    }

    /// Whether the token may go there (RFC6750-5.2-5, RFC6750-5.3-1, RFC6750-5.3-3, RFC9110-17.16.1-1).
    fn may_go_to(&self, uri: &Uri) -> Result<(), SendError> {
        let authority = uri.authority().ok_or(SendError::Url)?;
        // RFC6750-2-1: credentials of another kind.
        if authority.as_str().contains('@') || authority.host().is_empty() {
            return Err(SendError::Url);
        }
        // `http` reads a port beyond 65535 as none, and then the token would go to port 80.
        let port = authority.as_str().strip_prefix(authority.host()).unwrap_or_default();
        if !matches!(port, "" | ":") && authority.port_u16().is_none() {
            return Err(SendError::Url);
        }
        // RFC6750-5.2-11
        match uri.scheme_str() {
            Some("https") => cfg!(feature = "tls").then_some(()).ok_or(SendError::NeedsTls),
            Some("http") if self.allow_http || is_loopback(uri) => Ok(()),
            Some("http") => Err(SendError::NotLoopback),
            _ => Err(SendError::Url),
        }
    }

    /// Attaches the token to a request, if it may go where the request goes.
    fn authorize<B>(&self, request: &mut Request<B>) -> Result<(), SendError> {
        self.may_authorize(request)?;
        request.headers_mut().insert(AUTHORIZATION, self.value()?);
        Ok(())
    }

    fn may_authorize<B>(&self, request: &Request<B>) -> Result<(), SendError> {
        self.may_go_to(request.uri())?;
        // RFC6750-2-1
        if request.headers().contains_key(AUTHORIZATION) { Err(SendError::AlreadyAuthorized) } else { Ok(()) }
    }
}

fn value(scheme: &str, token: &str) -> Result<HeaderValue, SendError> {
    let text = bearer::value(scheme, token).map_err(SendError::Token)?;
    let mut value = HeaderValue::try_from(text).map_err(|_| SendError::Token(BearerError::Malformed))?;
    value.set_sensitive(true);
    Ok(value)
}

// Nothing of the token, the key or the claims.
impl fmt::Debug for Bearer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bearer").field("scheme", &self.scheme).field("allow_http", &self.allow_http).finish_non_exhaustive()
    }
}

impl Middleware for Bearer {
    fn handle(&self, mut request: Request<SendBody>, next: MiddlewareNext) -> Result<Response<Body>, ureq::Error> {
        self.authorize(&mut request).map_err(|error| ureq::Error::Other(Box::new(error)))?;
        next.handle(request)
    }
}

impl Mint {
    /// The claims with fresh dates and a fresh id, signed.
    fn token(&self) -> Result<String, SendError> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_err(|_| SendError::System)?.as_secs();
        let mut id = [0; 16];
        getrandom::fill(&mut id).map_err(|_| SendError::System)?;
        let mut claims = self.claims.clone();
        claims.insert("iat".to_owned(), now.into());
        claims.insert("exp".to_owned(), now.saturating_add(self.lifetime).into());
        // RFC7519-4.1.7-1
        claims.insert("jti".to_owned(), format!("{:032x}", u128::from_be_bytes(id)).into());
        jwt::sign(&claims, &self.key).map_err(SendError::Sign)
    }
}

/// The limits of a [`Client`], and whom it trusts.
///
/// ```
/// use clearjwt::send::Settings;
///
/// let settings = Settings { timeout: core::time::Duration::from_secs(5), ..Settings::default() };
/// ```
#[derive(Clone, Debug)]
pub struct Settings {
    /// How long name resolution and connecting may take; 10 seconds unless set.
    pub connect_timeout: Duration,
    /// How long a call may take in all, redirects and body included; 30 seconds unless set.
    pub timeout: Duration,
    /// The largest body of an answer that is read, in bytes; 10 MiB unless set.
    pub max_body: u64,
    /// How many redirects to the same origin are followed; 5 unless set.
    pub max_redirects: u32,
    /// The certificates to trust instead of Mozilla's roots, as PEM. Feature `tls`.
    pub roots: Option<Vec<u8>>,
}

impl Default for Settings {
    fn default() -> Self {
        Settings { connect_timeout: Duration::from_secs(10), timeout: Duration::from_secs(30), max_body: 10 << 20, max_redirects: 5, roots: None }
    }
}

/// Sends requests with a token. Connections are kept and reused; it can be shared between threads.
///
/// Where the token goes is decided anew before every hop: https anywhere, http only to loopback, and a redirect is
/// followed to the same scheme, host and port only. Proxies of the environment are asked for https, by `CONNECT`, and
/// never for loopback or for http. Nothing is sent twice on its own: a request that failed has failed. Only where a server
/// refuses to be asked whether it wants a large body (a 417, see [`Client::open`]) is it sent without asking.
///
/// ```no_run
/// use clearjwt::send::{Bearer, Client};
///
/// let client = Client::new(Bearer::token("eyJ...")?);
/// let answer: serde_json::Value = client.get("https://api.example/me")?.json()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Client {
    bearer: Bearer,
    direct: Agent,
    /// Asks the proxies of the environment.
    proxied: Agent,
    settings: Settings,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("bearer", &self.bearer).finish_non_exhaustive()
    }
}

impl Client {
    /// A client with the default [`Settings`].
    pub fn new(bearer: Bearer) -> Self {
        let settings = Settings::default();
        let (direct, proxied) = (build(agent(&settings, None)), build(agent(&settings, ureq::Proxy::try_from_env())));
        Client { bearer, direct, proxied, settings }
    }

    /// A client with settings of one's own.
    ///
    /// # Errors
    /// [`SendError::Roots`].
    pub fn with_settings(bearer: Bearer, settings: Settings) -> Result<Self, SendError> {
        let trusting = |proxy| trust(agent(&settings, proxy), &settings).map(build);
        Ok(Client { bearer, direct: trusting(None)?, proxied: trusting(ureq::Proxy::try_from_env())?, settings })
    }

    /// Sends a GET.
    ///
    /// # Errors
    /// See [`SendError`]. An answer of 400 or more is an answer.
    pub fn get(&self, url: &str) -> Result<Answer, SendError> {
        self.send(request(Method::GET, url)?)
    }

    /// Sends a POST with a JSON body.
    ///
    /// # Errors
    /// See [`SendError`]. An answer of 400 or more is an answer.
    pub fn post<T: Serialize + ?Sized>(&self, url: &str, json: &T) -> Result<Answer, SendError> {
        let mut request = request(Method::POST, url)?;
        *request.body_mut() = serde_json::to_vec(json).map_err(|_| SendError::Body)?;
        request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        self.send(request)
    }

    /// Sends any request, and reads the whole answer.
    ///
    /// # Errors
    /// See [`SendError`]. An answer of 400 or more is an answer.
    pub fn send(&self, request: Request<Vec<u8>>) -> Result<Answer, SendError> {
        let (head, body) = request.into_parts();
        let (head, mut reader) = self.open(Request::from_parts(head, ()), Content::Bytes(&body))?.into_parts();
        let mut body = Vec::new();
        reader.read_to_end(&mut body)?;
        Ok(Answer { response: Response::from_parts(head, body), received: SystemTime::now(), scheme: self.bearer.scheme.clone() })
    }

    /// Sends any request, and gives out the answer while its body is still to be read, up to [`Settings::max_body`].
    /// What goes wrong while reading turns into a [`SendError`] by `From`.
    ///
    /// A body of more than 1 MiB, or of a length that nobody said, goes out when the server asks for it (`Expect:
    /// 100-continue`, RFC 9110 §10.1.1), or after a second without a word, less with a short limit: a refusal that needs no body
    /// is not lost behind it.
    /// A request with an `Expect` of its own keeps that; an empty one keeps the expectation out.
    ///
    /// # Errors
    /// See [`SendError`]. An answer of 400 or more is an answer.
    pub fn open(&self, request: Request<()>, mut content: Content<'_>) -> Result<Response<BodyReader<'static>>, SendError> {
        let start = Instant::now();
        let (mut head, ()) = request.into_parts();
        if !content.has_length_of(&head.headers) {
            return Err(SendError::Length);
        }
        for hop in 0..=self.settings.max_redirects {
            let (answer, was_read) = self.hop(&head, &mut content, start, hop > 0)?;
            let Some(location) = redirect(&answer) else {
                return Ok(answer.map(|body| body.into_with_config().limit(self.settings.max_body).reader()));
            };
            let uri = resolve(&head.uri, location)?;
            if !same_origin(&head.uri, &uri) || self.bearer.may_go_to(&uri).is_err() {
                return Err(SendError::RedirectElsewhere);
            }
            let status = answer.status();
            // RFC 9110 §15.4: after a 303, and by custom after a POST that was moved, the next is a GET without a body.
            let get = status == StatusCode::SEE_OTHER && head.method != Method::HEAD
                || matches!(status, StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND) && head.method == Method::POST;
            if get {
                head.method = Method::GET;
                content = Content::Bytes(&[]);
                for name in [CONTENT_TYPE, CONTENT_LENGTH, TRANSFER_ENCODING, EXPECT] {
                    head.headers.remove(name);
                }
            } else if was_read && matches!(content, Content::Stream(_)) {
                return Err(SendError::RedirectBody);
            }
            head.uri = uri;
        }
        Err(SendError::TooManyRedirects)
    }

    /// Whether [`Client::open`] would send this. Makes no token, and asks no network.
    ///
    /// # Errors
    /// A URL that no token may go to, an `Authorization` or a length that is not for the caller to say.
    ///
    /// ```
    /// # use clearjwt::send::{Bearer, Client, Content, SendError};
    /// let client = Client::new(Bearer::token("eyJ...")?);
    /// let request = ureq::http::Request::get("http://api.example/").body(())?;
    /// assert!(matches!(client.check(&request, &Content::Bytes(&[])), Err(SendError::NotLoopback)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn check(&self, request: &Request<()>, content: &Content<'_>) -> Result<(), SendError> {
        self.bearer.may_authorize(request)?;
        if content.has_length_of(request.headers()) { Ok(()) } else { Err(SendError::Length) }
    }

    /// One request and its answer, and whether the body was read for it.
    fn hop(&self, head: &Parts, content: &mut Content<'_>, start: Instant, mut again: bool) -> Result<(Response<Body>, bool), SendError> {
        let mut expects = content.is_large(&head.headers) && !head.headers.contains_key(EXPECT);
        loop {
            let mut hop = Request::new(());
            *hop.method_mut() = head.method.clone();
            *hop.uri_mut() = head.uri.clone();
            *hop.headers_mut() = head.headers.clone();
            if expects {
                hop.headers_mut().insert(EXPECT, HeaderValue::from_static("100-continue"));
            } else if hop.headers().get(EXPECT).is_some_and(HeaderValue::is_empty) {
                hop.headers_mut().remove(EXPECT);
            }
            // RFC9110-15.4-1: where the token may go is decided anew for each hop.
            self.bearer.authorize(&mut hop)?;
            let left = again.then(|| self.settings.timeout.checked_sub(start.elapsed()).ok_or(SendError::Timeout)).transpose()?;
            let (answer, was_read) = run(self.agent_for(&head.uri), hop, content, left)?;
            // RFC 9110 §10.1.1: who does not know expectations has not acted on the request.
            if expects && !was_read && answer.status() == StatusCode::EXPECTATION_FAILED {
                (expects, again) = (false, true);
                continue;
            }
            return Ok((answer, was_read));
        }
    }

    /// Proxies are for https, where they see a tunnel; never for loopback, and never for http, where they would read the token.
    // RFC9700-2.6-1
    fn agent_for(&self, uri: &Uri) -> &Agent {
        if uri.scheme_str() == Some("https") && !is_loopback(uri) { &self.proxied } else { &self.direct }
    }
}

/// The body of a request.
pub enum Content<'a> {
    /// Octets. They can be sent again where a redirect asks for it.
    Bytes(&'a [u8]),
    /// What a reader gives, once. A `Content-Length` of the request has to be its length; without one it goes in chunks.
    Stream(&'a mut dyn Read),
}

/// From which size on a body waits to be asked for. Less is in the buffers of the system before an answer can come.
const LARGE: u64 = 1 << 20;

impl Content<'_> {
    /// Whether what the caller says of its length holds.
    fn has_length_of(&self, headers: &HeaderMap) -> bool {
        let mut said = headers.get_all(CONTENT_LENGTH).into_iter().chain(headers.get_all(TRANSFER_ENCODING));
        let (first, second) = (said.next(), said.next());
        let Some(value) = first else { return true };
        let chunked = headers.contains_key(TRANSFER_ENCODING);
        let length = length(headers);
        second.is_none()
            && match self {
                _ if chunked => value.as_bytes().eq_ignore_ascii_case(b"chunked"),
                Content::Bytes(bytes) => length == Some(bytes.len() as u64),
                Content::Stream(_) => length.is_some(),
            }
    }

    fn is_large(&self, headers: &HeaderMap) -> bool {
        match self {
            Content::Bytes(bytes) => bytes.len() as u64 > LARGE,
            Content::Stream(_) => length(headers).is_none_or(|length| length > LARGE),
        }
    }
}

/// The `Content-Length`, digits and nothing else.
fn length(headers: &HeaderMap) -> Option<u64> {
    let text = headers.get(CONTENT_LENGTH)?.to_str().ok()?;
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

/// The answer to a request, of whatever status.
pub struct Answer {
    response: Response<Vec<u8>>,
    received: SystemTime,
    scheme: String,
}

impl Answer {
    /// The status, such as 200.
    pub fn status(&self) -> u16 {
        self.response.status().as_u16()
    }

    /// Whether the status is one of 200 to 299.
    pub fn is_success(&self) -> bool {
        self.response.status().is_success()
    }

    /// The header fields.
    pub fn headers(&self) -> &HeaderMap {
        self.response.headers()
    }

    /// The body.
    pub fn body(&self) -> &[u8] {
        self.response.body()
    }

    /// The body as JSON of some shape.
    ///
    /// # Errors
    /// [`SendError::NotJson`].
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, SendError> {
        serde_json::from_slice(self.body()).map_err(|_| SendError::NotJson)
    }

    /// What the server says of the token in `WWW-Authenticate`, if it does (RFC 6750 §3).
    pub fn challenge(&self) -> Option<Challenge> {
        Challenge::read(self.headers(), &self.scheme)
    }

    /// How many seconds our clock is ahead of the server's, by its `Date`; negative if behind.
    ///
    /// A token refused as `invalid_token` by a server whose clock is minutes away may be good.
    pub fn clock_ahead(&self) -> Option<i64> {
        clock_ahead(self.headers(), self.received)
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer").field("status", &self.status()).field("body_len", &self.body().len()).finish_non_exhaustive()
    }
}

/// Why a server refused the token: the parameters of its challenge (RFC 6750 §3).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Challenge {
    /// Such as `invalid_token`, `insufficient_scope`; absent if the request had no token.
    pub error: Option<String>,
    /// A sentence for developers.
    pub error_description: Option<String>,
    /// The scope that is needed.
    pub scope: Option<String>,
}

impl Challenge {
    /// The first challenge of the scheme among all that `WWW-Authenticate` lists. Malformed challenges are passed over.
    // RFC9110-11.2-2
    pub fn read(headers: &HeaderMap, scheme: &str) -> Option<Self> {
        let texts = headers.get_all(WWW_AUTHENTICATE).into_iter().filter_map(|value| value.to_str().ok());
        let mut challenges = texts.flat_map(challenges).filter_map(|text| http_auth::parse_challenges(text).ok()).flatten();
        let challenge = challenges.find(|challenge| challenge.scheme.eq_ignore_ascii_case(scheme))?;
        let param = |name: &str| challenge.params.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.to_unescaped());
        Some(Challenge { error: param("error"), error_description: param("error_description"), scope: param("scope") })
    }
}

/// The challenges of a list, each by itself: the library gives up at one that holds a token68, and those behind it would be lost.
fn challenges(list: &str) -> Vec<&str> {
    // Where elements begin: a comma between quotes is none.
    let (mut starts, mut quoted, mut escaped) = (Vec::from([0]), false, false);
    for (at, byte) in list.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b',' if !quoted => starts.push(at.saturating_add(1)),
            _ => (),
        }
    }
    // A challenge begins with a word that no `=` follows; what begins otherwise is a parameter of the one before.
    starts.retain(|at| {
        let element = list.get(*at..).unwrap_or_default().trim_start();
        let rest = element.trim_start_matches(|c: char| !matches!(c, ' ' | '\t' | ',' | '='));
        rest.len() < element.len() && !rest.trim_start().starts_with('=')
    });
    let ends = starts.iter().skip(1).copied().chain([list.len()]);
    starts.iter().zip(ends).map(|(start, end)| list.get(*start..end).unwrap_or_default().trim_matches([' ', '\t', ','])).collect()
}

/// [`Answer::clock_ahead`], for an answer that is being read.
pub fn clock_ahead(headers: &HeaderMap, received: SystemTime) -> Option<i64> {
    let theirs = httpdate::parse_http_date(headers.get(DATE)?.to_str().ok()?).ok()?;
    match received.duration_since(theirs) {
        Ok(ahead) => i64::try_from(ahead.as_secs()).ok(),
        Err(behind) => i64::try_from(behind.duration().as_secs()).ok().map(|seconds| -seconds),
    }
}

fn agent(settings: &Settings, proxy: Option<ureq::Proxy>) -> ConfigBuilder<AgentScope> {
    Agent::config_builder()
        .proxy(proxy)
        // Whether a token may follow is decided in `Client::open`.
        .max_redirects(0)
        .max_redirects_will_error(false)
        .http_status_as_error(false)
        .timeout_global(Some(settings.timeout))
        .timeout_resolve(Some(settings.connect_timeout))
        .timeout_connect(Some(settings.connect_timeout))
        .timeout_await_100(Some(Duration::from_secs(1).min(settings.timeout / 4)))
        .max_response_header_size(MAX_HEADER)
        // Of many threads that share a client none should have to connect anew.
        .max_idle_connections(IDLE)
        .max_idle_connections_per_host(IDLE)
}

/// The largest header of an answer, in bytes.
const MAX_HEADER: usize = 1 << 16;

/// How many connections are kept for later.
const IDLE: usize = 64;

fn build(config: ConfigBuilder<AgentScope>) -> Agent {
    Agent::with_parts(config.build(), DefaultConnector::default().chain(Guard), Names::default())
}

// RFC6750-5.2-7, RFC6750-5.2-12, RFC6750-5.2-13, RFC6750-5.3-2: whom to trust can be set, but not that everybody is.
#[cfg(feature = "tls")]
fn trust(config: ConfigBuilder<AgentScope>, settings: &Settings) -> Result<ConfigBuilder<AgentScope>, SendError> {
    use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};
    let Some(pem) = &settings.roots else { return Ok(config) };
    let mut roots = Vec::new();
    for item in parse_pem(pem) {
        if let PemItem::Certificate(certificate) = item.map_err(|_| SendError::Roots)? {
            // `ureq` would pass over what is no certificate.
            rustls::RootCertStore::empty().add(certificate.der().into()).map_err(|_| SendError::Roots)?;
            roots.push(certificate);
        }
    }
    if roots.is_empty() {
        return Err(SendError::Roots);
    }
    Ok(config.tls_config(TlsConfig::builder().root_certs(RootCerts::new_with_certs(&roots)).build()))
}

#[cfg(not(feature = "tls"))]
fn trust(config: ConfigBuilder<AgentScope>, settings: &Settings) -> Result<ConfigBuilder<AgentScope>, SendError> {
    if settings.roots.is_some() { Err(SendError::NeedsTls) } else { Ok(config) }
}

fn request(method: Method, url: &str) -> Result<Request<Vec<u8>>, SendError> {
    let mut request = Request::new(Vec::new());
    *request.method_mut() = method;
    *request.uri_mut() = url.parse().map_err(|_| SendError::Url)?;
    Ok(request)
}

/// Sends it, within what is left of the time or else all of it, and says whether the body was read.
fn run(agent: &Agent, hop: Request<()>, content: &mut Content<'_>, left: Option<Duration>) -> Result<(Response<Body>, bool), SendError> {
    let (mut head, ()) = hop.into_parts();
    let (mut bytes, empty) = match content {
        Content::Bytes(bytes) => (*bytes, bytes.is_empty()),
        Content::Stream(_) => (&[][..], false),
    };
    if !empty && matches!(content, Content::Bytes(_)) && !head.headers.contains_key(TRANSFER_ENCODING) {
        head.headers.insert(CONTENT_LENGTH, bytes.len().into());
    }
    let mut body = Noted {
        reader: match content {
            Content::Bytes(_) => &mut bytes,
            Content::Stream(reader) => *reader,
        },
        was_read: false,
    };
    let builder = match head.method {
        Method::GET => Agent::get::<&Uri>,
        Method::HEAD => Agent::head,
        Method::DELETE => Agent::delete,
        Method::OPTIONS => Agent::options,
        Method::TRACE => Agent::trace,
        _ if empty => return Ok((agent.run(within(agent, Request::from_parts(head, &[][..]), left))?, false)),
        _ => return Ok((agent.run(within(agent, Request::from_parts(head, SendBody::from_reader(&mut body)), left))?, body.was_read)),
    };
    if empty {
        return Ok((agent.run(within(agent, Request::from_parts(head, ()), left))?, false));
    }
    // A body that the method does not call for is sent if the caller says so.
    let mut builder = builder(agent, &head.uri);
    if let Some(headers) = builder.headers_mut() {
        *headers = head.headers;
    }
    let limit = left.or(agent.config().timeouts().global);
    let answer = builder.config().timeout_global(limit).build().force_send_body().send(SendBody::from_reader(&mut body))?;
    Ok((answer, body.was_read))
}

fn within<S: AsSendBody>(agent: &Agent, request: Request<S>, left: Option<Duration>) -> Request<S> {
    match left {
        Some(_) => agent.configure_request(request).timeout_global(left).build(),
        // The whole limit is the agent's own: the configuration need not be copied.
        None => request,
    }
}

/// Notes whether it was read.
struct Noted<'a> {
    reader: &'a mut dyn Read,
    was_read: bool,
}

impl Read for Noted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.was_read = true;
        self.reader.read(buffer)
    }
}

/// Where a redirect leads; `None` for any other answer.
fn redirect<B>(answer: &Response<B>) -> Option<&HeaderValue> {
    match answer.status().as_u16() {
        301 | 302 | 303 | 307 | 308 => answer.headers().get(LOCATION),
        _ => None,
    }
}

/// The URL that a `Location` means, seen from the URL that was asked (RFC 3986 §5).
fn resolve(base: &Uri, location: &HeaderValue) -> Result<Uri, SendError> {
    let reference = location.to_str().ok().and_then(|text| UriReferenceStr::new(text).ok()).ok_or(SendError::RedirectLocation)?;
    // `Uri` takes characters that no URL has; they go out as they are, but nothing can be resolved against them.
    let encode = |byte: u8| if byte.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    let base: String = base.to_string().bytes().map(encode).collect();
    let target = reference.resolve_against(UriAbsoluteStr::new(&base).map_err(|_| SendError::Url)?).to_string();
    // What is not even a `Uri` is of another scheme, or has no host.
    target.split('#').next().unwrap_or_default().parse().map_err(|_| SendError::RedirectElsewhere)
}

fn port(uri: &Uri) -> Option<u16> {
    let usual = || [("http", 80), ("https", 443)].into_iter().find_map(|(scheme, port)| (uri.scheme_str() == Some(scheme)).then_some(port));
    uri.port_u16().or_else(usual)
}

/// Same scheme, host and port, and no credentials that the other has not.
fn same_origin(a: &Uri, b: &Uri) -> bool {
    let host = |uri: &Uri| uri.host().map(str::to_ascii_lowercase);
    let credentials = b.authority().is_none_or(|authority| authority.as_str().contains('@'));
    a.scheme() == b.scheme() && host(a) == host(b) && port(a) == port(b) && !credentials
}

/// 127.0.0.0/8, ::1 and localhost.
fn is_loopback(uri: &Uri) -> bool {
    is_localhost(uri) || address(uri).is_some_and(|ip| ip.is_loopback())
}

fn is_localhost(uri: &Uri) -> bool {
    uri.host().is_some_and(|host| host.eq_ignore_ascii_case("localhost"))
}

/// The host, if it is written as an address.
fn address(uri: &Uri) -> Option<IpAddr> {
    let host = uri.host()?;
    host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host).parse().ok()
}

/// Looks names up, but for those that need no looking up.
///
/// `localhost` is loopback whatever the system's resolver says (RFC 6761 §6.3): a token for it stays on the machine. And
/// with a time limit `ureq` starts a thread for every look-up, which would halve the requests a second on loopback.
#[derive(Debug, Default)]
struct Names(DefaultResolver);

impl Resolver for Names {
    fn resolve(&self, uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let known: &[IpAddr] = match address(uri) {
            Some(ip) => &[ip],
            None if is_localhost(uri) => &[IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)],
            None => return self.0.resolve(uri, config, timeout),
        };
        let port = port(uri).ok_or_else(|| ureq::Error::BadUri(String::new()))?;
        let mut addresses = self.empty();
        for ip in known {
            addresses.push(SocketAddr::new(*ip, port));
        }
        Ok(addresses)
    }
}

/// The last link of every connection, also of that to a proxy. It closes gaps that `ureq` leaves: a proxy that drips its answer to
/// `CONNECT` meets no time limit, for each read gets all of it; an answer without a length that is cut off, by a reset or without
/// the close of TLS, counts as whole; and what a server says before its answer is not always understood.
#[derive(Debug)]
struct Guard;

impl Connector<Box<dyn Transport>> for Guard {
    type Out = Guarded;

    fn connect(&self, details: &ConnectionDetails<'_>, chained: Option<Box<dyn Transport>>) -> Result<Option<Guarded>, ureq::Error> {
        let limit = (details.now, details.timeout.after);
        let until = if let (time::Instant::Exact(start), time::Duration::Exact(after)) = limit { start.checked_add(after) } else { None };
        Ok(chained.map(|inner| Guarded { inner, until: until.map(|until| (until, details.timeout.reason)), in_header: false, answered: false }))
    }
}

#[derive(Debug)]
struct Guarded {
    inner: Box<dyn Transport>,
    /// The end of the limit under which it was connected, and which limit that is.
    until: Option<(Instant, ureq::Timeout)>,
    /// Whether what comes next belongs to the header of an answer.
    in_header: bool,
    /// Whether an answer is there that `ureq` looked at, and left for later.
    answered: bool,
}

impl Guarded {
    fn left(&self, timeout: NextTimeout) -> NextTimeout {
        let timeout = NextTimeout { after: rounded(timeout.after), ..timeout };
        match self.until {
            Some((until, reason)) if reason == timeout.reason => {
                let left = until.saturating_duration_since(Instant::now());
                NextTimeout { after: timeout.after.min(time::Duration::Exact(left)), ..timeout }
            }
            _ => timeout,
        }
    }

    fn read(&mut self, timeout: NextTimeout) -> Result<bool, ureq::Error> {
        self.inner.await_input(self.left(timeout)).map_err(|error| match error {
            // Of TLS, the last of the three: without TLS an end is no error.
            ureq::Error::Io(error)
                if matches!(error.kind(), io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted | io::ErrorKind::UnexpectedEof) =>
            {
                cut_off()
            }
            error => error,
        })
    }

    /// Passes over what a server says before its answer: `ureq` knows no interim answer with header fields, and counts what
    /// comes behind one as header. Whether there was one.
    fn pass_over(&mut self) -> bool {
        let mut passed = false;
        while self.in_header {
            let input = self.inner.buffers().input();
            let interim = input.starts_with(b"HTTP/1.1 1") && !input.starts_with(b"HTTP/1.1 101");
            match end_of_header(input) {
                Some(end) if interim => self.inner.buffers().input_consume(end),
                // Less than a status line can still become one.
                _ => {
                    self.in_header = interim || input.len() < STATUS_LINE;
                    break;
                }
            }
            passed = true;
        }
        if passed {
            // Nothing more is to be had from the rest before more of it comes.
            self.inner.buffers().input_consume(0);
        }
        passed
    }

    /// Reads what a server says before it gets the body, up to the end of a header: `ureq` would read no further after less. The
    /// end of the wait is how it is told to go on.
    fn await_word(&mut self, timeout: NextTimeout) -> Result<bool, ureq::Error> {
        let (start, enough) = (Instant::now(), ureq::Error::Timeout(timeout.reason));
        loop {
            let left = timeout.after.saturating_sub(start.elapsed());
            // With nothing left it is an error, as without an answer.
            if !self.read(NextTimeout { after: time::Duration::Exact(left), ..timeout })? {
                return Err(cut_off());
            }
            self.pass_over();
            let input = self.inner.buffers().input();
            // It was asked for.
            if input.is_empty() {
                return Err(enough);
            }
            if end_of_header(input).is_some() || input.len() > MAX_HEADER {
                self.answered = true;
                return Ok(true);
            }
        }
    }
}

/// As much of an answer as says that it is an interim one.
const STATUS_LINE: usize = b"HTTP/1.1 100".len();

fn end_of_header(input: &[u8]) -> Option<usize> {
    Some(input.windows(4).position(|octets| octets == b"\r\n\r\n")?.saturating_add(4))
}

/// A limit, up to a 64th longer: the next request has the same, and `ureq` need not tell the system of a new one before each
/// read and write.
fn rounded(after: time::Duration) -> time::Duration {
    let time::Duration::Exact(exact) = after else { return after };
    let nanos = u64::try_from(exact.as_nanos()).unwrap_or(u64::MAX);
    let grain = 1 << nanos.checked_ilog2().unwrap_or(0).saturating_sub(6);
    time::Duration::Exact(nanos.checked_next_multiple_of(grain).map_or(exact, Duration::from_nanos))
}

/// An error of a kind that `ureq` does not take for the end of an answer.
fn cut_off() -> ureq::Error {
    ureq::Error::Io(io::Error::other("it was cut off"))
}

impl Transport for Guarded {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.inner.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), ureq::Error> {
        self.in_header = true;
        self.inner.transmit_output(amount, self.left(timeout))
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, ureq::Error> {
        match timeout.reason {
            ureq::Timeout::Await100 => self.await_word(timeout),
            // A proxy has nothing to say before its answer.
            ureq::Timeout::Connect => self.read(timeout),
            // It would wait for more than the answer.
            _ if core::mem::take(&mut self.answered) => Ok(true),
            _ => {
                let progress = self.read(timeout)?;
                Ok(self.pass_over() || progress)
            }
        }
    }

    /// Asked between two calls: the limit of the first is not that of the second.
    fn is_open(&mut self) -> bool {
        self.until = None;
        self.inner.is_open()
    }

    fn is_tls(&self) -> bool {
        self.inner.is_tls()
    }
}
