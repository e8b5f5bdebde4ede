use clearjwt::{Key, KeyError};
use serde::Deserialize as _;
use serde_json::Value;

use crate::oracle::json::{self, Json};

/// JSON is refused where the oracle refuses it and for the same fault; what is taken, `serde_json` reads as the oracle does.
pub fn json(text: &[u8]) {
    // A JWK is read by what reads headers and payloads, and needs no base64url.
    let fault = match Key::from_jwk(None, text) {
        Err(KeyError::Json(error)) => Some(error),
        _ => None,
    };
    match (fault, json::object(text)) {
        (None, Ok(object)) => {
            let mut reader = serde_json::Deserializer::from_slice(text);
            reader.disable_recursion_limit();
            let value = Value::deserialize(&mut reader).expect("strict JSON is JSON");
            assert!(json::is_read_as(&Json::Object(object), &value));
        }
        (fault, verdict) => {
            assert_eq!(fault.map(|error| error.code()), verdict.err());
            assert!(fault.is_some_and(|error| error.at <= text.len()), "noticed behind the end");
        }
    }
}
