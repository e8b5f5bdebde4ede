//! The policy a second time: slow, plain, from the octets up, and with nothing in it of the code under attack.
//!
//! It says of a token, a text or a key what has to come out: `Ok`, or the code of the first reason for refusal.

pub mod base64url;
mod decimal;
pub mod json;
pub mod jwk;

use clearjwt::Key;
use decimal::Sum;
use json::{Json, Object};

use crate::{Demands, is_sealed};

/// A reason for refusal, as `VerifyError::code` and its like name it.
pub type Code = &'static str;

/// What a token has to be as a JWS: its payload and the id of the key that takes it, or a refusal.
pub fn jws<'k>(token: &[u8], keys: &'k [Key]) -> Result<(Vec<u8>, Option<&'k str>), Code> {
    let opened = open(token, keys, 16_384)?;
    let payload = base64url::decode(opened.payload).ok_or("base64url")?;
    let key = opened.keys.iter().find(|key| key.issuer().is_none()).ok_or("key_issuer")?;
    Ok((payload, key.id()))
}

/// What a token has to be as a JWT, at the second `now`.
pub fn jwt(token: &[u8], keys: &[Key], demands: &Demands, now: u64) -> Result<(), Code> {
    let opened = open(token, keys, if demands.short { 256 } else { 16_384 })?;
    check_typ(&opened.header, demands)?;
    let nested = matches!(opened.header.get("cty"), Some(Json::String(cty)) if media_type(cty) == "jwt");
    refuse(nested, "nested")?;
    let payload = base64url::decode(opened.payload).ok_or("base64url")?;
    let claims = json::object(&payload)?;
    check_types(&claims)?;
    let iss = string(&claims, "iss");
    refuse(opened.keys.iter().all(|key| key.issuer().is_some_and(|issuer| iss != Some(issuer))), "key_issuer")?;
    check_dates(&claims, demands, now)?;
    check_parties(&claims, demands)
}

/// A token whose MAC holds.
struct Opened<'t, 'k> {
    header: Object,
    payload: &'t [u8],
    /// The keys with which it holds.
    keys: Vec<&'k Key>,
}

fn open<'t, 'k>(token: &'t [u8], keys: &'k [Key], limit: usize) -> Result<Opened<'t, 'k>, Code> {
    refuse(token.len() > limit, "too_long")?;
    let segments: Vec<&[u8]> = token.split(|byte| *byte == b'.').collect();
    let [text, payload, signature] = segments[..] else { return Err(if segments.len() == 5 { "encrypted" } else { "segments" }) };
    refuse(text.is_empty(), "empty_header")?;
    refuse(signature.is_empty(), "unsigned")?;
    let header = json::object(&base64url::decode(text).ok_or("base64url")?)?;
    let alg = string(&header, "alg").ok_or("alg_missing")?;
    refuse(alg.eq_ignore_ascii_case("none"), "alg_none")?;
    refuse(header.contains_key("crit"), "crit")?;
    refuse(header.contains_key("b64"), "b64")?;
    let no_string = |name: &&str| header.get(*name).is_some_and(|value| !matches!(value, Json::String(_)));
    refuse(["kid", "typ", "cty"].iter().any(no_string), "header_type")?;

    let kid = string(&header, "kid");
    let missing = if kid.is_none() { "kid_missing" } else { "kid_unknown" };
    // How far the key came that came farthest, and what stopped it.
    let (mut best, mut holding) = ((0, if keys.is_empty() { "no_key" } else { missing }), Vec::new());
    for key in keys {
        let octets = base64url::decode(signature);
        let steps = [
            (key.id().is_none_or(|id| kid == Some(id)), missing),
            (alg == key.algorithm().name(), "alg_mismatch"),
            (key.can_verify(), "key_use"),
            (octets.is_some(), "base64url"),
            (octets.is_some_and(|octets| octets.len() == key.algorithm().mac_len()), "signature_length"),
            (is_sealed(key.algorithm(), token), "signature"),
        ];
        match steps.iter().position(|(holds, _)| !holds) {
            None => holding.push(key),
            Some(step) if step > best.0 => best = (step, steps[step].1),
            Some(_) => (),
        }
    }
    if holding.is_empty() { Err(best.1) } else { Ok(Opened { header, payload, keys: holding }) }
}

fn check_typ(header: &Object, demands: &Demands) -> Result<(), Code> {
    match (string(header, "typ"), demands.typ) {
        _ if demands.any_typ => Ok(()),
        (None, None) => Ok(()),
        (None, Some(_)) => Err("typ_missing"),
        (Some(typ), None) => refuse(media_type(typ) != "jwt", "typ_mismatch"),
        (Some(typ), Some(expected)) => refuse(media_type(typ) != media_type(expected.0) || expected.0.contains(';'), "typ_mismatch"),
    }
}

fn media_type(text: &str) -> String {
    let text = text.to_ascii_lowercase();
    text.strip_prefix("application/").filter(|rest| !rest.contains('/')).unwrap_or(&text).to_owned()
}

const GREATEST: &str = "9007199254740991";

fn check_types(claims: &Object) -> Result<(), Code> {
    for name in ["exp", "nbf", "iat"] {
        match claims.get(name) {
            None => (),
            Some(Json::Number(number)) => {
                let distance = number.trim_start_matches('-');
                refuse(Sum::default().plus(distance).minus(GREATEST).sign().is_gt(), "claim_range")?;
            }
            Some(_) => return Err("claim_type"),
        }
    }
    for name in ["iss", "sub", "aud", "jti"] {
        let right = match claims.get(name) {
            None | Some(Json::String(_)) => true,
            Some(Json::Array(all)) => name == "aud" && all.iter().all(|one| matches!(one, Json::String(_))),
            Some(_) => false,
        };
        refuse(!right, "claim_type")?;
    }
    Ok(())
}

// Every comparison is of exact sums with whole seconds, so nothing is rounded anywhere.
fn check_dates(claims: &Object, demands: &Demands, now: u64) -> Result<(), Code> {
    let date = |name: &str| match claims.get(name) {
        Some(Json::Number(number)) => Some(number.as_str()),
        _ => None,
    };
    let (exp, nbf, iat) = (date("exp"), date("nbf"), date("iat"));
    let (now, leeway) = (now.to_string(), demands.leeway.to_string());
    match exp {
        // It holds through all of the second in which it ends only if that second is not over: exp + leeway < now + 1.
        Some(exp) => refuse(Sum::default().plus(exp).plus(&leeway).minus(&now).minus("1").sign().is_lt(), "expired")?,
        None => refuse(!demands.allow_no_expiry, "exp_missing")?,
    }
    if let Some(nbf) = nbf {
        refuse(Sum::default().plus(nbf).minus(&now).minus(&leeway).sign().is_gt(), "not_yet_valid")?;
    }
    if let Some(age) = demands.max_age {
        let iat = iat.ok_or("iat_missing")?;
        refuse(Sum::default().plus(iat).minus(&now).minus(&leeway).sign().is_gt(), "issued_in_future")?;
        refuse(Sum::default().plus(&now).minus(iat).minus(&age.to_string()).minus(&leeway).sign().is_gt(), "too_old")?;
    }
    if let Some(lifetime) = demands.max_lifetime {
        let (exp, iat) = (exp.ok_or("exp_missing")?, iat.ok_or("iat_missing")?);
        refuse(Sum::default().plus(exp).minus(iat).minus(&lifetime.to_string()).sign().is_gt(), "lifetime_too_long")?;
    }
    Ok(())
}

fn check_parties(claims: &Object, demands: &Demands) -> Result<(), Code> {
    if let Some(word) = demands.issuer {
        let iss = string(claims, "iss").ok_or("iss_missing")?;
        refuse(iss != word.0 && iss != "joe", "iss_mismatch")?;
    }
    if !demands.any_audience {
        let audiences: Option<Vec<&Json>> = match claims.get("aud") {
            None => None,
            Some(Json::Array(all)) => Some(all.iter().collect()),
            Some(one) => Some(vec![one]),
        };
        match (audiences, demands.audience) {
            (None, None) => (),
            (None, Some(_)) => return Err("aud_missing"),
            (Some(_), None) => return Err("aud_unexpected"),
            (Some(all), Some(word)) => {
                let named = |one: &&Json| matches!(one, Json::String(aud) if aud == word.0 || aud == "web");
                refuse(!all.iter().any(named), "aud_mismatch")?;
            }
        }
    }
    match demands.subject {
        Some(word) => refuse(string(claims, "sub").ok_or("sub_missing")? != word.0, "sub_mismatch"),
        None => Ok(()),
    }
}

fn string<'o>(object: &'o Object, name: &str) -> Option<&'o str> {
    match object.get(name) {
        Some(Json::String(text)) => Some(text),
        _ => None,
    }
}

fn refuse(bad: bool, code: Code) -> Result<(), Code> {
    if bad { Err(code) } else { Ok(()) }
}
