//! The remarks: each on both sides of its boundary, and what holds for all of them.

mod common;

use std::collections::HashSet;

use clearjwt::{
    Algorithm, Key, Validation,
    jws::{self, Unverified},
    lint::{LIFETIME_OF_YEARS, LONG_LIFETIME, LONG_TOKEN, Remark, lint},
};
use proptest::prelude::*;
use serde_json::{Value, json};

const RULES: &str = include_str!("vectors/lint.json");

/// The token of a case: a `header` and a `payload` that are signed with `secret` (text), or a whole `token`.
fn token(case: &Value) -> Vec<u8> {
    if case["token"].is_string() {
        return common::token(case);
    }
    let algorithm = case["alg"].as_str().map_or(Algorithm::HS256, |_| common::algorithm(&case["alg"]));
    let secret = case["secret"].as_str().map_or_else(|| common::octets(common::RFC7515_A1), |text| text.as_bytes().to_vec());
    let header = case["header"].as_str().map_or_else(|| format!(r#"{{"alg":"{algorithm}","typ":"JWT"}}"#), str::to_owned);
    let payload = case["payload"].as_str().map_or_else(
        || case["payload_b64u"].as_str().map_or_else(|| br#"{"aud":"api","iat":1300819000,"exp":1300819380}"#.to_vec(), common::octets),
        |text| text.as_bytes().to_vec(),
    );
    common::sealed(algorithm, &secret, header, payload).into_bytes()
}

fn remarks(case: &Value) -> Vec<Remark> {
    let token = token(case);
    lint(&Unverified::parse(&token).unwrap_or_else(|error| panic!("{case}: {error}")), case["now"].as_u64().unwrap_or(common::NOW))
}

/// Judges every case that the file of rules lists under one sentence: `expect` is the codes of its remarks, in their order,
/// `message` and `clause` those of the last.
fn hold(sentence: &str) {
    let rules: Value = serde_json::from_str(RULES).expect("the file of rules is JSON");
    let cases = rules[sentence].as_array().unwrap_or_else(|| panic!("no rules for: {sentence}"));
    assert!(!cases.is_empty(), "{sentence}");
    for case in cases {
        let known = ["says", "token", "alg", "secret", "header", "payload", "payload_b64u", "now", "expect", "message", "clause"];
        assert!(case.as_object().expect("a case is an object").keys().all(|name| known.contains(&name.as_str())), "{case}");
        let remarks = remarks(case);
        assert_eq!(case["expect"], json!(remarks.iter().map(Remark::code).collect::<Vec<_>>()), "{sentence}: {case}");
        for (name, shown) in [("message", remarks.last().map(Remark::to_string)), ("clause", remarks.last().map(|remark| remark.clause().to_owned()))] {
            assert!(case[name].is_null() || case[name].as_str() == shown.as_deref(), "{sentence}: {case}: {shown:?}");
        }
    }
}

#[test]
fn every_sentence_of_the_rules_is_tested() {
    common::every_sentence_has_its_test(RULES, include_str!("lint.rs"));
}

#[test]
fn a_token_as_it_should_be_gets_no_remark() {
    hold("a_token_as_it_should_be_gets_no_remark");
}

#[test]
fn an_unsecured_token_is_remarked_on_once() {
    hold("an_unsecured_token_is_remarked_on_once");
}

#[test]
fn what_a_verifier_refuses_is_told_with_the_reasons_own_clause() {
    hold("what_a_verifier_refuses_is_told_with_the_reasons_own_clause");
}

#[test]
fn of_a_payload_that_is_no_strict_object_only_that_is_said() {
    hold("of_a_payload_that_is_no_strict_object_only_that_is_said");
}

#[test]
fn a_claim_of_the_wrong_type_is_told_and_the_other_claims_are_still_looked_at() {
    hold("a_claim_of_the_wrong_type_is_told_and_the_other_claims_are_still_looked_at");
}

#[test]
fn an_algorithm_that_is_not_checked_here_is_named_as_what_it_is() {
    hold("an_algorithm_that_is_not_checked_here_is_named_as_what_it_is");
}

#[test]
fn a_secret_that_documentation_prints_is_found() {
    hold("a_secret_that_documentation_prints_is_found");
}

#[test]
fn no_other_secret_is_tried() {
    hold("no_other_secret_is_tried");
}

#[test]
fn a_type_is_missing_plain_explicit_or_of_another_form() {
    hold("a_type_is_missing_plain_explicit_or_of_another_form");
}

#[test]
fn a_key_or_a_url_to_one_in_the_header_is_told_by_its_name() {
    hold("a_key_or_a_url_to_one_in_the_header_is_told_by_its_name");
}

#[test]
fn a_kid_that_steers_a_path_a_query_or_a_terminal_is_told() {
    hold("a_kid_that_steers_a_path_a_query_or_a_terminal_is_told");
}

#[test]
fn without_exp_a_token_lives_for_ever() {
    hold("without_exp_a_token_lives_for_ever");
}

#[test]
fn a_lifetime_of_more_than_an_hour_or_a_year_is_told() {
    hold("a_lifetime_of_more_than_an_hour_or_a_year_is_told");
}

#[test]
fn dates_in_milliseconds_are_told_apart_from_long_lives() {
    hold("dates_in_milliseconds_are_told_apart_from_long_lives");
}

#[test]
fn a_token_that_is_valid_at_no_second_is_told() {
    hold("a_token_that_is_valid_at_no_second_is_told");
}

#[test]
fn without_an_audience_a_token_is_for_everybody() {
    hold("without_an_audience_a_token_is_for_everybody");
}

#[test]
fn claims_that_look_like_personal_data_are_told_by_a_common_name() {
    hold("claims_that_look_like_personal_data_are_told_by_a_common_name");
}

#[test]
fn claims_that_look_like_secrets_are_told_by_a_common_name() {
    hold("claims_that_look_like_secrets_are_told_by_a_common_name");
}

#[test]
fn an_integer_that_some_readers_round_is_told() {
    hold("an_integer_that_some_readers_round_is_told");
}

#[test]
fn a_long_token_is_told() {
    hold("a_long_token_is_told");
}

#[test]
fn a_remark_is_of_the_token_and_not_of_its_mac() {
    // The same token, its MAC holding or not: what it says is as weak.
    let good = token(&json!({"payload": r#"{"email":"joe@example.com"}"#}));
    let mut forged = good.clone();
    *forged.last_mut().unwrap() = if good.ends_with(b"A") { b'E' } else { b'A' };
    let of = |token: &[u8]| lint(&Unverified::parse(token).unwrap(), common::NOW);
    assert!(jws::verify(&forged, Key::new(Algorithm::HS256, &common::octets(common::RFC7515_A1)).unwrap()).is_err());
    assert_eq!(of(&good), of(&forged));
    assert_eq!(of(&good).len(), 3);
}

/// All remarks of all cases.
fn all() -> Vec<Remark> {
    let rules: Value = serde_json::from_str(RULES).unwrap();
    rules.as_object().unwrap().values().flat_map(|cases| cases.as_array().unwrap()).flat_map(remarks).collect()
}

#[test]
fn every_remark_is_reached_and_tells_itself_from_the_others() {
    let name = |remark: &Remark| format!("{remark:?}").chars().take_while(char::is_ascii_alphanumeric).collect::<String>();
    let source = include_str!("../src/lint.rs");
    let body = source.split("pub enum Remark {\n").nth(1).unwrap().split("\n}\n").next().unwrap();
    let variants = body.lines().filter_map(|line| line.strip_prefix("    ")).filter(|line| line.starts_with(|c: char| c.is_ascii_uppercase()));
    let variants: HashSet<String> = variants.map(|line| line.chars().take_while(char::is_ascii_alphanumeric).collect()).collect();
    assert!(variants.len() > 15, "{variants:?}");
    let all = all();
    assert_eq!(variants, all.iter().map(name).collect());
    let own: Vec<&Remark> = all.iter().filter(|remark| !matches!(remark, Remark::Refused(_))).collect();
    assert!(own.iter().all(|a| own.iter().all(|b| (a.code() == b.code()) == (name(a) == name(b)))));
    // A reason's code stands for the reason, and for no remark.
    assert!(all.iter().filter(|remark| matches!(remark, Remark::Refused(_))).all(|refused| own.iter().all(|remark| remark.code() != refused.code())));
}

#[test]
fn a_remark_is_one_sentence_with_a_code_and_a_clause_of_the_requirements() {
    let ids: HashSet<&str> = include_str!("requirements.tsv").lines().skip(1).filter_map(|line| line.split('\t').next()).collect();
    for remark in all() {
        let sentence = remark.to_string();
        assert!(sentence.bytes().all(|byte| matches!(byte, b' '..=b'~')) && !sentence.ends_with('.') && sentence.trim() == sentence, "{sentence}");
        assert!(ids.contains(remark.clause()), "{}", remark.clause());
        assert!(remark.code().bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_')), "{}", remark.code());
    }
}

#[test]
fn the_thresholds_are_those_that_are_documented() {
    assert_eq!((LONG_LIFETIME, LIFETIME_OF_YEARS, LONG_TOKEN), (3600, 31_536_000, 4096));
}

#[test]
fn every_policy_case_gets_its_remarks_and_a_refused_form_is_refused() {
    for case in common::cases(include_str!("vectors/policy.json")) {
        let token = common::token(&case);
        let Ok(looked_at) = Unverified::parse(&token) else { continue };
        let remarks = lint(&looked_at, common::NOW);
        // What is said to be refused whatever the key and the demands is refused with the most open ones.
        let open = Validation::new().any_audience().any_typ().allow_no_expiry();
        let verdict = open.check_at(&token, common::key(&case), 0);
        assert!(verdict.is_err() || !remarks.iter().any(|remark| matches!(remark, Remark::Refused(_))), "{}: {remarks:?}", case["id"]);
    }
}

/// Text that is nearly JSON, of names and values that mean something here.
fn nearly_json() -> impl Strategy<Value = String> {
    let piece = proptest::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "\"alg\":\"HS256\"",
        "\"typ\":\"JWT\"",
        "\"kid\":\"..\"",
        "\"jku\":1",
        "\"crit\":[]",
        "\"exp\":",
        "\"iat\":",
        "\"aud\":[]",
        "\"email\":\"a@b.c\"",
        "\"password\":{}",
        "1e9",
        "-9007199254740991",
        "1300819380000",
        "0.5",
        "null",
        "\\ud800",
        "\\u0065",
        "\u{202e}",
        "a@b.c",
    ]);
    proptest::collection::vec(piece, 0..24).prop_map(|pieces| format!("{{{}}}", pieces.concat()))
}

proptest! {
    #[test]
    fn any_token_that_can_be_looked_at_gets_a_bounded_number_of_remarks(
        header in nearly_json(), payload in prop_oneof![nearly_json().prop_map(String::into_bytes), any::<Vec<u8>>()], now in any::<u64>(), tail in ".{0,50}"
    ) {
        for header in [header.as_str(), r#"{"alg":"HS256"}"#] {
            let token = format!("{}.{}.{tail}", common::base64url(header), common::base64url(&payload));
            if let Ok(looked_at) = Unverified::parse(&token) {
                let remarks = lint(&looked_at, now);
                prop_assert!(remarks.len() < 24, "{remarks:?}");
                prop_assert!(remarks.iter().all(|remark| remark.to_string().len() < 300));
            }
        }
    }
}
