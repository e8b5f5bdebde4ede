use std::{collections::BTreeSet, sync::Mutex};

use clearjwt::Algorithm;
use jsonwebtoken::{DecodingKey, Validation, decode};
use serde_json::Value;

use crate::{Case, Demands, SECRET, Word, is_sealed, keys};

/// Two verifiers that say different things of one token: the codes of their reasons, or `accepted`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Disagreement {
    /// What clearjwt says.
    pub ours: &'static str,
    /// What `jsonwebtoken` says.
    pub theirs: String,
}

/// Shows the first token of each class of disagreement.
pub fn differential(case: &Case) {
    static SEEN: Mutex<BTreeSet<Disagreement>> = Mutex::new(BTreeSet::new());
    let Some(class) = disagreement(case) else { return };
    if SEEN.lock().expect("nobody panics with it").insert(class.clone()) {
        eprintln!("clearjwt {}, jsonwebtoken {}: {}", class.ours, class.theirs, case.token.escape_ascii());
    }
}

/// How clearjwt and `jsonwebtoken` differ over one token, if they do: one takes it, the other does not.
///
/// Dates are left out, because `jsonwebtoken` compares them with the system's clock only. Panics on what no two verifiers
/// may differ about: a token is taken only if it is sealed, and what both take has the same claims in it.
pub fn disagreement(case: &Case) -> Option<Disagreement> {
    // The plain key of the algorithm: jsonwebtoken knows neither ids nor issuers of keys.
    let algorithm = case.keys.first().map_or(Algorithm::HS256, |key| key.algorithm());
    let key = keys().iter().find(|key| key.algorithm() == algorithm)?.clone().without_id();
    let ours = case.demands.validation().leeway(u64::MAX).verify_at::<Value>(&case.token, &key, case.now);
    let theirs = decode::<Value>(&case.token, &DecodingKey::from_secret(&SECRET), &demands(algorithm, &case.demands));
    assert!(is_sealed(algorithm, &case.token) || ours.is_err() && theirs.is_err(), "taken, and not sealed");
    match (ours, theirs) {
        (Ok(ours), Ok(theirs)) => {
            assert_eq!(*ours.claims(), theirs.claims);
            None
        }
        (Err(_), Err(_)) => None,
        (Ok(_), Err(theirs)) => {
            let kind = format!("{:?}", theirs.kind());
            Some(Disagreement { ours: "accepted", theirs: kind.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_owned() })
        }
        (Err(ours), Ok(_)) => Some(Disagreement { ours: ours.code(), theirs: "accepted".to_owned() }),
    }
}

/// The same demands in the other's words, as far as it has words for them.
fn demands(algorithm: Algorithm, demands: &Demands) -> Validation {
    let mut theirs = Validation::new(match algorithm {
        Algorithm::HS256 => jsonwebtoken::Algorithm::HS256,
        Algorithm::HS384 => jsonwebtoken::Algorithm::HS384,
        Algorithm::HS512 => jsonwebtoken::Algorithm::HS512,
    });
    let required = [
        ("exp", !demands.allow_no_expiry),
        ("iss", demands.issuer.is_some()),
        ("sub", demands.subject.is_some()),
        ("aud", demands.audience.is_some() && !demands.any_audience),
    ];
    theirs.required_spec_claims = required.into_iter().filter(|(_, wanted)| *wanted).map(|(name, _)| name.to_owned()).collect();
    theirs.validate_exp = false;
    theirs.validate_aud = !demands.any_audience;
    if let Some(Word(issuer)) = demands.issuer {
        theirs.set_issuer(&[issuer, "joe"]);
    }
    if let Some(Word(audience)) = demands.audience {
        theirs.set_audience(&[audience, "web"]);
    }
    theirs.sub = demands.subject.map(|word| word.0.to_owned());
    theirs
}
