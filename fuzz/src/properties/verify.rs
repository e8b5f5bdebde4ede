use std::sync::LazyLock;

use clearjwt::{Validation, jws};
use serde_json::Value;

use crate::{Case, Demands, NOW, Word, keys, oracle};

/// Any bytes: the verdict of the oracle, and nothing else comes out.
pub fn verify_raw(token: &[u8]) {
    static STRICT: LazyLock<Validation> = LazyLock::new(Validation::new);
    check_jws(token, 0..1);
    let verdict = STRICT.check_at(token, &keys()[0], NOW).map(drop).map_err(|error| error.code());
    assert_eq!(verdict, oracle::jwt(token, &keys()[..1], &Demands::default(), NOW));
}

/// Tokens that come past the MAC: the verdict of the oracle, with one key and with all, without demands and with many.
pub fn resign(token: &[u8]) {
    static MANY: LazyLock<(Demands, Validation)> = LazyLock::new(|| {
        let demands = Demands {
            issuer: Some(Word("api")),
            audience: Some(Word("api")),
            subject: Some(Word("joe")),
            leeway: 5,
            max_age: Some(60),
            max_lifetime: Some(60),
            typ: Some(Word("at+jwt")),
            ..Demands::default()
        };
        let validation = demands.validation();
        (demands, validation)
    });
    verify_raw(token);
    check_jws(token, 0..keys().len());
    let verdict = MANY.1.check_at(token, keys(), NOW).map(drop).map_err(|error| error.code());
    assert_eq!(verdict, oracle::jwt(token, keys(), &MANY.0, NOW));
}

/// Claims behind a MAC that holds: the verdict of the oracle, and it lasts just as long as it says.
pub fn claims(case: &Case) {
    let (demands, Case { token, keys, now, .. }) = (case.demands.validation(), case);
    let verdict = demands.verify_at::<Value>(token, keys, *now);
    assert_eq!(verdict.as_ref().map(drop).map_err(|error| error.code()), oracle::jwt(token, keys, &case.demands, *now));
    assert_eq!(verdict.as_ref().map(drop), demands.check_at(token, keys, *now).as_ref().map(drop));
    let verified = match verdict {
        Ok(verified) => verified,
        Err(error) => return super::speaks(error.code(), error.clause(), &error),
    };
    let read = oracle::json::object(verified.payload()).expect("the oracle took it");
    assert!(oracle::json::is_read_as(&oracle::json::Json::Object(read), verified.claims()), "the claims are not the payload");
    for second in verified.valid_until().map_or(vec![u64::MAX], |until| vec![until - 1, until]) {
        let holds = demands.check_at(token, keys, second).map(drop).map_err(|error| error.code());
        assert_eq!(holds.is_ok(), verified.valid_until() != Some(second), "until {:?}", verified.valid_until());
        assert_eq!(holds, oracle::jwt(token, keys, &case.demands, second));
    }
}

fn check_jws(token: &[u8], among: std::ops::Range<usize>) {
    let keys = &keys()[among];
    let verdict = jws::verify(token, keys);
    if let Ok(looked_at) = jws::Unverified::parse(token) {
        let length = looked_at.signature_len();
        let verdict = verdict.as_ref().map(|verified| verified.payload()).map_err(|error| *error);
        assert_eq!(looked_at.verify(keys).as_ref().map(|verified| verified.payload()).map_err(|error| *error), verdict);
        assert!(verdict.is_err() || [32, 48, 64].contains(&length));
    }
    let opened = verdict.as_ref().map(|verified| (verified.payload().to_vec(), verified.key_id())).map_err(|error| error.code());
    assert_eq!(opened, oracle::jws(token, keys));
}
