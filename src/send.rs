//! Sends a token as `Authorization: Bearer …` (RFC 6750 §2.1) with `ureq`: the only file of the library with IO.
//!
//! In: a URL and a token. Out: the answer, whatever its status.
