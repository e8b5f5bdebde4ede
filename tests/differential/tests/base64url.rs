//! The tests of `src/base64url.rs` in a package that is optimized as it is: four thousand million groups take half a minute.

#![allow(dead_code)] // the module without its callers

extern crate alloc;

#[path = "../../../src/base64url.rs"]
mod base64url;
#[path = "../../../src/constant_time.rs"]
mod constant_time;
