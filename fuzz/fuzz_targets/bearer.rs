//! `Authorization` values and challenges: read as RFC 6750 says, and made so that they are read so.
#![no_main]

use clearjwt_fuzz::properties;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| properties::bearer(input));
