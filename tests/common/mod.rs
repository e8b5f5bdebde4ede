//! The one loader of the vectors in `tests/vectors/`.
#![allow(dead_code)] // each test file uses a part

use base64::{
    Engine as _,
    engine::general_purpose::{GeneralPurpose, STANDARD, URL_SAFE_NO_PAD},
};
use clearjwt::{Algorithm, Key, KeyError, Validation, jws};
use serde_json::Value;
use sha2::{Digest as _, Sha256, Sha384, Sha512};

/// The cases of one file.
pub fn cases(text: &str) -> Vec<Value> {
    let file: Value = serde_json::from_str(text).expect("the vector file is JSON");
    file["cases"].as_array().expect("the vector file has cases").clone()
}

/// The octets of base64url text.
pub fn octets(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).expect("base64url in the vector file")
}

/// Their base64url text.
pub fn base64url(octets: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(octets)
}

/// The token of a case: text, or base64url of octets that are no printable ASCII.
pub fn token(case: &Value) -> Vec<u8> {
    match &case["token"] {
        Value::String(token) => token.clone().into_bytes(),
        _ => octets(case["token_b64u"].as_str().expect("a case has a token")),
    }
}

pub fn algorithm(name: &Value) -> Algorithm {
    Algorithm::from_name(name.as_str().expect("an algorithm is a string")).expect("a known algorithm")
}

/// The key of RFC 7515 A.1: random octets, long enough for every algorithm.
pub const RFC7515_A1: &str = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";

/// A second before the `exp` of RFC 7519 section 3.1: what time it is unless a case says another.
pub const NOW: u64 = 1300819379;

/// The key of a token case.
pub fn key(case: &Value) -> Key {
    made_key(&case["key"])
}

fn made_key(key: &Value) -> Key {
    let secret = secret(key);
    let new = if key["weak"] == true { Key::weak } else { Key::new };
    let mut made = new(key_algorithm(key), &secret).expect("the case's key is taken");
    if let Some(kid) = key["kid"].as_str() {
        made = made.with_id(kid);
    }
    match key["issuer"].as_str() {
        Some(issuer) => made.for_issuer(issuer),
        None => made,
    }
}

fn secret(key: &Value) -> Vec<u8> {
    octets(key["k"].as_str().unwrap_or(RFC7515_A1))
}

fn key_algorithm(key: &Value) -> Algorithm {
    key.get("alg").map_or(Algorithm::HS256, algorithm)
}

/// The demands of a token case, and the second that it is.
pub fn demands(case: &Value) -> (Validation, u64) {
    let (mut demands, mut now) = (Validation::new(), NOW);
    let none = serde_json::Map::new();
    for (name, option) in case["options"].as_object().unwrap_or(&none).iter().filter(|(_, option)| !option.is_null()) {
        let text = || option.as_str().expect("a string");
        let texts = || option.as_array().expect("an array").iter().map(|text| text.as_str().expect("a string"));
        let number = || option.as_u64().expect("a number");
        demands = match (name.as_str(), option == true) {
            ("now", _) => {
                now = number();
                demands
            }
            ("issuers", _) => texts().fold(demands, Validation::issuer),
            ("audiences", _) => texts().fold(demands, Validation::audience),
            ("any_audience", true) => demands.any_audience(),
            ("any_typ", true) => demands.any_typ(),
            ("require_exp", false) => demands.allow_no_expiry(),
            ("any_audience" | "any_typ", false) | ("require_exp", true) => demands,
            ("leeway", _) => demands.leeway(number()),
            ("subject", _) => demands.subject(text()),
            ("typ", _) => demands.typ(text()),
            ("max_age", _) => demands.max_age(number()),
            ("max_lifetime", _) => demands.max_lifetime(number()),
            ("max_len", _) => demands.max_len(number() as usize),
            (other, _) => panic!("the vectors have an option that the loader does not know: {other}"),
        };
    }
    (demands, now)
}

/// Whether a refusal with this code is one that a group of the vectors stands for.
pub fn belongs(group: &str, code: &str) -> bool {
    let codes: &[&str] = match group {
        "size" => &["too_long"],
        "segments" => &["segments", "encrypted", "empty_header", "unsigned", "base64url"],
        "base64url" => &["base64url"],
        "json" => &["utf8", "byte_order_mark", "json", "not_an_object", "lone_surrogate", "number_too_large", "too_deep"],
        "duplicate" => &["duplicate_name"],
        "alg" => &["alg_missing", "alg_none", "alg_mismatch", "unsigned", "signature_length"],
        "crit" => &["crit", "b64"],
        "kid" => &["kid_missing", "kid_unknown", "header_type"],
        "typ" => &["typ_missing", "typ_mismatch", "header_type", "nested"],
        "cty" => &["nested", "header_type"],
        "signature" => &["signature", "signature_length", "unsigned"],
        "exp" => &["exp_missing", "expired", "claim_type", "claim_range"],
        "nbf" => &["not_yet_valid", "claim_type", "claim_range"],
        "iat" => &["iat_missing", "issued_in_future", "too_old", "lifetime_too_long", "claim_type", "claim_range", "exp_missing"],
        "lifetime" => &["lifetime_too_long", "iat_missing", "exp_missing"],
        "iss" => &["iss_missing", "iss_mismatch", "key_issuer", "claim_type"],
        "aud" => &["aud_missing", "aud_mismatch", "aud_unexpected", "claim_type"],
        "sub" => &["sub_missing", "sub_mismatch", "claim_type"],
        "jti" => &["claim_type"],
        other => panic!("the vectors have a group that this test does not know: {other}"),
    };
    codes.contains(&code)
}

/// HMAC as RFC 2104 writes it, on SHA-2 alone: nothing of the code under test makes what it is tested with.
pub fn mac(algorithm: Algorithm, secret: &[u8], text: &[u8]) -> Vec<u8> {
    let hash = |parts: [&[u8]; 2]| match algorithm {
        Algorithm::HS256 => Sha256::digest(parts.concat()).to_vec(),
        Algorithm::HS384 => Sha384::digest(parts.concat()).to_vec(),
        Algorithm::HS512 => Sha512::digest(parts.concat()).to_vec(),
    };
    let block = if algorithm == Algorithm::HS256 { 64 } else { 128 };
    let mut key = if secret.len() > block { hash([secret, b""]) } else { secret.to_vec() };
    key.resize(block, 0);
    let pad = |byte: u8| key.iter().map(|octet| octet ^ byte).collect::<Vec<u8>>();
    hash([&pad(0x5c), &hash([&pad(0x36), text])])
}

/// A token of any header and payload, signed.
pub fn sealed(algorithm: Algorithm, secret: &[u8], header: impl AsRef<[u8]>, payload: impl AsRef<[u8]>) -> String {
    let input = format!("{}.{}", base64url(header), base64url(payload));
    format!("{input}.{}", base64url(mac(algorithm, secret, input.as_bytes())))
}

/// Judges every case that a file of rules lists under one sentence.
///
/// A case has a `header` and a `payload` (text, or `_b64u`) that are signed with the first of its `keys`, or a whole `token`;
/// `mode` is `jwt` unless it is `jws`; what is left out is the plainest token and the key of RFC 7515 A.1. `expect` is
/// `accept` or the code of the refusal, `clause` the clause that the refusal names.
pub fn hold(rules: &str, sentence: &str) {
    let rules: Value = serde_json::from_str(rules).expect("the file of rules is JSON");
    let cases = rules[sentence].as_array().unwrap_or_else(|| panic!("no rules for: {sentence}"));
    assert!(!cases.is_empty(), "{sentence}");
    for case in cases {
        let known = ["says", "header", "header_b64u", "payload", "payload_b64u", "mode", "token", "keys", "options", "expect", "clause"];
        assert!(case.as_object().expect("a case is an object").keys().all(|name| known.contains(&name.as_str())), "{case}");
        let no_keys = [Value::Null];
        let described = case["keys"].as_array().map_or(&no_keys[..], |keys| keys);
        let keys: Vec<Key> = described.iter().map(made_key).collect();
        let signer = described.first().unwrap_or(&Value::Null);
        let (demands, now) = demands(case);
        let token = case["token"].as_str().map_or_else(
            || {
                let header = piece(case, "header", &format!(r#"{{"alg":"{}"}}"#, key_algorithm(signer)));
                sealed(key_algorithm(signer), &secret(signer), header, piece(case, "payload", r#"{"exp":1300819380}"#))
            },
            str::to_owned,
        );
        let verdict = match case["mode"].as_str() {
            Some("jws") => jws::verify(&token, &keys).map(drop),
            None => demands.verify_at::<Value>(&token, &keys, now).map(drop),
            other => panic!("unknown mode {other:?}"),
        };
        assert_eq!(case["expect"], verdict.map_or_else(|error| error.code(), |()| "accept"), "{sentence}: {case}: {verdict:?}");
        if let Some(clause) = case["clause"].as_str() {
            assert_eq!(verdict.map_err(|error| error.clause()), Err(clause), "{sentence}: {case}");
        }
    }
}

/// Fails if a file of rules has a sentence that no test of `source` holds it to.
pub fn every_sentence_has_its_test(rules: &str, source: &str) {
    let rules: Value = serde_json::from_str(rules).expect("the file of rules is JSON");
    for sentence in rules.as_object().expect("an object of sentences").keys() {
        assert!(source.contains(&format!("fn {sentence}()")), "no test is called {sentence}");
    }
}

fn piece(case: &Value, name: &str, otherwise: &str) -> Vec<u8> {
    match (case[name].as_str(), case[format!("{name}_b64u")].as_str()) {
        (Some(text), None) => text.as_bytes().to_vec(),
        (None, Some(text)) => octets(text),
        (None, None) => otherwise.as_bytes().to_vec(),
        _ => panic!("{name} is there twice"),
    }
}

/// Reads the key of a key case as the program does, to verify with; `None` for an unknown format.
pub fn read_key(case: &Value) -> Option<Result<Key, KeyError>> {
    let input = octets(case["input_b64u"].as_str().expect("a key case has an input"));
    let (algorithm, weak) = (algorithm(&case["alg"]), case["weak"] == true);
    let line = input.strip_suffix(b"\r\n").or(input.strip_suffix(b"\n")).unwrap_or(&input);
    let decode = |engine: &GeneralPurpose| engine.decode(line).map_err(|_| KeyError::Encoding);
    let secret = match case["format"].as_str()? {
        "raw" => Ok(input.clone()),
        "text" => Ok(line.to_vec()),
        "hex" => hex(line).ok_or(KeyError::Encoding),
        "base64" => decode(&STANDARD),
        "base64url" => decode(&URL_SAFE_NO_PAD),
        "jwk" => {
            let key = if weak { Key::weak_from_jwk(algorithm, &input) } else { Key::from_jwk(algorithm, &input) };
            return Some(key.and_then(|key| if key.can_verify() { Ok(key) } else { Err(KeyError::KeyOps) }));
        }
        _ => return None,
    };
    Some(secret.and_then(|secret| if weak { Key::weak(algorithm, &secret) } else { Key::new(algorithm, &secret) }))
}

fn hex(text: &[u8]) -> Option<Vec<u8>> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    text.chunks(2).map(|pair| if let [high, low] = pair { Some((digit(high)? << 4 | digit(low)?) as u8) } else { None }).collect()
}
