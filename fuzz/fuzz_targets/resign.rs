//! Tokens that are sealed again after each mutation: the verdict of the oracle, with one key and with several, with few demands and many.
#![no_main]

use clearjwt_fuzz::{properties, resealed};
use libfuzzer_sys::{fuzz_mutator, fuzz_target};

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| { resealed(data, size, max_size, seed) });

fuzz_target!(|input: &[u8]| properties::resign(input));
