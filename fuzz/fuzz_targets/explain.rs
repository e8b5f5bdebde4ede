//! An explanation has the verdict of the verification, and the row that failed is the one of the reason.
#![no_main]

use clearjwt_fuzz::{Case, properties};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: Case| properties::explain(&input));
