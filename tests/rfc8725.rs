//! RFC 8725, best current practices: one algorithm a key, one issuer a key, one type a purpose.

mod common;

use common::hold;

const RULES: &str = include_str!("vectors/rfc8725.json");

#[test]
fn every_sentence_of_the_rules_is_tested() {
    common::every_sentence_has_its_test(RULES, include_str!("rfc8725.rs"));
}

// RFC7519-7.2-10, RFC8725-3.1-1, RFC8725-3.1-2, RFC8725-3.1-3, RFC8725-3.1-5, RFC8725-3.2-1, RFC8725bis-3.1-1, RFC8725bis-3.1-3
#[test]
fn no_other_algorithm_than_that_of_the_key_is_used() {
    hold(RULES, "no_other_algorithm_than_that_of_the_key_is_used");
}

// RFC7518-3.6-3, RFC7518-3.6-4, RFC8725-3.2-5
#[test]
fn none_is_refused_in_any_spelling() {
    hold(RULES, "none_is_refused_in_any_spelling");
}

#[test]
fn none_stands_for_no_longer_word() {
    hold(RULES, "none_stands_for_no_longer_word");
}

// RFC8725-3.1-4, RFC8725bis-3.1-4
#[test]
fn a_token_of_one_algorithm_is_no_token_of_another_with_the_same_key() {
    hold(RULES, "a_token_of_one_algorithm_is_no_token_of_another_with_the_same_key");
}

#[test]
fn each_stage_of_the_tokens_form_is_told_before_the_mac() {
    hold(RULES, "each_stage_of_the_tokens_form_is_told_before_the_mac");
}

// RFC7518-3.6-5
#[test]
fn whatever_a_verifier_gives_up_an_unsecured_token_is_refused() {
    use clearjwt::{Algorithm, Key, Validation};
    let demands = Validation::new().any_typ().any_audience().allow_no_expiry().leeway(u64::MAX).max_len(usize::MAX);
    for algorithm in Algorithm::ALL {
        let key = Key::weak(algorithm, b"x").unwrap();
        for header in [r#"{"alg":"none"}"#, r#"{"alg":"None","typ":"JWT"}"#] {
            let input = format!("{}.{}", common::base64url(header), common::base64url("{}"));
            let mac = common::base64url(common::mac(algorithm, b"x", input.as_bytes()));
            assert_eq!(demands.check_at(format!("{input}."), &key, 0).unwrap_err().code(), "unsigned");
            assert_eq!(demands.check_at(format!("{input}.{mac}"), &key, 0).unwrap_err().code(), "alg_none");
            assert_eq!(demands.check_at(format!("{input}."), [], 0).unwrap_err().code(), "unsigned");
        }
    }
}

// RFC7519-11.1-1, RFC8725-3.8-1, RFC8725-3.8-2
#[test]
fn a_key_of_another_issuer_is_no_key() {
    hold(RULES, "a_key_of_another_issuer_is_no_key");
}

#[test]
fn of_keys_with_one_secret_the_one_of_the_issuer_counts() {
    hold(RULES, "of_keys_with_one_secret_the_one_of_the_issuer_counts");
}

// RFC7515-4.1.4-3, RFC7515-6-3, RFC8725bis-3.1-2
#[test]
fn kid_chooses_among_several_keys() {
    hold(RULES, "kid_chooses_among_several_keys");
}

#[test]
fn a_key_without_id_is_tried_on_every_token() {
    hold(RULES, "a_key_without_id_is_tried_on_every_token");
}

// RFC7515-4.1.9-2, RFC7515-4.1.9-4, RFC8725-2.8-1, RFC8725bis-3.11-2, RFC8725bis-3.11-4, RFC9068-4-1
#[test]
fn an_expected_type_has_to_be_there_and_match() {
    hold(RULES, "an_expected_type_has_to_be_there_and_match");
}

// RFC7519-11.1-1, RFC8725-3.3-2
#[test]
fn nothing_of_the_payload_is_read_before_the_mac_holds() {
    hold(RULES, "nothing_of_the_payload_is_read_before_the_mac_holds");
}

#[test]
fn the_dates_of_a_forged_token_are_not_told() {
    hold(RULES, "the_dates_of_a_forged_token_are_not_told");
}

/// RFC8725-3.8-2, where there are no claims to compare an issuer with.
#[test]
fn a_bound_key_opens_no_bare_octets_and_does_not_stand_in_the_way_of_another() {
    use clearjwt::{Algorithm, Header, Key, SignError, VerifyError, jws};
    let key = Key::new(Algorithm::HS256, b"a good key for tests, 32 bytes or more").unwrap();
    let bound = key.clone().for_issuer("joe");
    let token = jws::sign("{}", &Header::default(), &key).unwrap();
    assert_eq!(jws::verify(&token, &bound).unwrap_err(), VerifyError::KeyIssuer);
    assert_eq!(jws::verify(&token, [bound.clone(), bound.clone()]).unwrap_err(), VerifyError::KeyIssuer);
    assert_eq!(jws::verify(&token, [bound.clone(), key]).unwrap().payload(), b"{}");
    assert_eq!(jws::sign("{}", &Header::default(), &bound).unwrap_err(), SignError::KeyIssuer);
}
