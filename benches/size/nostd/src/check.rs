//! Signs a token and looks at it: as it is, after its end, and altered.

use alloc::string::String;
use core::hint::black_box;

use clearjwt::{Algorithm, Key, Validation, VerifyError, jws};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct Claims {
    user_id: u64,
    exp: u64,
}

const EXP: u64 = 4102444800;

/// The status to exit with if something does not hold.
pub fn check() -> Result<(), u8> {
    let key = Key::new(Algorithm::HS256, black_box(b"0123456789abcdef0123456789abcdef")).map_err(|_| 2)?.with_id("a");
    let token = clearjwt::sign(&Claims { user_id: black_box(1234), exp: EXP }, &key).map_err(|_| 3)?;
    let demands = Validation::new();
    let verified = demands.verify_at::<Claims>(&token, &key, EXP - 1).map_err(|_| 4)?;
    if verified.claims().user_id != 1234 || verified.key_id() != Some("a") {
        return Err(5);
    }
    if demands.verify_at::<Claims>(&token, &key, EXP + 11).err() != Some(VerifyError::Expired { ago: 11 }) {
        return Err(6);
    }
    let mut altered = String::from(&token);
    // The first character of the MAC.
    let at = token.len() - 43;
    altered.replace_range(at..=at, if token.as_bytes().get(at) == Some(&b'A') { "B" } else { "A" });
    if jws::verify(&altered, &key).err() != Some(VerifyError::Signature) {
        return Err(7);
    }
    Ok(())
}
