//! JSON Web Keys and sets of them, as the policy takes them (RFC 7517, RFC 7518 §6.4).

use std::collections::BTreeSet;

use clearjwt::{Algorithm, Key};

use super::{
    Code, base64url,
    json::{self, Json, Object},
};

/// A key as its JWK says it is.
#[derive(Debug)]
pub struct Jwk {
    /// The one that was wanted or named.
    pub algorithm: Algorithm,
    /// What `k` stands for.
    pub secret: Vec<u8>,
    /// Its id.
    pub kid: Option<String>,
    /// Whether it may sign.
    pub sign: bool,
    /// Whether it may verify.
    pub verify: bool,
}

/// One JWK, for an algorithm or for the one that it names.
pub fn key(text: &[u8], wanted: Option<Algorithm>) -> Result<Jwk, Code> {
    oct(&json::object(text)?)?.ok_or("jwk_kty")?.made(wanted)
}

/// The usable keys of a set, and how many were passed over.
pub fn set(text: &[u8], algorithm: Algorithm) -> Result<(Vec<Jwk>, usize), Code> {
    let Some(Json::Array(entries)) = json::object(text)?.remove("keys") else { return Err("jwks_keys") };
    let (mut keys, mut skipped): (Vec<Jwk>, usize) = (Vec::new(), 0);
    for entry in entries {
        let Json::Object(entry) = entry else { return Err("jwks_keys") };
        let usable = oct(&entry)?
            .filter(|oct| oct.alg.as_ref().is_none_or(|alg| alg == algorithm.name()) && oct.purpose.as_ref().is_none_or(|word| word == "sig") && oct.verify);
        let Some(oct) = usable else {
            skipped += 1;
            continue;
        };
        let key = oct.made(Some(algorithm))?;
        if key.kid.is_some() && keys.iter().any(|other| other.kid == key.kid) {
            return Err("jwks_duplicate_kid");
        }
        keys.push(key);
    }
    if keys.is_empty() { Err("jwks_empty") } else { Ok((keys, skipped)) }
}

struct Oct {
    alg: Option<String>,
    purpose: Option<String>,
    sign: bool,
    verify: bool,
    kid: Option<String>,
    secret: Vec<u8>,
}

fn oct(jwk: &Object) -> Result<Option<Oct>, Code> {
    let string = |name: &str, code| match jwk.get(name) {
        None => Ok(None),
        Some(Json::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(code),
    };
    if jwk.get("kty") != Some(&Json::String("oct".into())) {
        return Ok(None);
    }
    let (purpose, alg) = (string("use", "jwk_use")?, string("alg", "jwk_alg")?);
    let (mut sign, mut verify) = (true, true);
    if let Some(key_ops) = jwk.get("key_ops") {
        let Json::Array(operations) = key_ops else { return Err("jwk_key_ops") };
        let mut names = BTreeSet::new();
        for operation in operations {
            let Json::String(name) = operation else { return Err("jwk_key_ops") };
            let agrees = purpose.as_deref() != Some("sig") || ["sign", "verify"].contains(&name.as_str());
            if !names.insert(name.as_str()) || !agrees {
                return Err("jwk_key_ops");
            }
        }
        (sign, verify) = (names.contains("sign"), names.contains("verify"));
    }
    let kid = string("kid", "jwk_kid")?;
    let k = string("k", "jwk_k")?.ok_or("jwk_k")?;
    let secret = base64url::decode(k.as_bytes()).ok_or("jwk_k")?;
    Ok(Some(Oct { alg, purpose, sign, verify, kid, secret }))
}

impl Oct {
    fn made(self, wanted: Option<Algorithm>) -> Result<Jwk, Code> {
        let named = match &self.alg {
            Some(alg) => Some(Algorithm::ALL.into_iter().find(|known| known.name() == alg).ok_or("jwk_alg")?),
            None => None,
        };
        let algorithm = wanted.or(named).filter(|algorithm| named.is_none_or(|named| named == *algorithm)).ok_or("jwk_alg")?;
        if self.purpose.is_some_and(|word| word != "sig") {
            return Err("jwk_use");
        }
        if !self.sign && !self.verify {
            return Err("jwk_key_ops");
        }
        // Whether a secret is good is judged elsewhere.
        Key::new(algorithm, &self.secret).map_err(|error| error.code())?;
        Ok(Jwk { algorithm, secret: self.secret, kid: self.kid, sign: self.sign, verify: self.verify })
    }
}
