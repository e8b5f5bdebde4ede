//! Any bytes: never a panic, and nothing is accepted without the one right MAC.
#![no_main]

use clearjwt::{Validation, explain, jws};
use clearjwt_fuzz::{NOW, check_explained, is_sealed, keys, reads_strictly, resealed};
use libfuzzer_sys::{fuzz_mutator, fuzz_target};

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| { resealed(data, size, max_size, seed) });

fuzz_target!(|token: &[u8]| {
    let key = &keys()[0];
    let (bytes, claims) = (jws::verify(token, key), Validation::new().check_at(token, key, NOW));
    assert!(bytes.is_err() || is_sealed(key.algorithm(), token));
    assert!(claims.is_err() || bytes.is_ok());
    assert!(claims.is_err() || reads_strictly(bytes.as_ref().unwrap().payload()));
    check_explained(&explain::jws(token, key), bytes.map(drop));
});
