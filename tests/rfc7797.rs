//! RFC 7797, unencoded payloads: not for a JWT, and refused wherever they show.

mod common;

use common::hold;

const RULES: &str = include_str!("vectors/rfc7797.json");

#[test]
fn every_sentence_of_the_rules_is_tested() {
    common::every_sentence_has_its_test(RULES, include_str!("rfc7797.rs"));
}

#[test]
fn the_detached_example_of_section_4_2_is_refused() {
    hold(RULES, "the_detached_example_of_section_4_2_is_refused");
}

// RFC7797-6-1, RFC7797-7-3
#[test]
fn b64_is_refused_whatever_its_value() {
    hold(RULES, "b64_is_refused_whatever_its_value");
}
