//! The strict policy: tokens and keys on both sides of every rule.

mod common;

use clearjwt::{KeyError, VerifyError, jws};
use serde_json::Value;

fn check(text: &str, at_least: usize) {
    let cases = common::cases(text);
    assert!(cases.len() >= at_least, "the file shrank to {} cases", cases.len());
    for case in &cases {
        let (id, token, key) = (&case["id"], common::token(case), common::key(case));
        let (demands, now) = common::demands(case);
        let payload = match case["mode"].as_str() {
            Some("jws") => jws::verify(&token, &key).map(|verified| verified.payload().to_vec()),
            Some("jwt") => demands.verify_at::<Value>(&token, &key, now).map(|verified| verified.payload().to_vec()),
            mode => panic!("{id}: unknown mode {mode:?}"),
        };
        match (case["expect"].as_str(), payload) {
            (Some("accept"), Ok(payload)) => {
                if let Some(expected) = case["payload_b64u"].as_str() {
                    assert_eq!(payload, common::octets(expected), "{id}");
                }
            }
            (Some("refuse"), Err(error)) => {
                let group = case["reason"].as_str().expect("a refusal has a reason");
                assert!(common::belongs(group, error.code()), "{id}: expected a reason of the group {group}, got {error:?}");
            }
            (expected, got) => panic!("{id}: expected {expected:?}, got {:?}", got.map(|_| ())),
        }
    }
}

// RFC7515-5.2-1, RFC7519-7.2-1
#[test]
fn every_rule_for_tokens_holds_on_both_sides() {
    check(include_str!("vectors/policy.json"), 347);
}

#[test]
fn the_examples_of_the_rfcs_are_read_as_the_rfcs_say() {
    check(include_str!("vectors/rfc.json"), 11);
}

// RFC8725-3.1-4
#[test]
fn every_rule_for_keys_holds_on_both_sides() {
    let cases = common::cases(include_str!("vectors/keys.json"));
    assert!(cases.len() >= 103);
    for case in &cases {
        let id = &case["id"];
        let Some(result) = common::read_key(case) else { panic!("{id}: unknown format") };
        let verdict = if result.is_ok() { "accept" } else { "refuse" };
        assert_eq!(case["expect"], verdict, "{id}: {result:?}");
        if id.as_str().is_some_and(|id| id.starts_with("key-lookalike")) {
            let error = result.expect_err("look-alikes are refused");
            assert!(matches!(error, KeyError::Pem | KeyError::Ssh | KeyError::Der | KeyError::JwkText), "{id}: {error:?}");
        }
    }
}

#[test]
fn a_refusal_says_a_code_a_clause_and_a_sentence() {
    let error = VerifyError::Expired { ago: 12 };
    assert_eq!((error.code(), error.clause(), error.to_string().as_str()), ("expired", "RFC7519-4.1.4-1", "the token expired 12 s ago"));
}
