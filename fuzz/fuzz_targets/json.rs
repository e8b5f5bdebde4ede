//! JSON: refused where the oracle refuses it, for the same fault, and read as the oracle reads it.
#![no_main]

use clearjwt_fuzz::properties;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| properties::json(input));
