//! Claims as any type: what `serde_json` reads of them if the check takes them, and the reason of the check if not.
#![no_main]

use clearjwt_fuzz::properties;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| properties::types(input));
