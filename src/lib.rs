// The examples of the README use the clock.
#![cfg_attr(feature = "std", doc = include_str!("../README.md"))]
#![no_std]
#![forbid(unsafe_code)]
#![warn(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::unreachable, clippy::todo)]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

mod base64url;
pub mod bearer;
mod claims;
mod error;
mod header;
mod json;
mod json_write;
pub mod jwk;
pub mod jws;
mod jwt;
mod key;
#[cfg(feature = "send")]
pub mod send;
mod validation;

pub use claims::{Audience, NumericDate, Registered};
pub use error::{BearerError, JsonError, JsonFault, KeyError, Part, SignError, VerifyError};
pub use header::Header;
pub use jwt::{Verified, sign, sign_into, sign_with};
pub use key::{Algorithm, Key};
pub use validation::Validation;
