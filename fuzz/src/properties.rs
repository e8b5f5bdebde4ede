//! What has to hold, whatever the input: a function for each target, which panics where it does not.
//!
//! The targets run them on what libFuzzer invents, `tests/replay.rs` on the inputs in `seeds/`.

mod answers;
mod base64url;
mod bearer;
mod differential;
mod explain;
mod json;
mod keys;
mod lint;
mod roundtrip;
mod types;
mod verify;

use arbitrary::{Arbitrary, Unstructured};

pub use answers::answers;
pub use base64url::base64url;
pub use bearer::bearer;
pub use differential::{Disagreement, differential, disagreement};
pub use explain::explain;
pub use json::json;
pub use keys::keys;
pub use lint::lint;
pub use roundtrip::{Honest, roundtrip};
pub use types::types;
pub use verify::{claims, resign, verify_raw};

/// A property of the bytes that libFuzzer keeps.
pub type Property = fn(&[u8]);

/// Every target's name and property.
pub const ALL: [(&str, Property); 13] = [
    ("answers", answers),
    ("base64url", base64url),
    ("bearer", bearer),
    ("claims", |bytes| made(bytes, claims)),
    ("differential", |bytes| made(bytes, differential)),
    ("explain", |bytes| made(bytes, explain)),
    ("json", json),
    ("keys", keys),
    ("lint", |bytes| made(bytes, lint)),
    ("resign", resign),
    ("roundtrip", |bytes| made(bytes, roundtrip)),
    ("types", types),
    ("verify_raw", verify_raw),
];

/// A reason says something: a code, a clause and a short sentence that steers no terminal.
fn speaks(code: &str, clause: &str, sentence: &impl ToString) {
    let sentence = sentence.to_string();
    assert!(code.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_'), "{code}");
    assert!(clause.starts_with("RFC") && (5..300).contains(&sentence.len()) && !sentence.contains(char::is_control), "{clause} {sentence}");
}

/// What `fuzz_target!` does for an input that is made of bytes.
fn made<'a, T: Arbitrary<'a>>(bytes: &'a [u8], property: fn(&T)) {
    if let Ok(input) = T::arbitrary_take_rest(Unstructured::new(bytes)) {
        property(&input);
    }
}
