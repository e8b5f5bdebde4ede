//! Nothing that is shown shows a secret or the text of a token.

mod common;

use std::fmt::{Debug, Display};

use clearjwt::{Algorithm, Header, Key, Validation, bearer, jwk, jws};
use serde_json::{Value, json};

const SECRET: &[u8] = b"Zw7-hush-Qx93-nobody-knows-this-k5VtL8";
/// Stands in every claim, header member and `kid` that no output may repeat.
const HIDDEN: &str = "Yt6hiddenWord";

/// Fails if `shown` repeats the secret, in any spelling that a debugger would print, or a piece of it.
fn shows_nothing(shown: &str) {
    let lists = |octets: &[u8]| octets.iter().map(u8::to_string).collect::<Vec<_>>().join(", ");
    let hex = |octets: &[u8]| octets.iter().map(|octet| format!("{octet:02x}")).collect::<String>();
    for piece in SECRET.windows(6).step_by(2) {
        let text = std::str::from_utf8(piece).expect("ASCII");
        assert!(!shown.contains(text), "{shown}");
        assert!(!shown.contains(&lists(piece)), "{shown}");
        assert!(!shown.to_lowercase().contains(&hex(piece)), "{shown}");
    }
    // Every six characters of base64url, at each of the three alignments.
    for skip in 0..3 {
        let text = common::base64url(&SECRET[skip..]);
        assert!(text.as_bytes().windows(8).all(|piece| !shown.contains(std::str::from_utf8(piece).expect("ASCII"))), "{shown}");
    }
    assert!(!shown.contains(HIDDEN), "{shown}");
}

fn check(shown: impl Debug) {
    shows_nothing(&format!("{shown:?}"));
    shows_nothing(&format!("{shown:#?}"));
}

fn check_error<E: Debug + Display>(result: Result<impl Debug, E>) {
    let error = result.expect_err("a refusal");
    check(&error);
    shows_nothing(&error.to_string());
}

fn key() -> Key {
    Key::new(Algorithm::HS256, SECRET).expect("a long secret")
}

fn jwk_text(rest: &str) -> String {
    format!(r#"{{"kty":"oct","k":"{}"{rest}}}"#, common::base64url(SECRET))
}

// RFC7515-10.2-1, RFC7517-9.2-1
#[test]
fn a_key_shows_its_algorithm_id_and_issuer_and_no_secret() {
    let key = key().with_id("the id").for_issuer("the issuer");
    assert_eq!(format!("{key:?}"), r#"Key { algorithm: HS256, id: Some("the id"), issuer: Some("the issuer"), .. }"#);
    check(&key);
    check(jwk::key_set(Algorithm::HS256, format!(r#"{{"keys":[{}]}}"#, jwk_text(""))).unwrap());
    for algorithm in Algorithm::ALL {
        check(Key::weak(algorithm, SECRET).unwrap());
    }
}

#[test]
fn errors_of_keys_hold_nothing_of_the_key() {
    check_error(Key::new(Algorithm::HS512, SECRET));
    check_error(Key::new(Algorithm::HS256, &SECRET.repeat(40)));
    check_error(Key::new(Algorithm::HS256, &[b"-----BEGIN PRIVATE KEY-----\n", SECRET].concat()));
    check_error(Key::new(Algorithm::HS256, &[b"ssh-rsa ", SECRET].concat()));
    check_error(Key::new(Algorithm::HS256, jwk_text("").as_bytes()));
    let jwks = [r#","alg":"HS512""#, r#","use":"enc""#, r#","key_ops":1"#, r#","kid":5"#, r#","k":1"#, r#","x":1e999"#, "x", r#","alg":"Yt6hiddenWord""#];
    for rest in jwks {
        check_error(Key::from_jwk(Algorithm::HS256, jwk_text(rest)));
    }
    for text in [jwk_text("").replace("oct", HIDDEN), jwk_text("").replace("\"}", "=\"}"), jwk_text("")[1..].to_owned(), format!("\"{HIDDEN}\"")] {
        check_error(Key::from_jwk(Algorithm::HS256, &text));
        check_error(jwk::key_set(Algorithm::HS256, format!(r#"{{"keys":[{text}]}}"#)));
        check_error(jwk::key_set(Algorithm::HS256, &text));
    }
    let twice = jwk_text(r#","kid":"Yt6hiddenWord""#);
    check_error(jwk::key_set(Algorithm::HS256, format!(r#"{{"keys":[{twice},{twice}]}}"#)));
}

#[test]
fn errors_of_tokens_hold_nothing_of_the_token() {
    let claims = format!(r#"{{"{HIDDEN}":"{HIDDEN}","iss":"{HIDDEN}","sub":"{HIDDEN}","aud":"{HIDDEN}","exp":5}}"#);
    let header = format!(r#"{{"alg":"HS256","kid":"{HIDDEN}","{HIDDEN}":"{HIDDEN}"}}"#);
    let seal = |header: &str, payload: &str| common::sealed(Algorithm::HS256, SECRET, header, payload);
    let token = seal(&header, &claims);
    let judge = |token: &str, demands: Validation, now| check_error(demands.verify_at::<Value>(token, key(), now));
    let open = || Validation::new().any_audience();
    judge(&token, open(), 6);
    judge(&token, Validation::new(), 1);
    judge(&token, open().issuer("a"), 1);
    judge(&token, open().subject("a"), 1);
    judge(&token, Validation::new().audience("a"), 1);
    judge(&token, open().max_age(5), 1);
    check_error(open().verify_at::<u64>(&token, key(), 1));
    check_error(open().verify_at::<std::collections::BTreeMap<String, u64>>(&token, key(), 1));
    check_error(open().verify_at::<Value>(&token, key().with_id("a"), 1));
    check_error(open().verify_at::<Value>(&token, key().for_issuer("a"), 1));
    judge(&token[..token.len() - 3], open(), 1);
    judge(&format!("{token}.{HIDDEN}"), open(), 1);
    judge(HIDDEN, open(), 1);
    judge(&format!("{HIDDEN}.."), open(), 1);
    for header in
        [format!(r#"{{"alg":"{HIDDEN}"}}"#), format!(r#"{{"{HIDDEN}":1,"{HIDDEN}":2}}"#), HIDDEN.into(), format!(r#"{{"alg":"HS256","crit":["{HIDDEN}"]}}"#)]
    {
        judge(&seal(&header, &claims), open(), 1);
    }
    for payload in
        [HIDDEN.to_owned(), format!(r#"{{"exp":"{HIDDEN}"}}"#), format!(r#"{{"exp":9,"{HIDDEN}":{HIDDEN}}}"#), format!(r#"{{"exp":9,"aud":["{HIDDEN}",1]}}"#)]
    {
        judge(&seal(r#"{"alg":"HS256"}"#, &payload), open(), 1);
    }
}

#[test]
fn errors_of_signing_hold_nothing_of_the_claims() {
    for claims in [json!(HIDDEN), json!([HIDDEN]), json!({"iss": [HIDDEN]}), json!({"exp": HIDDEN}), json!({HIDDEN: HIDDEN, "aud": 1})] {
        check_error(clearjwt::sign(&claims, &key()));
    }
    check_error(clearjwt::sign(&json!({"iss": HIDDEN}), &key().for_issuer("a")));
    let header = Header { kid: Some(HIDDEN.into()), ..Header::jwt() };
    check_error(clearjwt::sign_with(&header, &json!({}), &key().with_id("a")));
}

#[test]
fn errors_of_the_authorization_value_hold_nothing_of_it() {
    for value in [format!("Basic {HIDDEN}"), format!("Bearer {HIDDEN} {HIDDEN}"), HIDDEN.into()] {
        check_error(bearer::token(bearer::BEARER, [&value]));
        let refusal = bearer::Refusal::Request(bearer::token(bearer::BEARER, [&value]).expect_err("a refusal"));
        shows_nothing(&refusal.challenge("api"));
        check(refusal);
    }
    check_error(bearer::value(bearer::BEARER, &format!("{HIDDEN}\n")));
    check_error(bearer::value(&format!("{HIDDEN} "), "a"));
}

#[test]
fn what_was_looked_at_or_verified_shows_no_token_and_no_payload() {
    let token = clearjwt::sign_with(&Header { typ: Some(HIDDEN.into()), ..Header::default() }, &json!({"exp": 5, "x": HIDDEN}), &key()).unwrap();
    for shown in [format!("{:?}", jws::Unverified::parse(&token).unwrap()), format!("{:?}", jws::verify(&token, key()).unwrap())] {
        shows_nothing(&shown);
        assert!(token.split('.').all(|segment| !shown.contains(segment)), "{shown}");
    }
    let token = clearjwt::sign(&json!({"exp": 5}), &key()).unwrap();
    assert_eq!(format!("{:?}", jws::verify(&token, key()).unwrap()), "Verified { key_id: None, payload_len: 9, .. }");
    assert_eq!(format!("{:?}", jws::Unverified::parse(&token).unwrap()), "Unverified { header_len: 27, payload_segment_len: 12, .. }");
    let verified = Validation::new().any_typ().check_at(&token, key(), 1).unwrap();
    check(&verified);
    assert_eq!(format!("{verified:?}"), "Verified { claims: (), key_id: None, valid_until: Some(5), .. }");
}

#[test]
fn a_key_can_be_shared_between_threads() {
    fn shared<T: Send + Sync + Clone>(_: &T) {}
    let key = key();
    shared(&key);
    shared(&jwk::key_set(Algorithm::HS256, format!(r#"{{"keys":[{}]}}"#, jwk_text(""))).unwrap());
    shared(&Validation::new());
    let token = clearjwt::sign(&json!({"exp": 5}), &key).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| assert!(Validation::new().check_at(&token, &key, 1).is_ok()));
        }
    });
}
