//! Any bytes as a token: the verdict of the oracle.
#![no_main]

use clearjwt_fuzz::properties;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| properties::verify_raw(input));
