//! base64url: decoding and encoding are inverse, and each octet string has one spelling.
#![no_main]

use clearjwt_fuzz::properties;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| properties::base64url(input));
