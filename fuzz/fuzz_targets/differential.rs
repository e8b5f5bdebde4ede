//! Our verdict beside that of `jsonwebtoken`: each class of disagreement is shown once.
#![no_main]

use clearjwt_fuzz::{Case, properties};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: Case| properties::differential(&input));
