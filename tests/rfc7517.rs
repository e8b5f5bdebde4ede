//! RFC 7517, JSON Web Key: the keys of appendix A.3, every member on both sides, and sets.

mod common;

use clearjwt::{Algorithm, Header, Key, KeyError, SignError, VerifyError, jwk, jws};
use serde_json::Value;

const RULES: &str = include_str!("vectors/rfc7517.json");

#[test]
fn every_sentence_of_the_rules_is_tested() {
    common::every_sentence_has_its_test(RULES, include_str!("rfc7517.rs"));
}

/// Judges every key or set that the rules list under one sentence.
fn hold(sentence: &str) {
    let rules: Value = serde_json::from_str(RULES).expect("the file of rules is JSON");
    for case in rules[sentence].as_array().expect("cases of the sentence") {
        let code = match case["jwks"].as_str() {
            Some(text) => jwk::key_set(Algorithm::HS256, text).map(|set| {
                let kids: Vec<Option<&str>> = set.iter().map(Key::id).collect();
                assert_eq!((&case["kids"], &case["skipped"]), (&Value::from(kids), &Value::from(set.skipped())), "{case}");
            }),
            None => key_of(case).map(|key| agrees(case, &key)),
        };
        assert_eq!(case["expect"], code.map_or_else(|error| error.code(), |()| "accept"), "{case}");
    }
}

fn key_of(case: &Value) -> Result<Key, KeyError> {
    let wanted = match case.get("alg") {
        None => Some(Algorithm::HS256),
        Some(name) => name.as_str().and_then(Algorithm::from_name),
    };
    let text = case["jwk"].as_str().map_or_else(|| common::octets(case["jwk_b64u"].as_str().expect("a jwk")), |text| text.as_bytes().to_vec());
    if case["weak"] == true { Key::weak_from_jwk(wanted, text) } else { Key::from_jwk(wanted, text) }
}

fn agrees(case: &Value, key: &Key) {
    assert_eq!(case["kid"].as_str(), key.id(), "{case}");
    if let Some(name) = case["is_alg"].as_str() {
        assert_eq!(name, key.algorithm().name(), "{case}");
    }
    let operations = case["can"].as_str().unwrap_or("sign verify");
    assert_eq!((operations.contains("sign"), operations.contains("verify")), (key.can_sign(), key.can_verify()), "{case}");
}

#[test]
fn the_symmetric_keys_of_appendix_a_3_are_read_as_what_they_are_for() {
    hold("the_symmetric_keys_of_appendix_a_3_are_read_as_what_they_are_for");
}

// RFC7517-4-1, RFC7517-4-3, RFC7517-6-1
#[test]
fn a_jwk_is_strict_json() {
    hold("a_jwk_is_strict_json");
}

// RFC7517-4-4
#[test]
fn members_that_are_not_understood_are_ignored() {
    hold("members_that_are_not_understood_are_ignored");
}

// RFC7517-4.1-1
#[test]
fn kty_is_oct() {
    hold("kty_is_oct");
}

// RFC7518-6.4.1-1
#[test]
fn k_is_the_base64url_of_the_key() {
    hold("k_is_the_base64url_of_the_key");
}

// RFC7517-4.4-1
#[test]
fn a_jwk_for_another_algorithm_is_refused() {
    hold("a_jwk_for_another_algorithm_is_refused");
}

#[test]
fn without_a_wanted_algorithm_the_jwk_says_it() {
    hold("without_a_wanted_algorithm_the_jwk_says_it");
}

// RFC7517-4.2-1, RFC7517-4.2-2
#[test]
fn a_jwk_for_another_use_is_refused() {
    hold("a_jwk_for_another_use_is_refused");
}

// RFC7517-4.3-4, RFC7517-4.3-6
#[test]
fn key_ops_says_what_a_key_may_do() {
    hold("key_ops_says_what_a_key_may_do");
}

// RFC7517-4.3-1, RFC7517-4.3-5
#[test]
fn key_ops_that_are_malformed_or_disagree_with_use_are_refused() {
    hold("key_ops_that_are_malformed_or_disagree_with_use_are_refused");
}

// RFC7517-4.5-2
#[test]
fn kid_is_a_string_and_becomes_the_keys_id() {
    hold("kid_is_a_string_and_becomes_the_keys_id");
}

#[test]
fn a_weak_jwk_is_taken_only_by_name() {
    hold("a_weak_jwk_is_taken_only_by_name");
}

// RFC7517-5-2, RFC7517-5-5
#[test]
fn a_set_gives_its_keys_in_their_order() {
    hold("a_set_gives_its_keys_in_their_order");
}

// RFC7517-5-6
#[test]
fn entries_for_another_kind_algorithm_or_use_are_skipped_and_counted() {
    hold("entries_for_another_kind_algorithm_or_use_are_skipped_and_counted");
}

#[test]
fn a_malformed_oct_entry_refuses_the_whole_set() {
    hold("a_malformed_oct_entry_refuses_the_whole_set");
}

// RFC7517-4.5-1
#[test]
fn two_keys_with_one_kid_refuse_the_set() {
    hold("two_keys_with_one_kid_refuse_the_set");
}

#[test]
fn a_set_without_a_usable_key_is_refused() {
    hold("a_set_without_a_usable_key_is_refused");
}

// RFC7517-2-1, RFC7517-5-1, RFC7517-5-4
#[test]
fn a_set_is_an_object_with_an_array_of_objects() {
    hold("a_set_is_an_object_with_an_array_of_objects");
}

#[test]
fn the_key_of_appendix_a_3_verifies_the_token_of_rfc_7515() {
    let key = Key::from_jwk(None, format!(r#"{{"kty":"oct","alg":"HS256","k":"{}"}}"#, common::RFC7515_A1)).unwrap();
    let token = common::sealed(Algorithm::HS256, &common::octets(common::RFC7515_A1), r#"{"alg":"HS256"}"#, "x");
    assert_eq!(jws::verify(&token, &key).unwrap().payload(), b"x");
}

// RFC7517-4.3-6
#[test]
fn a_key_read_only_to_verify_does_not_sign_and_the_other_way_round() {
    for said in ["", r#","use":"sig""#] {
        let jwk = |operation: &str| format!(r#"{{"kty":"oct","k":"{}","key_ops":["{operation}"]{said}}}"#, common::RFC7515_A1);
        let with = |operation: &str| Key::from_jwk(Algorithm::HS256, jwk(operation)).unwrap();
        let (signer, verifier) = (with("sign"), with("verify"));
        let token = jws::sign("x", &Header::default(), &signer).unwrap();
        assert_eq!(jws::verify(&token, &verifier).unwrap().payload(), b"x");
        assert_eq!(jws::verify(&token, &signer).map(drop), Err(VerifyError::KeyUse));
        assert_eq!(jws::sign("x", &Header::default(), &verifier), Err(SignError::KeyUse));
        // The other operation is the other key's: of two keys with one secret the one that may verify does.
        assert!(jws::verify(&token, [signer, verifier]).is_ok());
    }
}

#[test]
fn a_key_can_drop_the_id_of_its_jwk() {
    let jwk = format!(r#"{{"kty":"oct","k":"{}","kid":"a"}}"#, common::RFC7515_A1);
    let key = Key::from_jwk(Algorithm::HS256, jwk).unwrap();
    let token = jws::sign("x", &Header { kid: Some("b".into()), ..Header::default() }, &key.clone().without_id()).unwrap();
    assert_eq!(jws::verify(&token, &key).map(drop), Err(VerifyError::KeyIdUnknown));
    assert!(jws::verify(&token, key.without_id()).is_ok());
}

// RFC7517-5.1-1, RFC7517-4.5-2
#[test]
fn a_rotated_set_verifies_with_the_key_that_the_token_names() {
    let (old, new) = (common::octets(common::RFC7515_A1), [7u8; 31].iter().copied().chain([8]).collect::<Vec<u8>>());
    let jwk = |secret: &[u8], kid| jwk::to_text(Algorithm::HS256, secret, Some(kid)).unwrap();
    let set = jwk::key_set(Algorithm::HS256, format!(r#"{{"keys":[{},{}]}}"#, *jwk(&new, "new"), *jwk(&old, "old"))).unwrap();
    for (secret, kid) in [(&old, "old"), (&new, "new")] {
        let token = common::sealed(Algorithm::HS256, secret, format!(r#"{{"alg":"HS256","kid":"{kid}"}}"#), "x");
        assert_eq!(jws::verify(&token, &set).unwrap().key_id(), Some(kid));
    }
    let crossed = common::sealed(Algorithm::HS256, &old, r#"{"alg":"HS256","kid":"new"}"#, "x");
    assert_eq!(jws::verify(&crossed, &set).map(drop), Err(VerifyError::Signature));
}

// RFC7517-4-2, RFC7518-6.4-1
#[test]
fn a_jwk_that_is_written_is_read_again() {
    let secret: Vec<u8> = (0..64).collect();
    for algorithm in Algorithm::ALL {
        for id in [None, Some(""), Some("a\"b\\\n\u{1f511}")] {
            let text = jwk::to_text(algorithm, &secret, id).unwrap();
            let key = Key::from_jwk(None, text.as_bytes()).unwrap();
            assert_eq!((key.algorithm(), key.id()), (algorithm, id));
            let token = jws::sign("x", &Header::default(), &key).unwrap();
            assert!(jws::verify(&token, Key::new(algorithm, &secret).unwrap()).is_ok());
        }
    }
    assert_eq!(jwk::to_text(Algorithm::HS256, b"secret", None).map(drop), Err(KeyError::Published));
}

#[test]
fn the_text_of_a_jwk_is_no_secret_however_loose_its_json_is() {
    for rest in ["", r#","x":1e999"#, r#","x":"\ud800""#, r#","kty":"oct""#, r#","x":{"a":1,"a":1}"#] {
        for text in [format!(r#"{{"kty":"oct","k":"{}"{rest}}}"#, common::RFC7515_A1), format!("\n {{\"keys\":[]{rest}}}\n")] {
            assert_eq!(Key::new(Algorithm::HS256, text.as_bytes()).map(drop), Err(KeyError::JwkText), "{text}");
            assert_eq!(Key::weak(Algorithm::HS256, text.as_bytes()).map(drop), Err(KeyError::JwkText), "{text}");
        }
    }
    for text in [r#"{"k":"a long text, but without the members of a JWK"}"#, r#"{"kty": a long text that is no JSON, and no JWK}"#] {
        assert!(Key::new(Algorithm::HS256, text.as_bytes()).is_ok(), "{text}");
    }
}

#[test]
fn a_line_of_authorized_keys_is_no_secret_and_what_only_begins_like_one_can_be() {
    for line in ["ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQ", "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHA", "sk-ssh-ed25519@openssh.com +/AAGnNr"] {
        assert_eq!(Key::new(Algorithm::HS256, line.as_bytes()).map(drop), Err(KeyError::Ssh), "{line}");
    }
    for text in [
        "ssh-rsb AAAAB3NzaC1yc2EAAAADAQABAAABAQ",
        "ecdsa-sha2- AAAAE2VjZHNhLXNoYTItbmlzdHA",
        "sk-\tand more AAAAE2VjZHNhLXNoYTItbmlz",
        "ssh-rsa  AAAAB3NzaC1yc2EAAAADAQABAAABAQ",
    ] {
        assert!(Key::new(Algorithm::HS256, text.as_bytes()).is_ok(), "{text}");
    }
}

/// RFC7517-5-6: what is meant for something else is passed over, what is malformed refuses the set, whatever it is meant for.
#[test]
fn an_entry_for_something_else_is_skipped_unless_it_is_malformed() {
    use clearjwt::{Algorithm, KeyError, jwk};
    const GOOD: &str = r#"{"kty":"oct","kid":"good","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T"}"#;
    let set = |entry: &str| jwk::key_set(Algorithm::HS256, format!(r#"{{"keys":[{entry},{GOOD}]}}"#)).map(|set| (set.len(), set.skipped()));
    for entry in [
        r#"{"kty":"oct","key_ops":["sign"],"k":"AAEC"}"#,
        r#"{"kty":"oct","key_ops":["encrypt","decrypt"],"k":"AAEC"}"#,
        r#"{"kty":"oct","alg":"A128KW","k":"AAEC"}"#,
        r#"{"kty":"oct","alg":"HS512","k":"AAEC"}"#,
        r#"{"kty":"oct","use":"enc","k":"AAEC"}"#,
        r#"{"kty":"EC","k":5}"#,
        r#"{"kty":7}"#,
        r#"{}"#,
    ] {
        assert_eq!(set(entry), Ok((1, 1)), "{entry}");
    }
    for (entry, error) in [
        (r#"{"kty":"oct","alg":"HS512","k":5}"#, KeyError::K),
        (r#"{"kty":"oct","alg":"HS512"}"#, KeyError::K),
        (r#"{"kty":"oct","use":"enc","k":"AAE="}"#, KeyError::K),
        (r#"{"kty":"oct","alg":5,"k":"AAEC"}"#, KeyError::Alg),
        (r#"{"kty":"oct","use":["sig"],"k":"AAEC"}"#, KeyError::Use),
        (r#"{"kty":"oct","key_ops":["encrypt","encrypt"],"k":"AAEC"}"#, KeyError::KeyOps),
        (r#"{"kty":"oct","key_ops":"verify","k":"AAEC"}"#, KeyError::KeyOps),
        (r#"{"kty":"oct","kid":1,"alg":"HS512","k":"AAEC"}"#, KeyError::Kid),
    ] {
        assert_eq!(set(entry), Err(error), "{entry}");
    }
    let alone = jwk::key_set(Algorithm::HS256, r#"{"keys":[{"kty":"oct","key_ops":["sign"],"k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T"}]}"#);
    assert_eq!(alone.map(drop), Err(KeyError::NoUsableKey));
}
