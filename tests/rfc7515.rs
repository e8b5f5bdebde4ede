//! RFC 7515, JSON Web Signature: the examples, and the rules of sections 4 and 5.2 on both sides.

mod common;

use clearjwt::{Algorithm, Header, Validation, VerifyError, explain, jws};
use common::hold;

const RULES: &str = include_str!("vectors/rfc7515.json");

#[test]
fn every_sentence_of_the_rules_is_tested() {
    common::every_sentence_has_its_test(RULES, include_str!("rfc7515.rs"));
}

#[test]
fn the_token_of_appendix_a_1_is_accepted() {
    hold(RULES, "the_token_of_appendix_a_1_is_accepted");
}

// RFC7518-3.6-3, RFC7518-3.6-4, RFC8725-3.2-5
#[test]
fn the_unsecured_token_of_appendix_a_5_is_refused() {
    hold(RULES, "the_unsecured_token_of_appendix_a_5_is_refused");
}

// RFC7515-5.2-3, RFC7519-7.2-2, RFC7519-7.2-6, RFC8725bis-3.3-1, RFC8725bis-3.14-1
#[test]
fn a_compact_serialization_has_exactly_two_dots() {
    hold(RULES, "a_compact_serialization_has_exactly_two_dots");
}

// RFC7515-5.2-3
#[test]
fn a_dot_too_many_or_too_few_in_a_token_of_ours_is_seen_wherever_it_is() {
    for algorithm in [Algorithm::HS256, Algorithm::HS384, Algorithm::HS512] {
        let key = common::key(&serde_json::json!({"key": {"alg": algorithm.name()}}));
        let token = clearjwt::sign(&serde_json::json!({"exp": common::NOW + 1, "n": 1}), &key).unwrap();
        let refused = |token: &str| {
            let code = jws::verify(token, &key).expect_err("no token of ours").code();
            let of_claims = Validation::new().check_at(token, &key, common::NOW).map(drop).map_err(|error| error.code());
            assert_eq!((of_claims, explain::jws(token, &key).verdict().map_err(|error| error.code())), (Err(code), Err(code)), "{token}");
            code
        };
        assert!(jws::verify(&token, &key).is_ok());
        for at in 0..token.len() {
            let (before, after) = token.split_at(at);
            let one_more = ["", "=", "\u{e9}"].map(|more| refused(&[before, ".", more, after].concat()));
            assert_eq!(one_more, ["segments"; 3], "{at}");
            assert_eq!(refused(&[before, "..", after].concat()), "encrypted");
            let replaced = if after.starts_with('.') { "" } else { "." };
            let other = [before, replaced, &after[1..]].concat();
            assert_eq!(refused(&other), "segments");
        }
    }
}

#[test]
fn an_empty_header_or_signature_is_refused_and_an_empty_payload_is_not() {
    hold(RULES, "an_empty_header_or_signature_is_refused_and_an_empty_payload_is_not");
}

// RFC7515-2-2, RFC7515-5.2-4, RFC7518-3.2-4, RFC7515-5.2-10
#[test]
fn every_segment_is_canonical_base64url_without_padding() {
    hold(RULES, "every_segment_is_canonical_base64url_without_padding");
}

// RFC7515-C-1
#[test]
fn a_length_of_one_modulo_four_is_refused() {
    hold(RULES, "a_length_of_one_modulo_four_is_refused");
}

// RFC7518-3.2-2, RFC2104-5-1
#[test]
fn the_signature_is_as_long_as_the_mac() {
    hold(RULES, "the_signature_is_as_long_as_the_mac");
}

// RFC7515-3-1, RFC7515-5.2-11, RFC7515-5.1-2, RFC7515-6-1, RFC7515-10.7-1
#[test]
fn the_mac_is_taken_over_the_received_text() {
    hold(RULES, "the_mac_is_taken_over_the_received_text");
}

// RFC7515-5.2-5, RFC7515-10.12-1, RFC7515-10.12-4, RFC7519-7.2-4, RFC7493-4.1-1, RFC8259-8.1-2, RFC8259-8.1-3
#[test]
fn the_header_is_one_json_object_and_nothing_after_it() {
    hold(RULES, "the_header_is_one_json_object_and_nothing_after_it");
}

// RFC7515-4-2, RFC7515-5.2-6
#[test]
fn header_names_are_unique_after_unescaping() {
    hold(RULES, "header_names_are_unique_after_unescaping");
}

// RFC7515-4.1.1-2, RFC7515-4.1.1-3, RFC7515-4-3
#[test]
fn alg_is_a_string_that_is_there() {
    hold(RULES, "alg_is_a_string_that_is_there");
}

// RFC7515-4.1.1-2, RFC7515-5.3-1, RFC7515-10.13-1
#[test]
fn alg_is_compared_by_case_and_after_unescaping() {
    hold(RULES, "alg_is_compared_by_case_and_after_unescaping");
}

// RFC7515-4.1.1-1, RFC7515-5.2-13
#[test]
fn an_unknown_or_other_algorithm_is_refused() {
    hold(RULES, "an_unknown_or_other_algorithm_is_refused");
}

// RFC7515-4-5, RFC7519-7.2-5, RFC7493-4.2-1
#[test]
fn parameters_that_are_not_understood_are_ignored() {
    hold(RULES, "parameters_that_are_not_understood_are_ignored");
}

// RFC7515-4-4, RFC8725-3.10-1, RFC8725bis-3.10-2
#[test]
fn parameters_that_bring_a_key_are_ignored_and_never_used() {
    hold(RULES, "parameters_that_bring_a_key_are_ignored_and_never_used");
}

// RFC7515-4.1.9-1, RFC7515-4.1.10-1, RFC7515-5.2-8
#[test]
fn typ_and_cty_are_strings_and_else_ignored_by_a_jws() {
    hold(RULES, "typ_and_cty_are_strings_and_else_ignored_by_a_jws");
}

// RFC7515-4.1.4-1, RFC7515-5.2-8, RFC8725-3.10-2, RFC8725bis-3.10-1
#[test]
fn kid_is_a_string() {
    hold(RULES, "kid_is_a_string");
}

// RFC7515-4.1.4-2, RFC7515-4.1.4-3, RFC7515-6-3
#[test]
fn a_key_with_an_id_verifies_only_tokens_that_name_it() {
    hold(RULES, "a_key_with_an_id_verifies_only_tokens_that_name_it");
}

// RFC7515-4-3, RFC7515-4.1.11-1, RFC7515-4.1.11-2, RFC7515-4.1.11-7, RFC7515-4.1.11-9
#[test]
fn an_extension_that_is_critical_is_refused_whatever_it_is() {
    hold(RULES, "an_extension_that_is_critical_is_refused_whatever_it_is");
}

// RFC8259-9-3
#[test]
fn a_token_longer_than_the_limit_is_refused() {
    hold(RULES, "a_token_longer_than_the_limit_is_refused");
}

// RFC7515-5.1-2
#[test]
fn the_payload_of_appendix_a_1_comes_out_byte_for_byte() {
    let key = common::key(&serde_json::json!({"key": {}}));
    let token = common::sealed(Algorithm::HS256, &common::octets(common::RFC7515_A1), b"{\"typ\":\"JWT\",\r\n \"alg\":\"HS256\"}", PAYLOAD);
    assert!(token.ends_with(".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"));
    let verified = jws::verify(&token, &key).unwrap();
    assert_eq!((verified.payload(), verified.header(), verified.key_id()), (PAYLOAD, Header::jwt(), None));
}

// RFC7515-4.1.4-2, RFC7515-6-2
#[test]
fn any_octets_can_be_signed_and_come_out_again() {
    let key = common::key(&serde_json::json!({"key": {"kid": "k\n\u{1f511}"}}));
    // What is a claim in a payload is none in a header.
    let extra = serde_json::json!({"x": [1, {"y": null}], "": "\u{0}", "aud": -77, "exp": "never"}).as_object().unwrap().clone();
    let header = Header { typ: Some("a".into()), cty: Some("JWT".into()), kid: None, extra };
    for payload in [&b""[..], b"\0", b"\xff\xfe", PAYLOAD, &[7; 5000]] {
        let token = jws::sign(payload, &header, &key).unwrap();
        let verified = jws::verify(&token, &key).unwrap();
        assert_eq!((verified.payload(), verified.key_id()), (payload, key.id()));
        assert_eq!(verified.header(), Header { kid: key.id().map(Into::into), ..header.clone() });
    }
}

#[test]
fn the_limit_of_the_length_can_be_moved_and_counts_the_last_byte() {
    let key = common::key(&serde_json::json!({"key": {}}));
    let token = clearjwt::sign(&serde_json::json!({"exp": 1300819380, "x": "x".repeat(20_000)}), &key).unwrap();
    let demands = |limit| Validation::new().max_len(limit).check_at(&token, &key, common::NOW).map(drop);
    assert_eq!(demands(token.len()), Ok(()));
    assert_eq!(demands(token.len() - 1), Err(VerifyError::TooLong { length: token.len(), limit: token.len() - 1 }));
    assert_eq!(jws::verify(&token, &key).map(drop), Err(VerifyError::TooLong { length: token.len(), limit: jws::MAX_LEN }));
}

#[test]
fn a_token_that_was_looked_at_has_to_be_verified_all_the_same() {
    let key = common::key(&serde_json::json!({"key": {}}));
    let forged = common::sealed(Algorithm::HS256, b"another secret", r#"{"alg":"HS512","kid":"\u0061"}"#, "\u{0}");
    let looked_at = jws::Unverified::parse(&forged).unwrap();
    assert_eq!((looked_at.unverified_alg().as_deref(), looked_at.unverified_kid().as_deref()), (Some("HS512"), Some("a")));
    assert_eq!((looked_at.unverified_header(), looked_at.signature_len()), (r#"{"alg":"HS512","kid":"\u0061"}"#, 32));
    assert_eq!(looked_at.unverified_payload(), Ok(vec![0]));
    assert_eq!(looked_at.verify(&key).map(drop), Err(VerifyError::AlgMismatch));
}

const PAYLOAD: &[u8] = b"{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}";
