//! The `Authorization` value of a bearer token, made and read, and the challenge that answers it (RFC 6750 §2.1, §3).
//!
//! In: a token, or the values of a request's `Authorization` headers. Out: the value, or the token. No IO.

use alloc::{format, string::String};
use core::fmt;

use crate::error::{BearerError, VerifyError};

/// The scheme of RFC 6750.
pub const BEARER: &str = "Bearer";

/// Makes the value of an `Authorization` header: scheme, space, token.
///
/// `scheme` is [`BEARER`], or the word that a service uses in its place.
///
/// # Errors
/// A scheme that is no token of HTTP, or a token with a character that a b64token does not have: no header can be
/// smuggled in.
///
/// ```
/// use clearjwt::bearer;
///
/// assert_eq!(bearer::value(bearer::BEARER, "a.b.c")?, "Bearer a.b.c");
/// assert!(bearer::value(bearer::BEARER, "a.b.c\r\nX-Admin: yes").is_err());
/// # Ok::<(), clearjwt::BearerError>(())
/// ```
pub fn value(scheme: &str, token: &str) -> Result<String, BearerError> {
    if !is_http_token(scheme) {
        return Err(BearerError::Scheme);
    }
    // RFC6750-2.1-3
    if !is_b64token(token.as_bytes()) {
        return Err(BearerError::Malformed);
    }
    // RFC6750-2.1-1
    Ok(format!("{scheme} {token}"))
}

/// Reads the token out of a request's `Authorization` headers: all of their values, of which there has to be one.
///
/// # Errors
/// No header or several, another scheme (compared without case), anything but spaces between scheme and token, and any
/// character that a b64token does not have.
///
/// ```
/// use clearjwt::{BearerError, bearer};
///
/// assert_eq!(bearer::token(bearer::BEARER, ["bearer  a.b.c"]), Ok("a.b.c"));
/// assert_eq!(bearer::token(bearer::BEARER, ["Bearer a", "Bearer b"]), Err(BearerError::Repeated));
/// ```
pub fn token<'v, V: AsRef<[u8]> + ?Sized + 'v>(scheme: &str, values: impl IntoIterator<Item = &'v V>) -> Result<&'v str, BearerError> {
    let mut values = values.into_iter();
    let value = values.next().ok_or(BearerError::Missing)?.as_ref();
    // RFC6750-2-1
    if values.next().is_some() {
        return Err(BearerError::Repeated);
    }
    // RFC9110-11.1-1
    let (word, rest) = value.split_at_checked(scheme.len()).ok_or(BearerError::Scheme)?;
    if !word.eq_ignore_ascii_case(scheme.as_bytes()) || rest.first().is_some_and(is_http_token_byte) {
        return Err(BearerError::Scheme);
    }
    // RFC6750-2.1-3
    let spaces = rest.iter().take_while(|byte| **byte == b' ').count();
    let token = rest.get(spaces..).unwrap_or_default();
    if spaces == 0 || !is_b64token(token) {
        return Err(BearerError::Malformed);
    }
    core::str::from_utf8(token).map_err(|_| BearerError::Malformed)
}

/// What was wrong with a request, for its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The `Authorization` header.
    Request(BearerError),
    /// The token.
    Token(VerifyError),
}

impl Refusal {
    /// The status of the answer (RFC 6750 §3.1): 400 for a malformed request, 401 for all else.
    pub fn status(&self) -> u16 {
        match self {
            // RFC6750-3.1-1
            Refusal::Request(BearerError::Repeated | BearerError::Malformed) => 400,
            // RFC6750-3.1-2, RFC9110-11.4-1
            Refusal::Request(_) | Refusal::Token(_) => 401,
        }
    }

    /// The value of the answer's `WWW-Authenticate` header.
    ///
    /// With no credentials at all it names no error (RFC 6750 §3.1). The description is the reason's own sentence, and
    /// holds nothing of the token. Characters that `realm` may not have are left out of it.
    ///
    /// ```
    /// use clearjwt::{VerifyError, bearer::Refusal};
    ///
    /// let refusal = Refusal::Token(VerifyError::Expired { ago: 12 });
    /// assert_eq!(refusal.status(), 401);
    /// assert_eq!(refusal.challenge("api"), r#"Bearer realm="api", error="invalid_token", error_description="the token expired 12 s ago""#);
    /// ```
    // RFC6750-3-1, RFC6750-3-2, RFC6750-3-3, RFC6750-3-4, RFC6750-3-6, RFC6750-3-7, RFC6750-3-8, RFC7493-3-1, RFC9110-11.2-1
    pub fn challenge(&self, realm: &str) -> String {
        let realm = quotable(realm);
        match self {
            // RFC6750-3.1-4
            Refusal::Request(BearerError::Missing | BearerError::Scheme) => format!(r#"{BEARER} realm="{realm}""#),
            Refusal::Request(error) => format!(r#"{BEARER} realm="{realm}", error="invalid_request", error_description="{error}""#),
            Refusal::Token(error) => format!(r#"{BEARER} realm="{realm}", error="invalid_token", error_description="{error}""#),
        }
    }
}

/// The value of `WWW-Authenticate` for a good token that does not grant enough: the answer is a 403 (RFC 6750 §3.1).
///
/// What a token grants is for the server to say. Characters that `realm` or `scope` may not have are left out.
///
/// ```
/// use clearjwt::bearer::insufficient_scope;
///
/// assert_eq!(insufficient_scope("api", "read write"), r#"Bearer realm="api", error="insufficient_scope", scope="read write""#);
/// ```
// RFC6750-3.1-3, RFC6750-3-5, RFC6750-3-9
pub fn insufficient_scope(realm: &str, scope: &str) -> String {
    format!(r#"{BEARER} realm="{}", error="insufficient_scope", scope="{}""#, quotable(realm), quotable(scope))
}

/// What may stand between the quotes of a challenge.
// RFC9110-11.5-1, RFC6750-3-10: printable ASCII without quote and backslash.
fn quotable(text: &str) -> String {
    text.chars().filter(|c| matches!(c, ' '..='~') && !matches!(c, '"' | '\\')).collect()
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::Request(error) => error.fmt(f),
            Refusal::Token(error) => error.fmt(f),
        }
    }
}

/// `b64token` of RFC 6750 §2.1: one or more characters, then any number of `=`.
fn is_b64token(token: &[u8]) -> bool {
    let body = token.iter().take_while(|byte| byte.is_ascii_alphanumeric() || b"-._~+/".contains(byte)).count();
    body > 0 && token.iter().skip(body).all(|byte| *byte == b'=')
}

/// `token` of RFC 9110 §5.6.2.
fn is_http_token(word: &str) -> bool {
    !word.is_empty() && word.as_bytes().iter().all(is_http_token_byte)
}

fn is_http_token_byte(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte)
}
