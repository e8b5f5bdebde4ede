//! A verifier for `clearjwt conform`: jwt-compact, which judges signatures and dates.
use jwt_compact::{alg::*, prelude::*, Algorithm, Token};
use {base64::{prelude::BASE64_URL_SAFE_NO_PAD as BASE64URL, Engine}, serde_json::{json, Value}};
fn verify<A: Algorithm>(alg: A, key: A::VerifyingKey, case: &Value) -> Result<&'static str, Box<dyn std::error::Error>> {
    let now = chrono::DateTime::from_timestamp(case["options"]["now"].as_i64().unwrap(), 0).unwrap();
    let time = TimeOptions::new(chrono::Duration::seconds(case["options"]["leeway"].as_i64().unwrap()), move || now);
    let token: Token<Value> = alg.validator(&key).validate(&UntrustedToken::new(case["token"].as_str().ok_or("no text")?)?)?;
    if token.claims().expiration.is_some() || case["options"]["require_exp"] == true { token.claims().validate_expiration(&time)?; }
    if token.claims().not_before.is_some() { token.claims().validate_maturity(&time)?; }
    Ok("accept")
}
fn main() {
    for line in std::io::stdin().lines() {
        let case: Value = serde_json::from_str(&line.unwrap()).unwrap();
        let set = |part: &str, names: &[&str]| names.iter().any(|name| ![json!(null), json!([]), json!(false)].contains(&case[part][*name]));
        let can = case["mode"] == "jwt" && !set("key", &["kid", "issuer"]) && !set("options", &["issuers", "audiences", "any_audience", "subject", "max_age", "max_lifetime", "typ", "max_len"]);
        let verdict = match (case["key"]["k"].as_str().map(|k| BASE64URL.decode(k).unwrap()), case["key"]["alg"].as_str().unwrap()) {
            (Some(key), "HS256") if can => verify(Hs256, Hs256Key::new(key), &case),
            (Some(key), "HS384") if can => verify(Hs384, Hs384Key::new(key), &case),
            (Some(key), "HS512") if can => verify(Hs512, Hs512Key::new(key), &case),
            _ => Ok("skip"),
        };
        println!("{}", verdict.map_or_else(|error| json!({"verdict": "refuse", "reason": error.to_string()}), |verdict| json!({"verdict": verdict})));
    }
}
