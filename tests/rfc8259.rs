//! RFC 8259 and RFC 7493, JSON and I-JSON: strict wherever it stands, in a header, in claims and in a JWK, read or skipped.

mod common;

use clearjwt::{Algorithm, JsonFault, Key, KeyError, Part, Validation, VerifyError, jws};
use serde_json::Value;

const RULES: &str = include_str!("vectors/rfc8259.json");

#[test]
fn every_sentence_of_the_rules_is_tested() {
    common::every_sentence_has_its_test(RULES, include_str!("rfc8259.rs"));
}

/// Puts each JSON text of a sentence where a member is skipped: into a payload, a header, a JWK.
fn hold(sentence: &str) {
    let rules: Value = serde_json::from_str(RULES).expect("the file of rules is JSON");
    for case in rules[sentence].as_array().expect("cases of the sentence") {
        let text = case["json"].as_str().expect("a JSON text");
        let expected = case["expect"].as_str().expect("a verdict");
        let payload = judge(format!(r#"{{"exp":1300819380,"x":{text}}}"#).as_bytes());
        assert_eq!(verdict(payload, VerifyError::code), expected, "payload: {text}");
        let header = jws::verify(sealed(format!(r#"{{"x":{text},"alg":"HS256"}}"#), "x"), key()).map(drop);
        assert_eq!(verdict(header, VerifyError::code), expected, "header: {text}");
        let jwk = format!(r#"{{"x":{text},"kty":"oct","k":"{}"}}"#, common::RFC7515_A1);
        assert_eq!(verdict(Key::from_jwk(Algorithm::HS256, jwk).map(drop), KeyError::code), expected, "JWK: {text}");
    }
}

fn verdict<E>(result: Result<(), E>, code: fn(&E) -> &'static str) -> &'static str {
    result.map_or_else(|error| code(&error), |()| "accept")
}

fn judge(payload: &[u8]) -> Result<(), VerifyError> {
    Validation::new().verify_at::<Value>(sealed(r#"{"alg":"HS256"}"#, payload), key(), common::NOW).map(drop)
}

fn sealed(header: impl AsRef<[u8]>, payload: impl AsRef<[u8]>) -> String {
    common::sealed(Algorithm::HS256, &common::octets(common::RFC7515_A1), header, payload)
}

fn key() -> Key {
    Key::new(Algorithm::HS256, &common::octets(common::RFC7515_A1)).expect("the key of RFC 7515")
}

/// The fault that a payload is refused with, and the byte at which it was noticed.
fn fault(payload: &[u8]) -> (JsonFault, usize) {
    match judge(payload) {
        Err(VerifyError::Json { part: Part::Payload, error }) => (error.fault, error.at),
        other => panic!("{other:?}"),
    }
}

// RFC8259-3-1, RFC8259-9-1
#[test]
fn every_value_of_the_grammar_is_accepted() {
    hold("every_value_of_the_grammar_is_accepted");
}

// RFC8259-3-2
#[test]
fn literals_are_lowercase_and_whole() {
    hold("literals_are_lowercase_and_whole");
}

#[test]
fn numbers_follow_the_grammar() {
    hold("numbers_follow_the_grammar");
}

// RFC8259-6-1
#[test]
fn numbers_beside_the_grammar_are_refused() {
    hold("numbers_beside_the_grammar_are_refused");
}

#[test]
fn a_number_that_rounds_to_the_greatest_double_is_accepted() {
    hold("a_number_that_rounds_to_the_greatest_double_is_accepted");
}

// RFC7493-2.2-1
#[test]
fn a_number_that_overflows_a_double_is_refused() {
    hold("a_number_that_overflows_a_double_is_refused");
}

// RFC8259-7-1
#[test]
fn strings_hold_every_character_and_every_escape() {
    hold("strings_hold_every_character_and_every_escape");
}

// RFC8259-7-1
#[test]
fn strings_beside_the_grammar_are_refused() {
    hold("strings_beside_the_grammar_are_refused");
}

// RFC7493-2.1-2, RFC7515-10.13-3, RFC7519-11-1, RFC8259-8.2-1
#[test]
fn half_a_surrogate_pair_is_refused() {
    hold("half_a_surrogate_pair_is_refused");
}

// RFC7515-10.12-1
#[test]
fn arrays_and_objects_are_whole() {
    hold("arrays_and_objects_are_whole");
}

// RFC8259-9-2
#[test]
fn what_is_no_json_is_refused() {
    hold("what_is_no_json_is_refused");
}

// RFC8259-8.3-1
#[test]
fn one_name_in_several_objects_is_no_duplicate() {
    hold("one_name_in_several_objects_is_no_duplicate");
}

// RFC7493-2.3-1, RFC7515-10.12-3, RFC7515-10.13-2, RFC7519-11-1, RFC8259-4-1, RFC8259-8.3-1
#[test]
fn a_duplicate_name_is_refused_at_every_depth() {
    hold("a_duplicate_name_is_refused_at_every_depth");
}

#[test]
fn more_than_sixteen_names_in_an_object_are_told_apart() {
    hold("more_than_sixteen_names_in_an_object_are_told_apart");
}

#[test]
fn a_duplicate_is_found_among_more_than_sixteen_names() {
    hold("a_duplicate_is_found_among_more_than_sixteen_names");
}

#[test]
fn a_value_inside_128_containers_is_accepted() {
    hold("a_value_inside_128_containers_is_accepted");
}

// RFC8259-9-3
#[test]
fn a_value_inside_129_containers_is_refused() {
    hold("a_value_inside_129_containers_is_refused");
}

// RFC7493-2.1-1, RFC8259-8.1-1, RFC8725-3.7-1, RFC8725bis-3.7-1
#[test]
fn what_is_not_utf8_is_refused_wherever_it_stands() {
    for octets in [&b"\x80"[..], b"\xff", b"\xc0\xaf", b"\xe0\x80\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xc3", b"\xf0\x9f\x98"] {
        let payload = [br#"{"exp":1300819380,"x":""#, octets, br#""}"#].concat();
        assert_eq!(fault(&payload), (JsonFault::Utf8, 23));
    }
    let utf16: Vec<u8> = r#"{"exp":1300819380}"#.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(fault(&utf16), (JsonFault::Syntax, 1));
}

#[test]
fn a_control_character_is_noticed_at_its_byte_wherever_it_stands() {
    for length in 0..40 {
        for control in ["\0", "\n", "\u{1f}"] {
            let before = "\u{e9}x".repeat(length);
            let payload = format!(r#"{{"exp":1300819380,"x":"{before}{control}"}}"#);
            assert_eq!(fault(payload.as_bytes()), (JsonFault::Syntax, 23 + before.len()));
        }
    }
}

#[test]
fn a_fault_is_noticed_at_its_byte() {
    assert_eq!(fault(b""), (JsonFault::Syntax, 0));
    assert_eq!(fault(b" [1]"), (JsonFault::NotAnObject, 0));
    assert_eq!(fault(br#"{"a":1}x"#), (JsonFault::Syntax, 7));
    assert_eq!(fault(br#"{"a":1e999}"#), (JsonFault::NumberTooLarge, 10));
    assert_eq!(fault(br#"{"a":1,"a":2}"#), (JsonFault::DuplicateName, 13));
}
