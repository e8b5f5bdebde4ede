//! Claims of any shape, as a map, signed and verified with HS256.
use std::{hint::black_box, process::ExitCode};

use clearjwt::{Algorithm, Key, Validation};
use serde_json::{Map, Value};

fn main() -> ExitCode {
    let Ok(key) = Key::new(Algorithm::HS256, black_box(b"0123456789abcdef0123456789abcdef")) else { return ExitCode::from(2) };
    let mut claims = Map::new();
    claims.insert("user_id".into(), black_box(1234).into());
    claims.insert("exp".into(), black_box(4102444800_u64).into());
    let Ok(token) = clearjwt::sign(black_box(&claims), &key) else { return ExitCode::from(3) };
    match Validation::new().verify_at::<Map<String, Value>>(black_box(token.as_str()), &key, black_box(1300819380)) {
        Ok(verified) if verified.claims().get("user_id") == Some(&Value::from(1234)) => ExitCode::SUCCESS,
        _ => ExitCode::from(4),
    }
}
