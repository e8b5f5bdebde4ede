//! The one loader of the vectors in `tests/vectors/`.
#![allow(dead_code)] // each test file uses a part

use base64::{
    Engine as _,
    engine::general_purpose::{GeneralPurpose, STANDARD, URL_SAFE_NO_PAD},
};
use clearjwt::{Algorithm, Key, KeyError, Validation};
use serde_json::Value;

/// The cases of one file.
pub fn cases(text: &str) -> Vec<Value> {
    let file: Value = serde_json::from_str(text).expect("the vector file is JSON");
    file["cases"].as_array().expect("the vector file has cases").clone()
}

/// The octets of base64url text.
pub fn octets(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).expect("base64url in the vector file")
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

/// The key of a token case.
pub fn key(case: &Value) -> Key {
    let key = &case["key"];
    let secret = octets(key["k"].as_str().expect("a key has a secret"));
    let algorithm = algorithm(&key["alg"]);
    let new = if key["weak"] == true { Key::weak } else { Key::new };
    let made = new(algorithm, &secret).expect("the case's key is taken");
    match key["kid"].as_str() {
        Some(kid) => made.with_id(kid),
        None => made,
    }
}

/// The demands of a token case, and the second that it is.
pub fn demands(case: &Value) -> (Validation, u64) {
    let options = &case["options"];
    let mut demands = Validation::new().leeway(options["leeway"].as_u64().expect("a leeway"));
    for issuer in options["issuers"].as_array().expect("issuers") {
        demands = demands.issuer(issuer.as_str().expect("an issuer"));
    }
    for audience in options["audiences"].as_array().expect("audiences") {
        demands = demands.audience(audience.as_str().expect("an audience"));
    }
    if options["any_audience"] == true {
        demands = demands.any_audience();
    }
    if options["require_exp"] == false {
        demands = demands.allow_no_expiry();
    }
    if let Some(subject) = options["subject"].as_str() {
        demands = demands.subject(subject);
    }
    if let Some(typ) = options["typ"].as_str() {
        demands = demands.typ(typ);
    }
    if let Some(seconds) = options["max_age"].as_u64() {
        demands = demands.max_age(seconds);
    }
    if let Some(seconds) = options["max_lifetime"].as_u64() {
        demands = demands.max_lifetime(seconds);
    }
    (demands, options["now"].as_u64().expect("a time"))
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
