//! RFC 7519, JSON Web Token: the examples, every registered claim, and both sides of every second.

mod common;

use clearjwt::Validation;
use common::hold;

const RULES: &str = include_str!("vectors/rfc7519.json");

#[test]
fn every_sentence_of_the_rules_is_tested() {
    common::every_sentence_has_its_test(RULES, include_str!("rfc7519.rs"));
}

// RFC7519-3-1, RFC7519-4.1.4-2
#[test]
fn the_example_of_section_3_1_is_accepted_until_its_exp() {
    hold(RULES, "the_example_of_section_3_1_is_accepted_until_its_exp");
}

#[test]
fn the_unsecured_example_of_section_6_1_is_refused() {
    hold(RULES, "the_unsecured_example_of_section_6_1_is_refused");
}

// RFC7519-3-1, RFC7519-4-2, RFC7519-7.2-9, RFC7493-4.1-1
#[test]
fn the_claims_are_one_strict_object() {
    hold(RULES, "the_claims_are_one_strict_object");
}

// RFC7519-4-4, RFC7493-4.2-1
#[test]
fn claims_that_are_not_understood_are_ignored() {
    hold(RULES, "claims_that_are_not_understood_are_ignored");
}

// RFC7519-4.1.4-1, RFC7519-4.1.4-2
#[test]
fn an_expired_token_is_refused_on_the_second() {
    hold(RULES, "an_expired_token_is_refused_on_the_second");
}

#[test]
fn a_fraction_of_exp_expires_with_its_whole_second() {
    hold(RULES, "a_fraction_of_exp_expires_with_its_whole_second");
}

// RFC7519-4-3, RFC6750-5.2-10
#[test]
fn exp_is_demanded_unless_the_verifier_opts_out() {
    hold(RULES, "exp_is_demanded_unless_the_verifier_opts_out");
}

// RFC7519-4.1.4-3, RFC7519-4.1.5-3
#[test]
fn leeway_moves_exp_and_nbf_apart() {
    hold(RULES, "leeway_moves_exp_and_nbf_apart");
}

// RFC7519-4.1.5-1, RFC7519-4.1.5-2
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

// RFC6750-5.2-10
#[test]
fn the_greatest_lifetime_is_exact_to_the_last_digit() {
    hold(RULES, "the_greatest_lifetime_is_exact_to_the_last_digit");
}

// RFC7519-2-3, RFC7493-2.2-2
#[test]
fn a_date_is_any_json_number_within_2_to_the_53() {
    hold(RULES, "a_date_is_any_json_number_within_2_to_the_53");
}

// RFC7519-4.1.4-4, RFC7519-4.1.5-4, RFC7519-4.1.6-1
#[test]
fn a_date_of_another_type_is_refused_even_where_nothing_asks_for_it() {
    hold(RULES, "a_date_of_another_type_is_refused_even_where_nothing_asks_for_it");
}

// RFC7519-4.1.1-1, RFC7519-4.1.2-2, RFC7519-4.1.7-3
#[test]
fn iss_sub_and_jti_are_strings() {
    hold(RULES, "iss_sub_and_jti_are_strings");
}

// RFC7519-2-2, RFC7519-4.1.1-1, RFC7519-7.3-1, RFC8725-3.8-4
#[test]
fn iss_is_compared_as_an_exact_string() {
    hold(RULES, "iss_is_compared_as_an_exact_string");
}

// RFC7519-2-2, RFC7519-4.1.2-2, RFC8725-3.8-4
#[test]
fn sub_is_compared_as_an_exact_string() {
    hold(RULES, "sub_is_compared_as_an_exact_string");
}

// RFC7519-4.1.3-3, RFC7519-4.1.3-4
#[test]
fn aud_is_a_string_or_an_array_of_strings() {
    hold(RULES, "aud_is_a_string_or_an_array_of_strings");
}

// RFC7519-4.1.3-1, RFC7519-4.1.3-2, RFC8725-3.9-2, RFC8725-3.9-3, RFC8725bis-3.9-2, RFC9700-2.3-3
#[test]
fn an_audience_that_is_not_us_is_refused() {
    hold(RULES, "an_audience_that_is_not_us_is_refused");
}

// RFC7515-4.1.10-3, RFC7519-7.2-7
#[test]
fn a_nested_token_is_refused() {
    hold(RULES, "a_nested_token_is_refused");
}

// RFC7519-5.1-1, RFC8725-2.8-1, RFC8725bis-3.11-4
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

/// One second before the end it holds, and at the end not.
#[test]
fn a_token_holds_until_it_is_too_old() {
    let key = common::key(&serde_json::json!({"key": {}}));
    let token = clearjwt::sign(&serde_json::json!({"iat": 1000.5}), &key).unwrap();
    for leeway in [0, 7] {
        let demands = Validation::new().allow_no_expiry().max_age(60).leeway(leeway);
        let end = 1000 + 60 + leeway + 1;
        assert_eq!(demands.check_at(&token, &key, end - 1).map(|verified| verified.valid_until()), Ok(Some(end)));
        assert_eq!(demands.check_at(&token, &key, end).map(drop), Err(clearjwt::VerifyError::TooOld { age: 60 + leeway + 1 }));
    }
}
