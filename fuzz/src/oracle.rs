//! What has to hold of a verdict, judged by other means: `serde_json`, doubles, and the seal.

use std::{collections::HashSet, fmt};

use clearjwt::{
    Verified, VerifyError,
    explain::{Explanation, Outcome},
};
use serde_core::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::{Case, is_sealed};

/// Panics unless an accepted token is one that a reader who knows nothing of the code would accept.
pub fn check_accepted(case: &Case, verified: &Verified<Value>) {
    assert!(case.keys.iter().any(|key| is_sealed(key.algorithm(), &case.token)), "the MAC does not hold");
    assert!(reads_strictly(verified.payload()), "a name is there twice, or it is no JSON");
    let claims = verified.claims().as_object().expect("claims are an object");
    let read: Map<String, Value> = parse(verified.payload()).expect("the payload is an object");
    assert!(*claims == read, "the claims are not the payload");

    let (demands, now) = (&case.demands, case.now as f64);
    let leeway = f64::from(demands.leeway);
    let date = |name: &str| claims.get(name).map(|value| value.as_f64().expect("a date is a number"));
    // A double is never below the whole second under the exact decimal, nor above the one over it.
    match date("exp") {
        Some(exp) => assert!(exp.floor() + leeway > now, "expired"),
        None => assert!(demands.allow_no_expiry && demands.max_lifetime.is_none(), "no exp"),
    }
    assert!(date("nbf").is_none_or(|nbf| nbf.floor() <= now + leeway), "not valid yet");
    if let Some(age) = demands.max_age {
        let iat = date("iat").expect("an age needs iat");
        assert!(iat.floor() <= now + leeway && now - iat.ceil() <= f64::from(age) + leeway, "too old, or issued in the future");
    }
    if let Some(lifetime) = demands.max_lifetime {
        assert!(date("exp").unwrap() - date("iat").expect("a lifetime needs iat") <= f64::from(lifetime) + 0.001, "lives too long");
    }
    let text = |name: &str| claims.get(name).map(|value| value.as_str().expect("a string"));
    let (iss, sub, _) = (text("iss"), text("sub"), text("jti"));
    assert!(demands.issuer.is_none_or(|word| [Some(word.0), Some("joe")].contains(&iss)), "another issuer");
    assert!(demands.subject.is_none_or(|word| sub == Some(word.0)), "another subject");
    let audiences: Vec<&str> = match claims.get("aud") {
        None => Vec::new(),
        Some(Value::String(one)) => vec![one],
        Some(several) => several.as_array().expect("an array").iter().map(|one| one.as_str().expect("a string")).collect(),
    };
    let aud = match demands.audience {
        _ if demands.any_audience => true,
        None => claims.get("aud").is_none(),
        Some(word) => audiences.iter().any(|aud| ["web", word.0].contains(aud)),
    };
    assert!(aud, "another audience");

    let header: Map<String, Value> = parse(&first_segment(&case.token)).expect("the header is an object");
    assert!(!header.contains_key("crit") && !header.contains_key("b64"), "an extension");
    let fits = |key: &clearjwt::Key| {
        key.can_verify()
            && header["alg"] == key.algorithm().name()
            && key.id().is_none_or(|id| header.get("kid").is_some_and(|kid| kid == id))
            && key.issuer().is_none_or(|issuer| iss == Some(issuer))
    };
    assert!(case.keys.iter().any(fits), "no key fits");
    assert!(verified.valid_until().is_none_or(|until| until > case.now), "holds until the past");
}

/// Panics unless the rows say what the verdict says: none failed, or the one of the reason, with nothing reached after it.
pub fn check_explained(explanation: &Explanation, verdict: Result<(), VerifyError>) {
    assert_eq!(explanation.verdict(), verdict);
    let rows = explanation.rows();
    assert!(rows.windows(2).all(|pair| pair[0].check < pair[1].check), "the rows are out of order");
    let failed = rows.iter().position(|row| matches!(row.outcome, Outcome::Failed(_)));
    assert_eq!(failed.is_some(), verdict.is_err());
    let Some(failed) = failed else {
        assert!(rows.iter().all(|row| row.outcome != Outcome::NotReached), "accepted, and not all was reached");
        return;
    };
    let error = verdict.unwrap_err();
    assert_eq!((rows[failed].outcome, rows[failed].clause), (Outcome::Failed(error), error.clause()));
    let made = |outcome| matches!(outcome, Outcome::Passed | Outcome::Failed(_));
    assert!(rows[..failed].iter().all(|row| row.outcome != Outcome::NotReached), "something before the failure was not reached");
    assert!(rows[failed + 1..].iter().all(|row| !made(row.outcome)), "something after the failure was made");
}

/// Whether it is JSON in which no object has a name twice, by `serde_json` and a set of names for each object.
pub fn reads_strictly(json: &[u8]) -> bool {
    let mut reader = serde_json::Deserializer::from_slice(json);
    reader.disable_recursion_limit();
    Names.deserialize(&mut reader).and_then(|()| reader.end()).is_ok()
}

fn parse<'a, T: Deserialize<'a>>(json: &'a [u8]) -> serde_json::Result<T> {
    let mut reader = serde_json::Deserializer::from_slice(json);
    reader.disable_recursion_limit();
    T::deserialize(&mut reader)
}

fn first_segment(token: &[u8]) -> Vec<u8> {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    let text = token.split(|byte| *byte == b'.').next().unwrap_or_default();
    URL_SAFE_NO_PAD.decode(text).expect("an accepted header is base64url")
}

/// Reads any value and keeps nothing.
struct Names;

impl<'de> DeserializeSeed<'de> for Names {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Names {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }
    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }
    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }
    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }
    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }
    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<(), A::Error> {
        while array.next_element_seed(Names)?.is_some() {}
        Ok(())
    }
    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<(), A::Error> {
        let mut names = HashSet::new();
        while let Some(name) = object.next_key::<String>()? {
            if !names.insert(name) {
                return Err(A::Error::custom("a name is there twice"));
            }
            object.next_value_seed(Names)?;
        }
        Ok(())
    }
}
