//! `clearjwt conform`: the corpus is what its generator makes, and verdicts of real processes are counted as they are.

mod common;
#[path = "conform/corpus.rs"]
mod corpus;
#[path = "conform/own.rs"]
mod own;
#[path = "conform/shared.rs"]
mod shared;

use std::{env, fs, path::Path};

use clearjwt::{Key, KeyError, VerifyError, jwk, jws};
use serde_json::Value;

const CORPUS: &str = include_str!("vectors/conform.json");

/// `CLEARJWT_WRITE_CORPUS=1 cargo test --all-features --test conform` writes the file anew.
#[test]
fn the_corpus_is_what_its_generator_makes() {
    let made = corpus::file(&corpus::all());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/conform.json");
    if env::var_os("CLEARJWT_WRITE_CORPUS").is_some() {
        fs::write(&path, &made).expect("the corpus is written");
    }
    assert!(fs::read_to_string(&path).expect("the corpus is there") == made, "the corpus differs from what its generator makes: see above this test");
}

#[test]
fn every_case_gets_its_verdict_for_its_reason() {
    let mut wrong = Vec::new();
    for case in common::cases(CORPUS) {
        let reason = case["reason"].as_str();
        let verdict = keys(&case).map(|keys| judged(&case, &keys));
        match (reason, &verdict) {
            (None, Ok(Ok(()))) | (Some("key"), Err(_) | Ok(Err(VerifyError::KeyUse))) => (),
            (Some(group), Ok(Err(error))) if common::belongs(group, error.code()) => (),
            _ => wrong.push(format!("{}: expected {reason:?}, got {verdict:?}", case["id"])),
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn judged(case: &Value, keys: &[Key]) -> Result<(), VerifyError> {
    let (token, (demands, now)) = (common::token(case), common::demands(case));
    match case["mode"].as_str() {
        Some("jws") => jws::verify(&token, keys).map(drop),
        Some("jwt") => demands.check_at(&token, keys, now).map(drop),
        mode => panic!("unknown mode {mode:?}"),
    }
}

/// The keys of a case, which may be such as nobody should take.
fn keys(case: &Value) -> Result<Vec<Key>, KeyError> {
    let key = &case["key"];
    let algorithm = common::algorithm(&key["alg"]);
    if let Some(set) = key["jwks"].as_str() {
        return jwk::key_set(algorithm, set).map(|set| set.to_vec());
    }
    let mut made = match (key["jwk"].as_str(), key["k"].as_str()) {
        (Some(jwk), None) => Key::from_jwk(algorithm, jwk),
        (None, Some(k)) if key["weak"] == true => Key::weak(algorithm, &common::octets(k)),
        (None, Some(k)) => Key::new(algorithm, &common::octets(k)),
        _ => panic!("{}: one of k, jwk and jwks", case["id"]),
    }?;
    if let Some(kid) = key["kid"].as_str() {
        made = made.with_id(kid);
    }
    if let Some(issuer) = key["issuer"].as_str() {
        made = made.for_issuer(issuer);
    }
    Ok(vec![made])
}
