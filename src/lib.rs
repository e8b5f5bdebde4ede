// The examples of the README use the clock.
#![cfg_attr(feature = "std", doc = include_str!("../README.md"))]
//!
//! # The house
//!
//! One file per stage, named after the thing the specification names; a stage knows the stages before it and none after it, but that a
//! key keeps the header it would write. Of JSON, `json` decides, `json_read` decides and fills, `json_write` watches.
//!
//! | file | what it holds |
//! |---|---|
//! | `error` | every reason for refusal: [`VerifyError`], [`KeyError`], [`SignError`], [`BearerError`] |
//! | `check` | every check of a verification, in the order of the work |
//! | `constant_time` | looking at a secret without a branch that depends on it |
//! | `base64url` | RFC 4648 §5, canonical only |
//! | `json` | RFC 8259, RFC 7493: one object, no duplicate names |
//! | `key` | RFC 2104, RFC 7518 §3.2: [`Algorithm`], [`Key`] |
//! | [`jwk`] | RFC 7517: `oct` keys and key sets |
//! | `header` | RFC 7515 §4: the JOSE [`Header`] |
//! | [`jws`] | RFC 7515 §5: the compact serialization |
//! | `claims` | RFC 7519 §4: [`Registered`] claims, [`NumericDate`] |
//! | `validation` | RFC 7519 §4.1, RFC 8725: what a verifier demands, [`Validation`] |
//! | `json_read` | RFC 8259: text becomes claims of any type, checked on the way |
//! | `json_write` | RFC 8259 §10: claims become text, never NaN |
//! | `jwt` | RFC 7519 §7: [`sign`], [`Verified`] |
//! | [`explain`] | every check of one verification as a row: passed, failed, not reached |
//! | [`mod@lint`] | RFC 8725 and others: what a reviewer would say of an unverified token |
//! | [`bearer`] | RFC 6750: the `Authorization` value and its challenge |
//! | `send` | feature `send`: the only file with IO |
//!
//! [`spec_map`] lists every requirement of the specifications: what becomes of it, where, and which test says so.
#![no_std]
#![forbid(unsafe_code)]
#![warn(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::unreachable, clippy::todo)]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

mod base64url;
pub mod bearer;
mod check;
mod claims;
mod constant_time;
mod error;
pub mod explain;
mod header;
mod json;
mod json_read;
mod json_write;
pub mod jwk;
pub mod jws;
mod jwt;
mod key;
pub mod lint;
#[cfg(feature = "send")]
pub mod send;
mod validation;

#[cfg(doc)]
#[doc = include_str!("guide.md")]
pub mod guide {}

#[cfg(doc)]
#[doc = include_str!("spec_map.md")]
pub mod spec_map {}

pub use claims::{Audience, NumericDate, Registered};
pub use error::{BearerError, JsonError, JsonFault, KeyError, Part, SignError, VerifyError};
pub use header::Header;
pub use jwt::{Verified, sign, sign_into, sign_with};
pub use key::{Algorithm, Key};
pub use validation::Validation;
