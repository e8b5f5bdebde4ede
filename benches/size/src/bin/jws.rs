//! Any octets signed and verified: no claims.
use std::{hint::black_box, process::ExitCode};

use clearjwt::{Algorithm, Header, Key, jws};

fn main() -> ExitCode {
    let Ok(key) = Key::new(Algorithm::HS256, black_box(b"0123456789abcdef0123456789abcdef")) else { return ExitCode::from(2) };
    let Ok(token) = jws::sign(black_box(b"octets"), &Header::default(), &key) else { return ExitCode::from(3) };
    match jws::verify(black_box(token.as_str()), &key) {
        Ok(verified) if verified.payload() == b"octets" => ExitCode::SUCCESS,
        _ => ExitCode::from(4),
    }
}
