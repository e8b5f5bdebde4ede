//! Looking at a secret without a branch or an address that depends on it.
//!
//! In: octets of a secret. Out: values made by arithmetic, and in the end one bit, which [`public`] lets go.
//! That the compiler leaves it so is checked on what it makes: `tests/constant_time/`.

use core::hint::black_box;

/// Lets one bit about a secret become known, to branch on it: the only place where that may happen.
///
/// A function of its own with a branch of its own, so that the check can tell these bits from those that escape.
#[inline(never)]
pub(crate) fn public(bit: bool) -> bool {
    // The compiler knows neither what it branches on nor that it knows the answer.
    if black_box(bit) { black_box(true) } else { black_box(false) }
}

/// Whether two octet strings are the same; their lengths are no secret.
pub(crate) fn equal(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |difference, (a, b)| difference | (a ^ b)) == 0
}

/// Whether `marker` stands anywhere in `octets`.
pub(crate) fn holds(octets: &[u8], marker: &[u8]) -> bool {
    octets.windows(marker.len()).fold(false, |found, window| found | equal(window, marker))
}

/// All bits set if `first <= octet <= last`, otherwise none.
pub(crate) fn within(octet: u8, first: u8, last: u8) -> i32 {
    let outside = (i32::from(octet) - i32::from(first)) | (i32::from(last) - i32::from(octet));
    // The compiler does not know that there are two cases, and makes no branch of them.
    black_box(!(outside >> 31))
}
