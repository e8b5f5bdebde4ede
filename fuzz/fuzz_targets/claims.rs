//! Claims behind a MAC that holds: the verdict of the oracle, and it lasts just as long as it says.
#![no_main]

use clearjwt_fuzz::{Case, properties};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: Case| properties::claims(&input));
