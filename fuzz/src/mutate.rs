//! A mutator that re-signs: what it changes inside of a segment still comes past the MAC.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use clearjwt::Algorithm;
use libfuzzer_sys::fuzzer_mutate;

use crate::seal;

/// Mutates a token for `fuzz_mutator!`: one time in four its text, otherwise the octets of its header or payload, sealed anew.
///
/// What is no token with two segments of base64url is replaced by one, so that every corpus soon has some. The arguments are those that
/// `fuzz_mutator!` gives; the octets are mutated by libFuzzer itself, with its dictionary and its table of compared values.
///
/// ```no_run
/// use libfuzzer_sys::fuzz_mutator;
///
/// fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| { clearjwt_fuzz::resealed(data, size, max_size, seed) });
/// # fn main() {}
/// ```
pub fn resealed(data: &mut [u8], size: usize, max_size: usize, seed: u32) -> usize {
    if seed.is_multiple_of(4) {
        return fuzzer_mutate(data, size, max_size);
    }
    let [mut header, mut payload] = segments(&data[..size]).unwrap_or_else(|| [br#"{"alg":"HS256"}"#.to_vec(), br#"{"exp":1800000001}"#.to_vec()]);
    let octets = if seed.is_multiple_of(3) { &mut header } else { &mut payload };
    let length = octets.len();
    octets.resize(length + 64, 0);
    let mutated = fuzzer_mutate(octets, length, length + 64);
    octets.truncate(mutated);
    let token = seal(Algorithm::HS256, &header, &payload);
    match data.get_mut(..token.len()) {
        Some(place) if token.len() <= max_size => {
            place.copy_from_slice(token.as_bytes());
            token.len()
        }
        _ => fuzzer_mutate(data, size, max_size),
    }
}

fn segments(token: &[u8]) -> Option<[Vec<u8>; 2]> {
    let mut parts = token.split(|byte| *byte == b'.').map(|part| URL_SAFE_NO_PAD.decode(part).ok());
    Some([parts.next()??, parts.next()??])
}
