//! RFC 6750 and RFC 9110 section 11: the Authorization value, made and read, and the challenge.

mod common;

use clearjwt::{
    BearerError, VerifyError,
    bearer::{self, BEARER, Refusal},
};

// RFC6750-2-1, RFC6750-2.1-3, RFC9110-11.1-1
#[test]
fn one_header_of_the_scheme_spaces_and_a_b64token_are_read_and_nothing_else() {
    for case in common::cases(include_str!("vectors/rfc6750.json")) {
        let values: Vec<&str> = case["values"].as_array().expect("values").iter().map(|value| value.as_str().expect("a value")).collect();
        match (bearer::token(case["scheme"].as_str().expect("a scheme"), values), case["expect"]["token"].as_str()) {
            (Ok(token), Some(expected)) => assert_eq!(token, expected, "{case}"),
            (Err(error), None) => assert_eq!(case["expect"], error.code(), "{case}"),
            (other, _) => panic!("{case}: {other:?}"),
        }
    }
}

#[test]
fn a_value_that_is_no_text_is_refused() {
    assert_eq!(bearer::token(BEARER, [&b"Bearer \xff"[..]]), Err(BearerError::Malformed));
    assert_eq!(bearer::token(BEARER, [&b"\xff\xff\xff\xff\xff\xff a"[..]]), Err(BearerError::Scheme));
    assert_eq!(bearer::token(BEARER, [b"Bearer a"]), Ok("a"));
}

// RFC6750-2.1-3
#[test]
fn no_byte_outside_the_b64token_alphabet_gets_into_a_value() {
    for c in '\0'..'\u{250}' {
        let fits = c.is_ascii_alphanumeric() || "-._~+/".contains(c);
        let value = bearer::value(BEARER, &format!("a{c}b"));
        assert_eq!(value.is_ok(), fits, "{c:?}");
        assert_eq!(bearer::token(BEARER, [&format!("Bearer a{c}b")]).is_ok(), fits, "{c:?}");
    }
    assert_eq!(bearer::value(BEARER, ""), Err(BearerError::Malformed));
    assert_eq!(bearer::value(BEARER, "="), Err(BearerError::Malformed));
    assert_eq!(bearer::value(BEARER, "a=b"), Err(BearerError::Malformed));
    assert_eq!(bearer::value(BEARER, "a.b.c==").as_deref(), Ok("Bearer a.b.c=="));
}

#[test]
fn a_scheme_is_a_token_of_http() {
    for scheme in ["", "Bea rer", "Bearer:", "Bearer\r\nX-Admin:", "B\u{e9}arer", "\"Bearer\"", "a/b", "a,b"] {
        assert_eq!(bearer::value(scheme, "a"), Err(BearerError::Scheme), "{scheme:?}");
    }
    assert_eq!(bearer::value("X-Token!", "a").as_deref(), Ok("X-Token! a"));
}

// RFC6750-2.1-1
#[test]
fn what_was_made_is_read_again() {
    for token in ["a", "a.b.c", "-._~+/==", "eyJ"] {
        assert_eq!(bearer::token(BEARER, [&bearer::value(BEARER, token).unwrap()]), Ok(token));
    }
}

// RFC6750-3-2, RFC6750-3-3, RFC6750-3.1-4
#[test]
fn a_request_without_credentials_is_answered_without_an_error() {
    for error in [BearerError::Missing, BearerError::Scheme] {
        let refusal = Refusal::Request(error);
        assert_eq!((refusal.status(), refusal.challenge("api").as_str()), (401, r#"Bearer realm="api""#));
    }
}

// RFC6750-3-4, RFC6750-3-6, RFC6750-3-7, RFC6750-3-8, RFC6750-3.1-1, RFC6750-3.1-2, RFC7493-3-1, RFC9110-11.2-1, RFC9110-11.4-1
#[test]
fn a_malformed_request_is_400_and_a_bad_token_401() {
    for error in [BearerError::Repeated, BearerError::Malformed] {
        let refusal = Refusal::Request(error);
        assert_eq!((refusal.status(), refusal.to_string()), (400, error.to_string()));
        assert_eq!(refusal.challenge("api"), format!(r#"Bearer realm="api", error="invalid_request", error_description="{error}""#));
    }
    for error in [VerifyError::Signature, VerifyError::Expired { ago: 3 }, VerifyError::Segments, VerifyError::AudMismatch] {
        let refusal = Refusal::Token(error);
        assert_eq!((refusal.status(), refusal.to_string()), (401, error.to_string()));
        assert_eq!(refusal.challenge("api"), format!(r#"Bearer realm="api", error="invalid_token", error_description="{error}""#));
    }
}

// RFC6750-3-5, RFC6750-3-9, RFC6750-3.1-3
#[test]
fn a_scope_is_named_once_and_cannot_leave_its_quotes() {
    let challenge = |scope: &str| bearer::insufficient_scope("api", scope);
    assert_eq!(challenge("read write"), r#"Bearer realm="api", error="insufficient_scope", scope="read write""#);
    assert_eq!(
        challenge("a\", scope=\"b\\\r\nSet-Cookie: c\u{e9}\u{7f}\0"),
        r#"Bearer realm="api", error="insufficient_scope", scope="a, scope=bSet-Cookie: c""#
    );
}

// RFC9110-11.5-1
#[test]
fn a_realm_cannot_leave_its_quotes() {
    let challenge = Refusal::Request(BearerError::Missing).challenge("a\", error=\"x\\\r\nSet-Cookie: b\u{e9}\u{7f}\0");
    assert_eq!(challenge, r#"Bearer realm="a, error=xSet-Cookie: b""#);
}
