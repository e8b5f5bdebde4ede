//! RFC 4648, base64url: the vectors of section 10 through a token's segments, and one spelling for each octet string.

mod common;

use clearjwt::{Algorithm, Header, Key, Part, VerifyError, jws};
use serde_json::Value;

const RULES: &str = include_str!("vectors/rfc4648.json");

#[test]
fn every_sentence_of_the_rules_is_tested() {
    common::every_sentence_has_its_test(RULES, include_str!("rfc4648.rs"));
}

fn rules(sentence: &str) -> Vec<Value> {
    let rules: Value = serde_json::from_str(RULES).expect("the file of rules is JSON");
    rules[sentence].as_array().expect("cases of the sentence").clone()
}

fn key() -> Key {
    Key::new(Algorithm::HS256, &common::octets(common::RFC7515_A1)).expect("the key of RFC 7515")
}

/// A token with this text as its payload segment, signed as it stands.
fn with_payload_segment(text: &str) -> String {
    let input = format!("eyJhbGciOiJIUzI1NiJ9.{text}");
    let mac = common::mac(Algorithm::HS256, &common::octets(common::RFC7515_A1), input.as_bytes());
    format!("{input}.{}", common::base64url(mac))
}

fn both_ways(sentence: &str) {
    for case in rules(sentence) {
        let octets = case["octets"].as_str().map_or_else(|| common::octets(case["octets_b64u"].as_str().expect("octets")), |text| text.as_bytes().to_vec());
        let text = case["text"].as_str().expect("a text");
        let token = jws::sign(&octets, &Header::default(), &key()).unwrap();
        assert_eq!(token.split('.').nth(1), Some(text), "{case}");
        assert_eq!(jws::verify(with_payload_segment(text), key()).unwrap().payload(), octets, "{case}");
    }
}

// RFC4648-3.5-1, RFC4648-4-1
#[test]
fn the_vectors_of_section_10() {
    both_ways("the_vectors_of_section_10");
}

// RFC4648-5-1
#[test]
fn values_62_and_63_are_minus_and_underscore() {
    both_ways("values_62_and_63_are_minus_and_underscore");
}

// RFC4648-3.2-1, RFC4648-3.3-1, RFC4648-3.3-2, RFC4648-3.5-2, RFC4648-4-1, RFC7515-5.2-4, RFC7515-5.2-9, RFC7519-7.2-3, RFC7519-7.2-8,
// RFC4648-5-1
#[test]
fn other_spellings_are_refused() {
    for case in rules("other_spellings_are_refused") {
        let text = case["text"].as_str().expect("a text");
        let payload = with_payload_segment(text);
        assert_eq!(jws::verify(&payload, key()).map(drop), Err(VerifyError::Base64url { part: Part::Payload }), "{case}");
        assert_eq!(jws::verify(format!("{text}..AA"), key()).map(drop), Err(VerifyError::Base64url { part: Part::Header }), "{case}");
        let signature = format!("eyJhbGciOiJIUzI1NiJ9..{text}");
        assert_eq!(jws::verify(signature, key()).map(drop), Err(VerifyError::Base64url { part: Part::Signature }), "{case}");
    }
}

// RFC4648-3.3-1, RFC4648-12-1, RFC8725bis-3.14-2
#[test]
fn no_character_stands_beside_the_alphabet() {
    let taken: String = ('\0'..='\u{ff}').filter(|c| jws::verify(with_payload_segment(&format!("Zm9{c}")), key()).is_ok()).collect();
    assert_eq!(taken, "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz");
    // Nor is one passed over: what is left without it would be whole.
    let passed_over = ('\0'..='\u{ff}').find(|c| jws::verify(with_payload_segment(&format!("Zm9v{c}")), key()).is_ok());
    assert_eq!(passed_over, None);
}

// RFC4648-3.1-1
#[test]
fn every_length_of_payload_comes_out_again() {
    for length in 0..2000 {
        let octets: Vec<u8> = (0..length).map(|i| (i * 31 % 251) as u8).collect();
        let token = jws::sign(&octets, &Header::default(), &key()).unwrap();
        assert_eq!(jws::verify(&token, key()).unwrap().payload(), octets);
        // The claims take another way into the token: encoded in place.
        let claims = serde_json::json!({"exp": 1300819380, "x": "y".repeat(length)});
        let token = clearjwt::sign(&claims, &key()).unwrap();
        assert_eq!(jws::verify(&token, key()).unwrap().payload(), claims.to_string().as_bytes());
    }
}
