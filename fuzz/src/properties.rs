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
pub use verify::{claims, resign, verify_raw};

/// Every target's name and property, on the bytes that libFuzzer keeps.
pub const ALL: [(&str, fn(&[u8])); 12] = [
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
    ("verify_raw", verify_raw),
];

/// What `fuzz_target!` does for an input that is made of bytes.
fn made<'a, T: Arbitrary<'a>>(bytes: &'a [u8], property: fn(&T)) {
    if let Ok(input) = T::arbitrary_take_rest(Unstructured::new(bytes)) {
        property(&input);
    }
}
