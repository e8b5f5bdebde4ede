//! wasm32 without a system: a function for JavaScript. `wasm.mjs` calls it.

use core::{arch::wasm32, cell::UnsafeCell};

use clearjwt::{Algorithm, Key, Validation, VerifyError};
use serde::Deserialize;

#[derive(Deserialize)]
struct Claims {
    user_id: i32,
}

pub struct Input(UnsafeCell<[u8; 16_416]>);

// SAFETY: there is one thread.
unsafe impl Sync for Input {}

/// The 32 octets of a key for HS256, and a token after them.
#[unsafe(no_mangle)]
pub static INPUT: Input = Input(UnsafeCell::new([0; 16_416]));

/// The claim `user_id` of the token of `len` octets, or -1 if it is forged, -2 if it is over, -3 if it is refused for another reason.
#[unsafe(no_mangle)]
pub extern "C" fn verify(len: usize, now: u64) -> i32 {
    // SAFETY: JavaScript writes before it calls, never during a call.
    let input = unsafe { &*INPUT.0.get() };
    match claims(input, len, now) {
        Ok(claims) => claims.user_id,
        Err(Some(VerifyError::Signature)) => -1,
        Err(Some(VerifyError::Expired { .. })) => -2,
        Err(_) => -3,
    }
}

fn claims(input: &[u8], len: usize, now: u64) -> Result<Claims, Option<VerifyError>> {
    let (secret, rest) = input.split_at_checked(32).ok_or(None)?;
    let token = rest.get(..len).and_then(|token| str::from_utf8(token).ok()).ok_or(None)?;
    let key = Key::new(Algorithm::HS256, secret).map_err(|_| None)?;
    Ok(Validation::new().verify_at::<Claims>(token, &key, now)?.into_claims())
}

pub fn exit(_: u8) -> ! {
    wasm32::unreachable()
}
