//! Remarks: never a panic, never many, and what is said to be refused by every strict verifier is refused by this one.
#![no_main]

use clearjwt_fuzz::{Case, properties};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: Case| properties::lint(&input));
