//! The tables of refusals: every variant is reached by a real input, and says a code, a clause and a sentence of its own.

mod common;

use std::collections::HashSet;

use clearjwt::{
    Algorithm, BearerError, Header, JsonFault, Key, KeyError, SignError, Validation, VerifyError,
    bearer::{self, BEARER, Refusal},
    explain::Check,
    jwk, jws,
};
use serde_json::{Value, json};

/// What a table says of one refusal: the variant's name, code, clause, sentence.
type Row = (String, &'static str, &'static str, String);

/// `Expired` of `Expired { ago: 12 }`.
fn variant(error: impl std::fmt::Debug) -> String {
    format!("{error:?}").chars().take_while(char::is_ascii_alphanumeric).collect()
}

fn key() -> Key {
    Key::new(Algorithm::HS256, &common::octets(common::RFC7515_A1)).expect("the key of RFC 7515")
}

/// A token that is sealed, verified for its claims with these demands.
fn refused(header: &str, payload: &str, demands: Validation) -> VerifyError {
    let token = common::sealed(Algorithm::HS256, &common::octets(common::RFC7515_A1), header, payload);
    demands.verify_at::<Value>(&token, key(), common::NOW).map(drop).expect_err("a refusal")
}

fn by_header(header: &str) -> VerifyError {
    refused(header, r#"{"exp":1300819380}"#, Validation::new())
}

fn by_claims(payload: &str, demands: Validation) -> VerifyError {
    refused(r#"{"alg":"HS256"}"#, payload, demands)
}

fn by_keys(keys: &[Key]) -> VerifyError {
    jws::verify(common::sealed(Algorithm::HS256, b"x", r#"{"alg":"HS256","kid":"a"}"#, ""), keys).map(drop).expect_err("a refusal")
}

fn verify_errors() -> Vec<VerifyError> {
    let demands = Validation::new;
    let text = |token: &str| jws::verify(token, key()).map(drop).expect_err("a refusal");
    let with_exp = |rest: &str| format!(r#"{{"exp":1300819380,{rest}}}"#);
    let only =
        |operation: &str| Key::from_jwk(None, format!(r#"{{"kty":"oct","alg":"HS256","k":"{}","key_ops":["{operation}"]}}"#, common::RFC7515_A1)).unwrap();
    #[derive(Debug, serde::Deserialize)]
    #[allow(dead_code)]
    struct Shaped {
        user: u64,
    }
    let plain = clearjwt::sign(&json!({"exp": 1300819380, "user": "x"}), &key()).unwrap();
    vec![
        text(&".".repeat(16_385)),
        text("a.b"),
        text("a.b.c.d.e"),
        text("..AA"),
        text("AA.."),
        text("!.AA.AA"),
        by_header("{"),
        by_header(r#"{"typ":"JWT"}"#),
        by_header(r#"{"alg":"none"}"#),
        by_header(r#"{"alg":"RS256"}"#),
        by_header(r#"{"alg":"HS256","crit":["x"]}"#),
        by_header(r#"{"alg":"HS256","b64":true}"#),
        by_header(r#"{"alg":"HS256","kid":1}"#),
        by_header(r#"{"alg":"HS256","typ":1}"#),
        by_header(r#"{"alg":"HS256","cty":1}"#),
        by_keys(&[]),
        jws::verify(&plain, key().with_id("a")).map(drop).expect_err("a refusal"),
        by_keys(&[key().with_id("b")]),
        by_keys(&[only("sign")]),
        text("eyJhbGciOiJIUzI1NiJ9..AA"),
        by_keys(&[key()]),
        refused(r#"{"alg":"HS256"}"#, "{}", demands().typ("at+jwt")),
        by_header(r#"{"alg":"HS256","typ":"at+jwt"}"#),
        by_header(r#"{"alg":"HS256","cty":"JWT"}"#),
        by_claims("[]", demands()),
        by_claims(r#"{"a":1,"a":1}"#, demands()),
        by_claims(r#"{"exp":"x"}"#, demands()),
        by_claims(&with_exp(r#""nbf":"x""#), demands()),
        by_claims(&with_exp(r#""iat":"x""#), demands()),
        by_claims(&with_exp(r#""iss":1"#), demands()),
        by_claims(&with_exp(r#""sub":1"#), demands()),
        by_claims(&with_exp(r#""aud":1"#), demands()),
        by_claims(&with_exp(r#""jti":1"#), demands()),
        by_claims(r#"{"exp":1e300}"#, demands()),
        by_claims("{}", demands()),
        by_claims(r#"{"exp":1}"#, demands()),
        by_claims(&with_exp(r#""nbf":1300819380"#), demands()),
        by_claims(r#"{"exp":1300819380}"#, demands().max_age(1)),
        by_claims(&with_exp(r#""iat":1300819380"#), demands().max_age(1)),
        by_claims(&with_exp(r#""iat":1"#), demands().max_age(1)),
        by_claims(&with_exp(r#""iat":1"#), demands().max_lifetime(1)),
        by_claims(r#"{"exp":1300819380}"#, demands().issuer("a")),
        by_claims(&with_exp(r#""iss":"b""#), demands().issuer("a")),
        demands().check_at(&plain, key().for_issuer("a"), common::NOW).map(drop).expect_err("a refusal"),
        by_claims(r#"{"exp":1300819380}"#, demands().audience("a")),
        by_claims(&with_exp(r#""aud":"b""#), demands().audience("a")),
        by_claims(&with_exp(r#""aud":"b""#), demands()),
        by_claims(r#"{"exp":1300819380}"#, demands().subject("a")),
        by_claims(&with_exp(r#""sub":"b""#), demands().subject("a")),
        demands().verify_at::<Shaped>(&plain, key(), common::NOW).map(drop).expect_err("a refusal"),
    ]
}

fn json_errors() -> Vec<clearjwt::JsonError> {
    let faulty: [&[u8]; 8] =
        [b"\xff", b"\xef\xbb\xbf{}", b"{", b"1", br#"{"a":1,"a":1}"#, br#"{"a":"\ud800"}"#, br#"{"a":1e999}"#, &[br#"{"a":"#, &[b'['; 200][..]].concat()];
    let error = |text: &[u8]| match Key::from_jwk(Algorithm::HS256, text) {
        Err(KeyError::Json(error)) => error,
        other => panic!("{other:?}"),
    };
    faulty.into_iter().map(error).collect()
}

fn key_errors() -> Vec<KeyError> {
    let raw = |secret: &[u8]| Key::new(Algorithm::HS256, secret).map(drop).expect_err("a refusal");
    let jwk = |rest: &str| Key::from_jwk(Algorithm::HS256, format!(r#"{{"kty":"oct"{rest}}}"#)).map(drop).expect_err("a refusal");
    let with_k = |rest: &str| jwk(&format!(r#","k":"{}"{rest}"#, common::RFC7515_A1));
    let set = |text: String| jwk::key_set(Algorithm::HS256, text).map(drop).expect_err("a refusal");
    let twice = format!(r#"{{"kty":"oct","kid":"a","k":"{}"}}"#, common::RFC7515_A1);
    vec![
        raw(b""),
        raw(b"0123456789"),
        raw(&[1, 2].repeat(600)),
        raw(&[b'a'; 32]),
        raw(b"a-string-secret-at-least-256-bits-long"),
        raw(b"-----BEGIN PUBLIC KEY-----"),
        raw(b"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA"),
        raw(&[&[0x30, 20, 0x02, 1][..], &[5; 18]].concat()),
        raw(br#"{"kty":"oct","k":"AAAA"}"#),
        jwk("}"),
        Key::from_jwk(Algorithm::HS256, "{}").map(drop).expect_err("a refusal"),
        jwk(""),
        with_k(r#","alg":"HS512""#),
        with_k(r#","use":"enc""#),
        with_k(r#","key_ops":[]"#),
        with_k(r#","kid":1"#),
        set("{}".into()),
        set(r#"{"keys":[]}"#.into()),
        set(format!(r#"{{"keys":[{twice},{twice}]}}"#)),
    ]
}

fn sign_errors() -> Vec<SignError> {
    let claims = |claims: Value| clearjwt::sign(&claims, &key()).expect_err("a refusal");
    let header = |header: Header| clearjwt::sign_with(&header, &json!({}), &key().with_id("a")).expect_err("a refusal");
    let extra = |text: &str| Header { extra: serde_json::from_str(text).expect("an object"), ..Header::default() };
    let verifier = Key::from_jwk(None, format!(r#"{{"kty":"oct","alg":"HS256","k":"{}","key_ops":["verify"]}}"#, common::RFC7515_A1)).unwrap();
    let deep = (0..130).fold(json!(0), |value, _| json!([value]));
    let mut errors = vec![
        clearjwt::sign(&std::collections::BTreeMap::from([("x", f64::NAN)]), &key()).expect_err("a refusal"),
        clearjwt::sign(&std::collections::BTreeMap::from([((1, 2), 3)]), &key()).expect_err("a refusal"),
        claims(json!([])),
        claims(json!({"exp": 1e300})),
        header(extra(r#"{"alg":"HS256"}"#)),
        header(Header { extra: serde_json::Map::from_iter([("x".to_owned(), deep)]), ..Header::default() }),
        header(Header { cty: Some("jwt".into()), ..Header::default() }),
        header(Header { kid: Some("b".into()), ..Header::default() }),
        clearjwt::sign(&json!({}), &verifier).expect_err("a refusal"),
        clearjwt::sign(&json!({}), &key().for_issuer("a")).expect_err("a refusal"),
    ];
    errors.extend(["exp", "nbf", "iat", "iss", "sub", "aud", "jti"].map(|claim| claims(json!({claim: {}}))));
    errors
}

fn bearer_errors() -> Vec<BearerError> {
    let read = |values: &[&str]| bearer::token(BEARER, values.iter().copied()).expect_err("a refusal");
    vec![read(&[]), read(&["Bearer a", "Bearer a"]), read(&["Basic a"]), read(&["Bearer a b"])]
}

fn tables() -> [(&'static str, Vec<Row>); 5] {
    [
        ("VerifyError", verify_errors().iter().map(|e| (variant(e), e.code(), e.clause(), e.to_string())).collect()),
        ("JsonFault", json_errors().iter().map(|e| (variant(e.fault), e.code(), e.clause(), e.to_string())).collect()),
        ("KeyError", key_errors().iter().map(|e| (variant(e), e.code(), e.clause(), e.to_string())).collect()),
        ("SignError", sign_errors().iter().map(|e| (variant(e), e.code(), e.clause(), e.to_string())).collect()),
        ("BearerError", bearer_errors().iter().map(|e| (variant(e), e.code(), e.clause(), e.to_string())).collect()),
    ]
}

/// The variants that the source of an enum lists.
fn variants(name: &str) -> HashSet<String> {
    let source = include_str!("../src/error.rs");
    let body = source.split(&format!("pub enum {name} {{\n")).nth(1).expect("the enum").split("\n}\n").next().expect("its end");
    let lines = body.lines().filter_map(|line| line.strip_prefix("    ")).filter(|line| line.starts_with(|c: char| c.is_ascii_uppercase()));
    lines.map(|line| line.chars().take_while(char::is_ascii_alphanumeric).collect()).collect()
}

#[test]
fn every_variant_is_reached_by_a_real_input() {
    for (name, rows) in tables() {
        let reached: HashSet<String> = rows.into_iter().map(|row| row.0).collect();
        // What no input to the library reaches: a clock before 1970, and text encodings, which the program decodes.
        let beyond = match name {
            "VerifyError" => HashSet::from(["Clock".to_owned()]),
            "KeyError" => HashSet::from(["Encoding".to_owned()]),
            _ => HashSet::new(),
        };
        assert!(variants(name).len() >= 4, "{name}");
        assert_eq!(variants(name), &reached | &beyond, "{name}");
        assert!(reached.is_disjoint(&beyond), "{name}");
    }
}

#[test]
fn a_code_belongs_to_one_variant_of_an_enum() {
    let json: HashSet<&str> = json_errors().iter().map(|error| error.code()).collect();
    for (name, rows) in tables() {
        for (variant, code, ..) in &rows {
            // A JSON fault's own code stands for the variants that carry one.
            let carries = matches!(variant.as_str(), "Json" | "HeaderJson");
            assert_eq!(json.contains(code), carries || name == "JsonFault", "{name}::{variant} {code}");
            assert!(carries || rows.iter().all(|row| row.1 != *code || row.0 == *variant), "{name}::{variant} {code}");
            assert!(!code.is_empty() && code.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_')), "{code}");
        }
        let variants: HashSet<&String> = rows.iter().map(|row| &row.0).collect();
        let codes: HashSet<&str> = rows.iter().filter(|row| !matches!(row.0.as_str(), "Json" | "HeaderJson")).map(|row| row.1).collect();
        assert_eq!(codes.len(), variants.iter().filter(|variant| !matches!(variant.as_str(), "Json" | "HeaderJson")).count(), "{name}");
    }
}

#[test]
fn a_clause_is_a_row_of_the_requirements() {
    let table = include_str!("requirements.tsv");
    let ids: HashSet<&str> = table.lines().skip(1).filter_map(|line| line.split('\t').next()).collect();
    assert!(ids.len() > 300);
    for (name, rows) in tables() {
        for (variant, _, clause, _) in rows {
            assert!(ids.contains(clause), "{name}::{variant}: {clause}");
        }
    }
    // Those without an input.
    assert!(ids.contains(VerifyError::Clock.clause()) && ids.contains(KeyError::Encoding.clause()));
    for claim in ["exp", "nbf", "iat", "iss", "sub", "aud", "jti"] {
        assert_eq!(SignError::ClaimType { claim }.clause(), VerifyError::ClaimType { claim }.clause());
    }
    for check in Check::ALL {
        assert!(ids.contains(check.clause()), "{check:?}: {}", check.clause());
    }
}

// RFC6750-3-10
#[test]
fn a_sentence_fits_into_a_quoted_string_of_a_header() {
    for (name, rows) in tables() {
        for (variant, _, _, sentence) in rows {
            assert!(sentence.bytes().all(|byte| matches!(byte, b' '..=b'~') && byte != b'"' && byte != b'\\'), "{name}::{variant}: {sentence}");
            assert!(!sentence.is_empty() && !sentence.ends_with('.') && sentence.trim() == sentence, "{name}::{variant}: {sentence}");
        }
    }
    for error in verify_errors().into_iter().chain([VerifyError::Clock]) {
        let challenge = Refusal::Token(error).challenge("api");
        assert_eq!(challenge.matches('"').count(), 6, "{challenge}");
    }
    for error in [KeyError::Encoding.to_string(), VerifyError::Clock.to_string()] {
        assert!(error.bytes().all(|byte| matches!(byte, b' '..=b'~') && byte != b'"' && byte != b'\\'), "{error}");
    }
}

#[test]
fn sentences_tell_variants_apart() {
    for (name, rows) in tables() {
        for (variant, _, _, sentence) in &rows {
            assert!(rows.iter().all(|row| row.3 != *sentence || row.0 == *variant), "{name}: {sentence}");
        }
    }
}

/// A sentence that ends up in a log has to do without the error's fields.
#[test]
fn a_sentence_holds_what_the_error_does() {
    let said = tables();
    for sentence in [
        "the token is too long: 16385 bytes, the limit is 16384",
        "the header segment is not canonical base64url without padding",
        "the header is not valid JSON (noticed at byte 1)",
        "`kid` in the header is not a string",
        "the claim `exp` has the wrong JSON type",
        "the claim `exp` is not within 2^53-1 seconds of 1970",
        "the token expired 1300819378 s ago",
        "the token is not valid yet: it will be in 1 s",
        "the token is too old: it was issued 1300819378 s ago",
        "the claims do not fit the type they were asked for as (noticed in line 1, column 25 of the payload)",
        "the key is too short: 10 bytes that count, the algorithm needs at least 32",
        "the key is too long: 1200 bytes, at most 1024 are taken",
        "the JWK is not valid JSON (noticed at byte 13)",
        "the JSON of the claims is not a JSON object (noticed at byte 0)",
        "the JSON of the header is nested more than 128 deep (noticed at byte 157)",
    ] {
        assert!(said.iter().flat_map(|(_, rows)| rows).any(|row| row.3 == sentence), "{sentence}");
    }
    let of_claims =
        |name: &str| said.iter().filter(|(other, _)| *other == name).flat_map(|(_, rows)| rows).filter(|row| row.3.contains("the claim `exp` ")).count();
    assert_eq!((of_claims("VerifyError"), of_claims("SignError")), (2, 2));
}

#[test]
fn an_error_says_how_far_it_missed() {
    assert_eq!(by_claims(r#"{"exp":1300819369.5}"#, Validation::new()), VerifyError::Expired { ago: 10 });
    assert_eq!(by_claims(r#"{"exp":1300819380,"nbf":1300819388.5}"#, Validation::new()), VerifyError::NotYetValid { within: 10 });
    assert_eq!(by_claims(r#"{"exp":1300819380,"iat":1300819369}"#, Validation::new().max_age(9)), VerifyError::TooOld { age: 10 });
    assert_eq!(json_errors().iter().map(|error| error.fault).collect::<Vec<_>>().last(), Some(&JsonFault::TooDeep));
}
