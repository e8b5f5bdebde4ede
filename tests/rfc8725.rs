//! RFC 8725, best current practices: one algorithm a key, one issuer a key, one type a purpose.

mod common;

use common::hold;

const RULES: &str = include_str!("vectors/rfc8725.json");

#[test]
fn every_sentence_of_the_rules_is_tested() {
    common::every_sentence_has_its_test(RULES, include_str!("rfc8725.rs"));
}

#[test]
fn no_other_algorithm_than_that_of_the_key_is_used() {
    hold(RULES, "no_other_algorithm_than_that_of_the_key_is_used");
}

#[test]
fn none_is_refused_in_any_spelling() {
    hold(RULES, "none_is_refused_in_any_spelling");
}

#[test]
fn none_stands_for_no_longer_word() {
    hold(RULES, "none_stands_for_no_longer_word");
}

#[test]
fn a_token_of_one_algorithm_is_no_token_of_another_with_the_same_key() {
    hold(RULES, "a_token_of_one_algorithm_is_no_token_of_another_with_the_same_key");
}

#[test]
fn each_stage_of_the_tokens_form_is_told_before_the_mac() {
    hold(RULES, "each_stage_of_the_tokens_form_is_told_before_the_mac");
}

#[test]
fn a_key_of_another_issuer_is_no_key() {
    hold(RULES, "a_key_of_another_issuer_is_no_key");
}

#[test]
fn of_keys_with_one_secret_the_one_of_the_issuer_counts() {
    hold(RULES, "of_keys_with_one_secret_the_one_of_the_issuer_counts");
}

#[test]
fn kid_chooses_among_several_keys() {
    hold(RULES, "kid_chooses_among_several_keys");
}

#[test]
fn a_key_without_id_is_tried_on_every_token() {
    hold(RULES, "a_key_without_id_is_tried_on_every_token");
}

#[test]
fn an_expected_type_has_to_be_there_and_match() {
    hold(RULES, "an_expected_type_has_to_be_there_and_match");
}

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
