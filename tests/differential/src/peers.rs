//! The other libraries: each as its documentation says it is used, and asked only what it has an option for.

use std::{collections::HashSet, fmt::Debug, time::SystemTime};

use clearjwt::Algorithm;
use jsonwebtoken as jt;
use jwt_compact::{
    AlgorithmExt as _, ParseError, TimeOptions, UntrustedToken,
    alg::{Hs256, Hs256Key, Hs384, Hs384Key, Hs512, Hs512Key},
};
use jwt_simple::{
    JWTError,
    prelude::{Duration, HS256Key, HS384Key, HS512Key, JWTClaims, MACLike as _, UnixTimeStamp, VerificationOptions},
};
use serde_json::Value;

use crate::case::Case;

/// What a verifier says: nothing of a case that it was not asked about.
pub type Said = Option<Result<(), String>>;

pub type Judge = fn(&Case) -> Said;

pub const PEERS: [(&str, Judge); 3] = [("jsonwebtoken", jsonwebtoken), ("jwt-simple", jwt_simple), ("jwt-compact", jwt_compact)];

/// What they say when a date is against a token, and which one.
#[rustfmt::skip]
pub const ABOUT_TIME: [(&str, &str); 10] = [
    ("exp", "ExpiredSignature"), ("exp", "InvalidClaimFormat(exp)"), ("exp", "MissingRequiredClaim(exp)"), ("exp", "TokenHasExpired"), ("exp", "Expired"),
    ("nbf", "ImmatureSignature"), ("nbf", "InvalidClaimFormat(nbf)"), ("nbf", "TokenNotValidYet"), ("nbf", "NotMature"),
    ("iat", "ClockDrift"),
];

fn kind(error: impl Debug) -> String {
    format!("{error:?}").replace('"', "")
}

/// It reads the clock itself: margins move what it compares to `now`. `exp` and `nbf` need other ones, and so a call each.
fn jsonwebtoken(case: &Case) -> Said {
    let demands = &case.demands;
    let (now, leeway) = (demands.now, demands.leeway);
    if case.kid.or(case.issuer).or(demands.typ).is_some() || demands.max_age.or(demands.max_lifetime).is_some() || demands.max_len.is_some() {
        return None;
    }
    let key = jt::DecodingKey::from_secret(&case.secret);
    let mut options = jt::Validation::new(match case.algorithm {
        Algorithm::HS256 => jt::Algorithm::HS256,
        Algorithm::HS384 => jt::Algorithm::HS384,
        Algorithm::HS512 => jt::Algorithm::HS512,
    });
    let mut required = Vec::new();
    let mut require = |asked: bool, name| {
        if asked {
            required.push(name)
        }
    };
    require(demands.require_exp, "exp");
    require(!demands.issuers.is_empty(), "iss");
    require(!demands.audiences.is_empty() && !demands.any_audience, "aud");
    require(demands.subject.is_some(), "sub");
    options.set_required_spec_claims(&required);
    options.validate_aud = !demands.any_audience;
    if !demands.audiences.is_empty() {
        options.set_audience(&demands.audiences);
    }
    if !demands.issuers.is_empty() {
        options.set_issuer(&demands.issuers);
    }
    options.sub = demands.subject.map(Into::into);
    let clock = || SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("a clock after 1970").as_secs();
    loop {
        let before = clock();
        let ahead = now.checked_sub(before).filter(|_| now <= 1 << 53)?;
        options.validate_exp = true;
        (options.leeway, options.reject_tokens_expiring_in_less_than) = (leeway, ahead);
        let mut said = jt::decode::<Value>(&case.token, &key, &options).map(drop);
        if said.is_ok() {
            (options.validate_exp, options.validate_nbf) = (false, true);
            (options.leeway, options.reject_tokens_expiring_in_less_than) = (leeway + ahead, 0);
            said = jt::decode::<Value>(&case.token, &key, &options).map(drop);
            options.validate_nbf = false;
        }
        if clock() == before {
            return Some(said.map_err(|error| match error.kind() {
                jt::errors::ErrorKind::Json(error) => error.to_string(),
                other => kind(other),
            }));
        }
    }
}

fn jwt_simple(case: &Case) -> Said {
    let demands = &case.demands;
    // Its time has 32 bits, and no second before the first.
    let time = demands.leeway..(1 << 32) - demands.leeway;
    if case.issuer.is_some() || demands.max_age.or(demands.max_lifetime).is_some() || !time.contains(&demands.now) {
        return None;
    }
    let strings = |words: &[&str]| (!words.is_empty()).then(|| words.iter().map(|word| word.to_string()).collect::<HashSet<String>>());
    let mut options = VerificationOptions {
        required_subject: demands.subject.map(Into::into),
        required_key_id: case.kid.map(Into::into),
        required_signature_type: demands.typ.map(Into::into),
        allowed_issuers: strings(&demands.issuers),
        allowed_audiences: strings(&demands.audiences).filter(|_| !demands.any_audience),
        time_tolerance: Some(Duration::from_secs(demands.leeway)),
        artificial_time: Some(UnixTimeStamp::from_secs(demands.now)),
        ..Default::default()
    };
    options.max_token_length = demands.max_len.or(options.max_token_length);
    let Ok(token) = str::from_utf8(&case.token) else { return Some(Err("no text".into())) };
    let claims = match case.algorithm {
        Algorithm::HS256 => HS256Key::from_bytes(&case.secret).verify_token::<Value>(token, Some(options)),
        Algorithm::HS384 => HS384Key::from_bytes(&case.secret).verify_token::<Value>(token, Some(options)),
        Algorithm::HS512 => HS512Key::from_bytes(&case.secret).verify_token::<Value>(token, Some(options)),
    };
    Some(match claims {
        Ok(claims) if claims.expires_at.is_none() && demands.require_exp => Err("no exp".into()),
        Ok(_) => Ok(()),
        Err(error) => Err(error.downcast_ref::<JWTError>().map_or_else(|| error.to_string(), kind)),
    })
}

fn jwt_compact(case: &Case) -> Said {
    let demands = &case.demands;
    let parties = demands.issuers.len() + demands.audiences.len();
    if case.kid.or(case.issuer).or(demands.typ).or(demands.subject).is_some()
        || parties > 0
        || demands.max_age.or(demands.max_lifetime).is_some()
        || demands.max_len.is_some()
    {
        return None;
    }
    let now = chrono::DateTime::from_timestamp(i64::try_from(demands.now).ok()?, 0)?;
    let time = TimeOptions::new(chrono::Duration::seconds(demands.leeway as i64), move || now);
    let Ok(token) = str::from_utf8(&case.token) else { return Some(Err("no text".into())) };
    let judge = || {
        let token = UntrustedToken::new(token).map_err(|error| match error {
            ParseError::UnsupportedContentType(_) => "UnsupportedContentType".into(),
            error => error.to_string(),
        })?;
        let verified = match case.algorithm {
            Algorithm::HS256 => Hs256.validator::<Value>(&Hs256Key::new(&case.secret)).validate(&token),
            Algorithm::HS384 => Hs384.validator(&Hs384Key::new(&case.secret)).validate(&token),
            Algorithm::HS512 => Hs512.validator(&Hs512Key::new(&case.secret)).validate(&token),
        };
        let verified = verified.map_err(|error| error.to_string())?;
        let claims = verified.claims();
        if claims.expiration.is_some() || demands.require_exp {
            claims.validate_expiration(&time).map_err(kind)?;
        }
        if claims.not_before.is_some() {
            claims.validate_maturity(&time).map_err(kind)?;
        }
        Ok(())
    };
    Some(judge())
}

/// The same token made by a library: clearjwt, or a peer.
pub fn signed(who: usize, case: &Case, header: &[(String, String)], claims: &[(String, String)]) -> Option<String> {
    let read = |text: &str| serde_json::from_str::<Value>(text).expect("an honest value is JSON");
    let find = |name: &str| header.iter().find(|member| member.0 == name).map(|member| read(&member.1).as_str().expect("a string").to_owned());
    let (typ, kid) = (find("\"typ\""), find("\"kid\""));
    let claims = Value::Object(claims.iter().map(|(name, value)| (read(name).as_str().expect("a name").to_owned(), read(value))).collect());
    Some(match who {
        0 => clearjwt::sign_with(&clearjwt::Header { typ, kid, ..Default::default() }, &claims, &case.key()).ok()?,
        1 => {
            let mut header = jt::Header::new(match case.algorithm {
                Algorithm::HS256 => jt::Algorithm::HS256,
                Algorithm::HS384 => jt::Algorithm::HS384,
                Algorithm::HS512 => jt::Algorithm::HS512,
            });
            (header.typ, header.kid) = (typ, kid);
            jt::encode(&header, &claims, &jt::EncodingKey::from_secret(&case.secret)).expect("it signs any object")
        }
        2 => {
            let mut header = jwt_compact::Header::empty();
            (header.token_type, header.key_id) = (typ, kid);
            let claims = jwt_compact::Claims::new(claims);
            match case.algorithm {
                Algorithm::HS256 => Hs256.token(&header, &claims, &Hs256Key::new(&case.secret)),
                Algorithm::HS384 => Hs384.token(&header, &claims, &Hs384Key::new(&case.secret)),
                Algorithm::HS512 => Hs512.token(&header, &claims, &Hs512Key::new(&case.secret)),
            }
            .expect("it signs any object")
        }
        // It writes `typ` itself.
        _ => {
            let claims = JWTClaims {
                issued_at: None,
                expires_at: None,
                invalid_before: None,
                issuer: None,
                subject: None,
                audiences: None,
                jwt_id: None,
                nonce: None,
                custom: claims,
            };
            let options = jwt_simple::prelude::HeaderOptions { signature_type: typ, ..Default::default() };
            match case.algorithm {
                Algorithm::HS256 => with_id(HS256Key::from_bytes(&case.secret), kid, HS256Key::with_key_id).authenticate_with_options(claims, &options),
                Algorithm::HS384 => with_id(HS384Key::from_bytes(&case.secret), kid, HS384Key::with_key_id).authenticate_with_options(claims, &options),
                Algorithm::HS512 => with_id(HS512Key::from_bytes(&case.secret), kid, HS512Key::with_key_id).authenticate_with_options(claims, &options),
            }
            .expect("it signs any object")
        }
    })
}

fn with_id<K>(key: K, kid: Option<String>, with: fn(K, &str) -> K) -> K {
    match kid {
        Some(kid) => with(key, &kid),
        None => key,
    }
}
