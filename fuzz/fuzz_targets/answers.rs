//! What a server answers: the token goes nowhere else, and what comes out is what the answer says.
#![no_main]

use clearjwt_fuzz::properties;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| properties::answers(input));
