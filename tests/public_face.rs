//! The public face: what embedders write, in every form in which tokens and keys can be given.

use clearjwt::{Algorithm, Header, Key, Validation, bearer, jwk, jws};
use serde::{Deserialize, Serialize};

#[derive(Debug, Deserialize, PartialEq, Serialize)]
struct MyClaims {
    user_id: u64,
    iss: String,
    aud: String,
    exp: u64,
}

#[derive(Deserialize)]
struct Borrowed<'a> {
    iss: &'a str,
}

const NOW: u64 = 1_800_000_000;

fn claims() -> MyClaims {
    MyClaims { user_id: 1234, iss: "joe".into(), aud: "api".into(), exp: NOW + 60 }
}

fn secret() -> Vec<u8> {
    (0..64_u8).map(|i| i.wrapping_mul(7) ^ 0x5a).collect()
}

#[test]
fn an_embedder_signs_and_verifies() -> Result<(), Box<dyn std::error::Error>> {
    let secret = secret();
    let key = Key::new(Algorithm::HS256, &secret)?;
    let weak = Key::weak(Algorithm::HS256, b"mysecretkey")?;
    let key = key.with_id("2026-11").for_issuer("joe");
    assert_eq!((key.id(), weak.clone().with_id("a").without_id().id()), (Some("2026-11"), None));

    let token: String = clearjwt::sign(&claims(), &key)?;
    let mut buffer = b"before ".to_vec();
    clearjwt::sign_into(&claims(), &key, &mut buffer)?;
    assert_eq!(buffer, [b"before ", token.as_bytes()].concat());
    let typed = clearjwt::sign_with(&Header { typ: Some("at+jwt".into()), cty: None, ..Header::default() }, &claims(), &key)?;

    let demands = Validation::new().issuer("joe").audience("api").leeway(5);
    let verified = demands.verify_at::<MyClaims>(&token, &key, NOW)?;
    assert_eq!((verified.claims(), verified.key_id(), verified.valid_until()), (&claims(), Some("2026-11"), Some(NOW + 65)));
    assert_eq!((verified.registered().iss.as_deref(), verified.header().typ.as_deref()), (Some("joe"), Some("JWT")));
    assert!(verified.registered().aud.is_some_and(|aud| aud.contains("api") && aud.to_vec() == ["api"]));
    assert_eq!((verified.registered().exp.map(|exp| exp.floor()), verified.registered().nbf), (Some(NOW as i64 + 60), None));
    assert_eq!(verified.claims_as::<Borrowed<'_>>()?.iss, "joe");
    assert_eq!(verified.into_claims(), claims());
    assert_eq!(demands.check_at(&token, &key, NOW)?.payload(), serde_json::to_vec(&claims())?);
    assert!(demands.typ("at+jwt").verify_at::<MyClaims>(&typed, &key, NOW).is_ok());
    Ok(())
}

#[test]
fn each_of_several_audiences_is_found_and_shown() -> Result<(), Box<dyn std::error::Error>> {
    let key = Key::new(Algorithm::HS256, &secret())?;
    let token = jws::sign(r#"{"aud":["api","b\"","api"]}"#, &Header::jwt(), &key)?;
    let demands = Validation::new().allow_no_expiry();
    let verified = demands.clone().any_audience().check_at(&token, &key, NOW)?;
    let aud = verified.registered().aud.ok_or("an audience")?;
    assert_eq!((aud.to_vec(), format!("{aud:?}")), (["api", "b\"", "api"].map(Into::into).to_vec(), r#"["api", "b\"", "api"]"#.into()));
    for (name, good) in [("api", true), ("b\"", true), ("b", false), ("", false)] {
        assert_eq!(aud.contains(name), good, "{name}");
        assert_eq!(demands.clone().audience(name).check_at(&token, &key, NOW).is_ok(), good, "{name}");
    }
    Ok(())
}

#[test]
fn demands_are_strict_unless_told_otherwise() -> Result<(), Box<dyn std::error::Error>> {
    let key = Key::new(Algorithm::HS256, &secret())?;
    for (claims, code) in [(r#"{"exp":1800000000}"#, "expired"), ("{}", "exp_missing"), (r#"{"exp":1800000001,"aud":"api"}"#, "aud_unexpected")] {
        let token = jws::sign(claims, &Header::jwt(), &key)?;
        for demands in [Validation::default(), Validation::new()] {
            assert_eq!(demands.check_at(&token, &key, NOW).unwrap_err().code(), code);
        }
    }
    Ok(())
}

#[cfg(feature = "std")]
#[test]
fn the_clock_is_the_systems() -> Result<(), Box<dyn std::error::Error>> {
    let key = Key::new(Algorithm::HS512, &secret())?;
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_secs();
    let token = |exp: u64| clearjwt::sign(&serde_json::json!({ "exp": exp }), &key);
    let verified: clearjwt::Verified<serde_json::Value> = Validation::new().verify(&token(now + 3600)?, &key)?;
    assert_eq!(verified.valid_until(), Some(now + 3600));
    assert_eq!(Validation::new().verify::<serde_json::Value>(&token(now - 3600)?, &key).unwrap_err().code(), "expired");
    Ok(())
}

#[test]
fn tokens_and_keys_come_in_every_form() -> Result<(), Box<dyn std::error::Error>> {
    let key = Key::new(Algorithm::HS384, &secret())?;
    let token: String = clearjwt::sign(&claims(), &key)?;
    let text: &str = &token;
    let (octets, owned): (&[u8], Vec<u8>) = (text.as_bytes(), token.clone().into_bytes());
    let demands = Validation::new().any_audience();
    let other = Key::new(Algorithm::HS256, &secret())?.with_id("other");
    let list: Vec<Key> = vec![other.clone(), key.clone()];
    let array = [other, key.clone()];
    let jwks = format!(r#"{{"keys":[{}]}}"#, *jwk::to_text(Algorithm::HS384, &secret(), None)?);
    let keys = jwk::key_set(Algorithm::HS384, &jwks)?;
    assert_eq!((keys.len(), keys.skipped()), (1, 0));
    for result in [
        demands.verify_at::<MyClaims>(&token, &key, NOW),
        demands.verify_at(&token, &list, NOW),
        demands.verify_at(text, &list[..], NOW),
        demands.verify_at(text, &array, NOW),
        demands.verify_at(octets, &keys, NOW),
        demands.verify_at(owned, &keys[..], NOW),
        demands.verify_at(token.clone(), array.clone(), NOW),
    ] {
        assert_eq!(result?.claims(), &claims());
    }
    assert_eq!(Key::from_jwk(Algorithm::HS384, jwk::to_text(Algorithm::HS384, &secret(), Some("a"))?.as_str())?.id(), Some("a"));
    assert_eq!(Key::from_jwk(None, &*jwk::to_text(Algorithm::HS384, &secret(), None)?)?.algorithm(), Algorithm::HS384);
    let looked_at = jws::Unverified::parse(text)?;
    assert_eq!((looked_at.unverified_alg().as_deref(), looked_at.unverified_kid()), (Some("HS384"), None));
    assert_eq!(looked_at.verify(&key)?.payload(), jws::verify(&token, &key)?.payload());
    let signed = jws::sign(b"any bytes \xff", &Header::default(), &key)?;
    assert_eq!(jws::verify(&signed, &list)?.payload(), b"any bytes \xff");
    let value = bearer::value(bearer::BEARER, &token)?;
    assert_eq!(bearer::token("bearer", [value.as_str()]), Ok(text));
    Ok(())
}
