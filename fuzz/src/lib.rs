//! Parts to fuzz a JWT verifier with, whoever wrote it: tokens that come past the MAC, an oracle, and the properties of clearjwt.
//!
//! Most fuzzers of JWT code die at the MAC: whatever they invent, the signature does not match, and what lies behind it is never
//! reached. Here a token is sealed after it was made, and sealed anew after it was changed. Nothing of the code under attack makes
//! what it is attacked with: tokens are written as text, and their MACs come from the crate `hmac`.
//!
//! # To fuzz code of your own
//!
//! Give your verifier [`SECRET`], an algorithm, and [`NOW`] if it takes a clock. Then there are two ways:
//!
//! - **[`resealed`]**, a mutator for `fuzz_mutator!`: your target takes bytes; three of four that come are tokens whose header or payload
//!   was mutated and that were sealed again, with HS256, and the fourth is mutated as text. It needs nothing but the crate, and `-dict=clearjwt.dict` makes it faster.
//! - **[`Case`]**, an `Arbitrary`: a token of plausible and hostile members, with [`Demands`] and a second to judge it by.
//!
//! A verdict needs something to be held against: [`oracle::jwt`] says for any token what a strict verifier says of it.
//! Where yours is meant to be less strict, [`properties::disagreement`] shows how to sort what differs into classes.
//!
//! ```no_run
//! // fuzz_targets/mine.rs; in Cargo.toml a path or git dependency on clearjwt-fuzz.
//! // #![no_main]
//! use clearjwt_fuzz::{Demands, NOW, keys, oracle, resealed};
//! use libfuzzer_sys::{fuzz_mutator, fuzz_target};
//!
//! # mod my_jwt { pub fn verify(_: &[u8], _: &[u8], _: u64) -> Result<(), ()> { Err(()) } }
//! fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| { resealed(data, size, max_size, seed) });
//!
//! fuzz_target!(|token: &[u8]| {
//!     let strict = oracle::jwt(token, &keys()[..1], &Demands::default(), NOW);
//!     if my_jwt::verify(token, &clearjwt_fuzz::SECRET, NOW).is_ok() {
//!         assert_eq!(strict, Ok(()), "taken, and a strict verifier says why not");
//!     }
//! });
//! # fn main() {}
//! ```
//!
//! Without libFuzzer a case can be had from any bytes, of a random generator or of another fuzzer:
//!
//! ```
//! use arbitrary::{Arbitrary, Unstructured};
//! use clearjwt_fuzz::{Case, oracle};
//!
//! let noise: Vec<u8> = (0..400_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
//! let case = Case::arbitrary(&mut Unstructured::new(&noise))?;
//! let expected = oracle::jwt(&case.token, &case.keys, &case.demands, case.now);
//! let verdict = case.demands.validation().check_at(&case.token, &case.keys, case.now);
//! assert_eq!(verdict.map(drop).map_err(|error| error.code()), expected);
//! # Ok::<(), arbitrary::Error>(())
//! ```
//!
//! And any header and payload can be sealed:
//!
//! ```
//! use clearjwt::Algorithm;
//! use clearjwt_fuzz::{is_sealed, seal};
//!
//! let token = seal(Algorithm::HS256, br#"{"alg":"HS256","alg":"none"}"#, b"anything at all");
//! assert!(is_sealed(Algorithm::HS256, token.as_bytes()));
//! ```
#![warn(missing_docs)]

mod case;
mod mutate;
pub mod oracle;
pub mod properties;
mod seal;
pub mod seeds;
mod server;

pub use case::{Case, Demands, NOW, Word, keys};
pub use mutate::resealed;
pub use seal::{SECRET, is_sealed, mac, seal};
pub use server::Server;
