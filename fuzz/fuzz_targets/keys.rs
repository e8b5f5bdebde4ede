//! Secrets, JWKs and sets of them: taken or refused as the policy says, and a key makes the MACs of its secret.
#![no_main]

use clearjwt_fuzz::properties;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| properties::keys(input));
