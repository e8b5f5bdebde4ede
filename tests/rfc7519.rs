//! RFC 7519, JSON Web Token: the examples, every registered claim, and both sides of every second.

mod common;

use clearjwt::Validation;
use common::hold;

const RULES: &str = include_str!("vectors/rfc7519.json");

#[test]
fn every_sentence_of_the_rules_is_tested() {
    common::every_sentence_has_its_test(RULES, include_str!("rfc7519.rs"));
}

#[test]
fn the_example_of_section_3_1_is_accepted_until_its_exp() {
    hold(RULES, "the_example_of_section_3_1_is_accepted_until_its_exp");
}

#[test]
fn the_unsecured_example_of_section_6_1_is_refused() {
    hold(RULES, "the_unsecured_example_of_section_6_1_is_refused");
}

#[test]
fn the_claims_are_one_strict_object() {
    hold(RULES, "the_claims_are_one_strict_object");
}

#[test]
fn claims_that_are_not_understood_are_ignored() {
    hold(RULES, "claims_that_are_not_understood_are_ignored");
}

#[test]
fn an_expired_token_is_refused_on_the_second() {
    hold(RULES, "an_expired_token_is_refused_on_the_second");
}

#[test]
fn a_fraction_of_exp_expires_with_its_whole_second() {
    hold(RULES, "a_fraction_of_exp_expires_with_its_whole_second");
}

#[test]
fn exp_is_demanded_unless_the_verifier_opts_out() {
    hold(RULES, "exp_is_demanded_unless_the_verifier_opts_out");
}

#[test]
fn leeway_moves_exp_and_nbf_apart() {
    hold(RULES, "leeway_moves_exp_and_nbf_apart");
}

#[test]
fn a_token_is_refused_before_the_second_of_nbf() {
    hold(RULES, "a_token_is_refused_before_the_second_of_nbf");
}

#[test]
fn iat_in_the_future_is_no_reason_by_itself() {
    hold(RULES, "iat_in_the_future_is_no_reason_by_itself");
}

#[test]
fn the_greatest_age_is_reached_on_the_second() {
    hold(RULES, "the_greatest_age_is_reached_on_the_second");
}

#[test]
fn the_greatest_lifetime_is_exact_to_the_last_digit() {
    hold(RULES, "the_greatest_lifetime_is_exact_to_the_last_digit");
}

#[test]
fn a_date_is_any_json_number_within_2_to_the_53() {
    hold(RULES, "a_date_is_any_json_number_within_2_to_the_53");
}

#[test]
fn a_date_of_another_type_is_refused_even_where_nothing_asks_for_it() {
    hold(RULES, "a_date_of_another_type_is_refused_even_where_nothing_asks_for_it");
}

#[test]
fn iss_sub_and_jti_are_strings() {
    hold(RULES, "iss_sub_and_jti_are_strings");
}

#[test]
fn iss_is_compared_as_an_exact_string() {
    hold(RULES, "iss_is_compared_as_an_exact_string");
}

#[test]
fn sub_is_compared_as_an_exact_string() {
    hold(RULES, "sub_is_compared_as_an_exact_string");
}

#[test]
fn aud_is_a_string_or_an_array_of_strings() {
    hold(RULES, "aud_is_a_string_or_an_array_of_strings");
}

#[test]
fn an_audience_that_is_not_us_is_refused() {
    hold(RULES, "an_audience_that_is_not_us_is_refused");
}

#[test]
fn a_nested_token_is_refused() {
    hold(RULES, "a_nested_token_is_refused");
}

#[test]
fn typ_is_absent_or_jwt_unless_a_type_is_expected() {
    hold(RULES, "typ_is_absent_or_jwt_unless_a_type_is_expected");
}

#[test]
fn a_token_whose_end_no_clock_can_show_has_none() {
    let token = clearjwt::sign(&serde_json::json!({"exp": 1}), &common::key(&serde_json::json!({"key": {}}))).unwrap();
    let until = |leeway| Validation::new().leeway(leeway).check_at(&token, common::key(&serde_json::json!({"key": {}})), 0).unwrap().valid_until();
    assert_eq!((until(0), until(u64::MAX - 1), until(u64::MAX)), (Some(1), Some(u64::MAX), None));
}
