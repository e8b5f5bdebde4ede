use clearjwt::{
    BearerError, VerifyError,
    bearer::{BEARER, Refusal, insufficient_scope, token, value},
    send::Challenge,
};
use http::{HeaderMap, HeaderValue, header::WWW_AUTHENTICATE};

use crate::oracle::Code;

/// Lines as the values of `Authorization`, or behind a first byte beyond ASCII a text as token, realm and scope: read as RFC 6750 says,
/// made of nothing else, and a challenge says what was meant and no more.
pub fn bearer(input: &[u8]) {
    match input.split_first() {
        Some((0x80.., text)) => str::from_utf8(text).map_or((), making),
        Some(_) => reading(&input.split(|byte| *byte == b'\n').collect::<Vec<_>>()),
        None => reading(&[]),
    }
}

fn reading(values: &[&[u8]]) {
    let read = token(BEARER, values.iter().copied()).map_err(|error| error.code());
    assert_eq!(read.map(str::as_bytes), policy(values));
}

fn making(text: &str) {
    // As a scheme: a word, or nothing is made.
    assert!(value(text, "a").is_ok_and(|made| token(text, [&made]) == Ok("a")) || value(text, "a") == Err(BearerError::Scheme));
    match value(BEARER, text) {
        Ok(made) => assert_eq!(token(BEARER, [&made]), Ok(text)),
        Err(error) => assert!(error == BearerError::Malformed && !is_b64token(text.as_bytes())),
    }
    let quotable: String = text.chars().filter(|character| (' '..='~').contains(character) && !['"', '\\'].contains(character)).collect();
    let read = challenge(&insufficient_scope(text, text));
    assert_eq!((read.error.as_deref(), read.scope), (Some("insufficient_scope"), Some(quotable)));
    for error in [BearerError::Missing, BearerError::Repeated, BearerError::Scheme, BearerError::Malformed] {
        super::speaks(error.code(), error.clause(), &Refusal::Request(error));
        let read = challenge(&Refusal::Request(error).challenge(text));
        let wrong = [BearerError::Repeated, BearerError::Malformed].contains(&error);
        assert_eq!(Refusal::Request(error).status(), if wrong { 400 } else { 401 });
        assert_eq!(read.error_description, wrong.then(|| error.to_string()));
    }
    let error = VerifyError::Expired { ago: text.len() as u64 };
    let read = challenge(&Refusal::Token(error).challenge(text));
    assert_eq!((read.error.as_deref(), read.error_description), (Some("invalid_token"), Some(error.to_string())));
}

fn policy<'v>(values: &[&'v [u8]]) -> Result<&'v [u8], Code> {
    let [value] = values else { return Err(if values.is_empty() { "authorization_missing" } else { "authorization_repeated" }) };
    let word = value.iter().take_while(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte)).count();
    let (word, rest) = value.split_at(word);
    if !word.eq_ignore_ascii_case(b"bearer") {
        return Err("authorization_scheme");
    }
    let token = rest.trim_ascii_start();
    let spaces = &rest[..rest.len() - token.len()];
    if !spaces.is_empty() && spaces.iter().all(|byte| *byte == b' ') && is_b64token(token) { Ok(token) } else { Err("authorization_malformed") }
}

fn is_b64token(text: &[u8]) -> bool {
    let body = text.iter().rposition(|byte| *byte != b'=').map_or(&[][..], |last| &text[..=last]);
    !body.is_empty() && body.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-._~+/".contains(byte))
}

/// As the other side reads it.
fn challenge(value: &str) -> Challenge {
    assert!(value.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{value:?}");
    let headers = HeaderMap::from_iter([(WWW_AUTHENTICATE, HeaderValue::from_str(value).expect("a header value"))]);
    Challenge::read(&headers, BEARER).expect("a challenge")
}
