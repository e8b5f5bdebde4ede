//! Typed claims signed and verified with HS256.
use std::{hint::black_box, process::ExitCode};

use clearjwt::{Algorithm, Key, Validation};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct Claims {
    user_id: u64,
    exp: u64,
}

fn main() -> ExitCode {
    let Ok(key) = Key::new(Algorithm::HS256, black_box(b"0123456789abcdef0123456789abcdef")) else { return ExitCode::from(2) };
    let Ok(token) = clearjwt::sign(black_box(&Claims { user_id: 1234, exp: 4102444800 }), &key) else { return ExitCode::from(3) };
    match Validation::new().verify_at::<Claims>(black_box(token.as_str()), &key, black_box(1300819380)) {
        Ok(verified) if verified.claims().user_id == 1234 => ExitCode::SUCCESS,
        _ => ExitCode::from(4),
    }
}
