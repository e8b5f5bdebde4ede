//! What is signed is verified, by what the claims are and not by how they are written; and one byte less is not.
#![no_main]

use clearjwt_fuzz::properties;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: properties::Honest<'_>| properties::roundtrip(&input));
